"""What Linkerd's destination controller says of a cluster, with its policy controller beside it."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.profiles import Traffic
from meshgen.profile import Edition
from meshgen.seen import Detection, Fact, Object, Seen, container, flagged, release, tag, words

_SPLITS = "trafficsplits.split.smi-spec.io"

# linkerd/website linkerd.io/content/releases: an edge release carries a number where it was announced as one
_NUMBERED = {"edge-25.4.4": "2.18", "edge-25.10.7": "2.19"}


def _facts(seen: Seen) -> Iterator[Fact]:
    destination = container(seen.deployment, "destination")
    image = str(destination.get("image", ""))
    place = f"{seen.place}, image {image}"
    yield _version(tag(image), place)
    yield _edition(tag(image), place)
    # linkerd/linkerd2 charts/linkerd-control-plane/templates/destination.yaml
    yield flagged("trustDomain", words(destination), "identity-trust-domain", seen.place)
    yield flagged("clusterDomain", words(destination), "cluster-domain", seen.place)
    yield _traffic(seen)
    policy = words(container(seen.deployment, "policy"))
    yield flagged("linkerd.defaultInboundPolicy", policy, "default-policy", f"{seen.place}, container policy")


def _version(tagged: str, place: str) -> Fact:
    channel, _, number = tagged.partition("-")
    if channel == "edge":
        numbered = _NUMBERED.get(tagged)
        return Fact("version", numbered, place if numbered else f"{place}: an edge release without a number")
    return Fact("version", release(number), place)


def _edition(tagged: str, place: str) -> Fact:
    match tagged.partition("-")[0]:
        case "enterprise":
            return Fact("edition", Edition.ENTERPRISE.value, place)
        case "edge" | "stable":
            return Fact("edition", Edition.COMMUNITY.value, place)
        case _:
            return Fact("edition", None, place)


def _traffic(seen: Seen) -> Fact:
    if _SPLITS in seen.definitions:
        return Fact("linkerd.traffic", Traffic.AUTO.value, f"CustomResourceDefinition {_SPLITS}")
    return Fact("linkerd.traffic", Traffic.GATEWAY.value, f"there is no CustomResourceDefinition {_SPLITS}")


def _no_config_map(_: Object) -> None:
    """Everything stands in the Deployment."""


DETECTION = Detection(
    selector="linkerd.io/control-plane-component=destination", config_map=_no_config_map, facts=_facts
)
