"""What Consul's injector says of a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.profile import Edition
from meshgen.seen import Detection, Fact, Object, Seen, container, flag, release, tag, words


def _facts(seen: Seen) -> Iterator[Fact]:
    # hashicorp/consul-k8s charts/consul/templates/connect-inject-deployment.yaml
    injector = container(seen.deployment, "sidecar-injector")
    image = str(injector.get("image", ""))
    line = words(injector)
    yield Fact("version", release(tag(image)), f"{seen.place}, image {image}")
    yield _edition(flag(line, "consul-image") or "", seen.place)
    yield Fact("trustDomain", None, "it is in Consul's own certificate authority")
    yield Fact("consul.ownsSingletons", None, "it is for people to say whether Mesh may be written")
    yield _mirroring(line, seen.place)


def _edition(image: str, place: str) -> Fact:
    where = f"{place}, flag consul-image={image}"
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    if name == "consul-enterprise" or "-ent" in tag(image) or "+ent" in tag(image):
        return Fact("edition", Edition.ENTERPRISE.value, where)
    return Fact("edition", Edition.COMMUNITY.value if name == "consul" else None, where)


def _mirroring(line: tuple[str, ...], place: str) -> Fact:
    """Tell whether namespaces are mirrored under their own names; with a prefix a profile cannot say it."""
    key, name = "consul.namespaceMirroring", "enable-k8s-namespace-mirroring"
    prefix = flag(line, "k8s-namespace-mirroring-prefix")
    if prefix:
        return Fact(key, None, f"{place}: mirrored with the prefix {prefix}, which no profile can say")
    is_mirrored = flag(line, name) == "true"
    return Fact(key, is_mirrored, f"{place}, flag {name}" if is_mirrored else f"{place} has no flag {name}")


def _no_config_map(_: Object) -> None:
    """Everything stands in the Deployment."""


DETECTION = Detection(
    selector="app=consul,component=connect-injector", config_map=_no_config_map, facts=_facts
)
