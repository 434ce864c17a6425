"""Facts of one cluster that no intent should know, and the document that says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, cast

from meshgen.intent.access import CIDR, From
from meshgen.intent.document import ObjectShape, shape_of
from meshgen.intent.dump import dump
from meshgen.intent.features import Located, fields_of, plain
from meshgen.intent.load import API_VERSION
from meshgen.intent.words import Word
from meshgen.scalars import Json
from meshgen.values import DNS_LABEL, DNS_NAME, Text

VERSION = Text(what="a version such as 1.29", pattern=r"^[0-9]+\.[0-9]+$", longest=16, example='"1.29"')
# A host whose last label is a number is an address to Envoy, and to Istio no host at all.
CLUSTER_DOMAIN = Text(
    what="a DNS name whose last label begins with a letter",
    pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?$",
    longest=253,
    example="cluster.local",
)
REQUIREMENT_ID = Text(what="the id of a requirement", pattern=r"^[a-z0-9-]+$", longest=64)


class Edition(Word):
    """Which edition of a mesh runs."""

    COMMUNITY = "community", "the edition that is free for everybody"
    ENTERPRISE = "enterprise", "the edition that needs a licence"


class Channel(Word):
    """Which channel of the Gateway API is installed."""

    STANDARD = "standard", "kinds and fields that are stable"
    EXPERIMENTAL = "experimental", "kinds and fields that may still change, too"


class GatewayApi(NamedTuple):
    """The bundle of Gateway API definitions in the cluster."""

    version: str
    channel: Channel = Channel.STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One cluster's mesh: name, version, and what holds outside the manifests."""

    name: str
    mesh: str  # the backend's name
    version: str  # of the mesh; of its chart where the two differ
    edition: Edition = Edition.COMMUNITY
    trust_domain: str = "cluster.local"
    cluster_domain: str = "cluster.local"
    root_namespace: str | None = None
    control_plane_namespace: str | None = None
    gateway_api: GatewayApi | None = None  # None: the mesh uses none of it
    probe_networks: tuple[str, ...] = ()
    callers: Mapping[str, tuple[From, ...]] = field(default_factory=dict)
    holds: frozenset[str] = frozenset()  # ids of requirements that the cluster meets
    block: Located | None = None  # the backend's own block, of the class that the backend declares


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayApiSpec(Located):
    """Which Gateway API is installed."""

    version: Annotated[str, VERSION] | None = plain("version of the Gateway API bundle", default=None)
    channel: Channel | None = plain("channel of the Gateway API bundle", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSpec(Located):
    """What is said of a cluster; what is left out is that of the profile that it extends."""

    extends: Annotated[str, DNS_LABEL] | None = plain("profile to start from", default=None)
    mesh: Annotated[str, DNS_LABEL] | None = plain("mesh that runs in the cluster", default=None)
    version: Annotated[str, VERSION] | None = plain("version of the mesh", default=None)
    edition: Edition | None = plain("edition of the mesh", default=None)
    trust_domain: Annotated[str, DNS_NAME] | None = plain("trust domain of the identities", default=None)
    cluster_domain: Annotated[str, CLUSTER_DOMAIN] | None = plain(
        "domain of the Services' names", default=None
    )
    root_namespace: Annotated[str, DNS_LABEL] | None = plain(
        "namespace whose policies bind every namespace", default=None
    )
    control_plane_namespace: Annotated[str, DNS_LABEL] | None = plain(
        "namespace of the mesh's own workloads", default=None
    )
    gateway_api: GatewayApiSpec | None = plain(
        "Gateway API that is installed", key="gatewayAPI", default=None
    )
    probe_networks: tuple[Annotated[str, CIDR], ...] = plain("addresses of the kubelets", default=())
    callers: Mapping[Annotated[str, DNS_LABEL], tuple[From, ...]] | None = plain(
        "callers that intents may name", default=None
    )
    holds: tuple[Annotated[str, REQUIREMENT_ID], ...] = plain(
        "requirements that the cluster meets", default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileMetadata(Located):
    """The name of a profile, which lives in no namespace."""

    name: Annotated[str, DNS_LABEL] = plain("name of the profile, as --mesh takes it")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileHead(Located):
    """What a MeshProfile has beside its spec."""

    api_version: Literal["meshgen.dev/v1alpha1"] = plain("version of the language")
    kind: Literal["MeshProfile"] = plain("kind of the document")
    metadata: ProfileMetadata = plain("name of the profile")


Blocks = tuple[
    tuple[str, type[Located]], ...
]  # each backend's own block by its key, in the order of the keys


@cache
def document_class(blocks: Blocks) -> Any:
    """Join the document with the blocks that backends declare."""
    options: dict[str, Any] = {"frozen": True, "slots": True, "kw_only": True}
    fields = [
        (name, cast(Any, block) | None, plain(f"what {name} alone has", key=name, default=None))
        for name, block in blocks
    ]
    doc = {"__doc__": ProfileSpec.__doc__}
    spec = make_dataclass("Spec", fields, bases=(ProfileSpec,), namespace=doc, **options)
    whole = [("spec", spec, plain("what is said of the cluster"))]
    doc = {"__doc__": "Facts of one cluster that no intent should know."}
    return make_dataclass("MeshProfile", whole, bases=(ProfileHead,), namespace=doc, **options)


def profile_shape(blocks: Blocks) -> ObjectShape:
    """The shape of a MeshProfile document."""
    return shape_of(document_class(blocks))


def document(profile: Profile, *, name: str) -> Json:
    """Write a profile as a document that extends none and says the same under another name."""
    api = profile.gateway_api
    spec = ProfileSpec(
        mesh=profile.mesh,
        version=profile.version,
        edition=profile.edition,
        trust_domain=profile.trust_domain,
        cluster_domain=profile.cluster_domain,
        root_namespace=profile.root_namespace,
        control_plane_namespace=profile.control_plane_namespace,
        gateway_api=None if api is None else GatewayApiSpec(version=api.version, channel=api.channel),
        probe_networks=profile.probe_networks,
        callers=profile.callers or None,
        holds=tuple(sorted(profile.holds)),
    )
    block = {} if profile.block is None else {profile.mesh: dump(profile.block)}
    return {
        "apiVersion": API_VERSION,
        "kind": "MeshProfile",
        "metadata": {"name": name},
        "spec": {**cast(dict[str, Json], dump(spec)), **block},
    }


def applied(base: Profile, spec: ProfileSpec) -> Profile:
    """Lay what a spec writes over a profile: fields are replaced, callers joined by name."""
    written = {
        name: value
        for name, value in (
            ("version", spec.version),
            ("edition", spec.edition),
            ("trust_domain", spec.trust_domain),
            ("cluster_domain", spec.cluster_domain),
            ("root_namespace", spec.root_namespace),
            ("control_plane_namespace", spec.control_plane_namespace),
        )
        if value is not None
    }
    return replace(
        base,
        **written,  # type: ignore[arg-type]
        gateway_api=_gateway_api(base, spec),
        probe_networks=spec.probe_networks or base.probe_networks,
        callers={**base.callers, **(spec.callers or {})},
        holds=frozenset(spec.holds) or base.holds,
        block=_block(base, spec),
    )


def _gateway_api(base: Profile, spec: ProfileSpec) -> GatewayApi | None:
    """A written version of the mesh forgets the Gateway API of the other version."""
    written = spec.gateway_api
    before = base.gateway_api if spec.version in (None, base.version) else None
    if written is None:
        return before
    version = written.version or (before.version if before is not None else "")
    channel = written.channel or (before.channel if before is not None else Channel.STANDARD)
    return GatewayApi(version, channel)


def _block(base: Profile, spec: ProfileSpec) -> Located | None:
    block = getattr(spec, base.mesh, None)
    if block is None or base.block is None:
        return base.block if block is None else cast(Located, block)
    named: Any = type(block)
    names = (name for name, _, _ in fields_of(named))
    written = {name: value for name in names if (value := getattr(block, name)) is not None}
    return replace(base.block, **written)
