"""What Consul rejects in the Mesh: its name, versions of TLS and how requests are normalized."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.names import named
from meshgen.backends.consul.admission.proxies import PROXY
from meshgen.backends.consul.admission.terms import Ground, unknown, webhook
from meshgen.backends.consul.admission.tls import tls
from meshgen.backends.consul.parts import Part
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

_WEBHOOK = Ground(PROXY, webhook("mesh"))
_NAMED = "hashicorp/consul-k8s control-plane/api/v1alpha1/mesh_webhook.go"

_ESCAPED_SLASHES = (
    *("IMPLEMENTATION_SPECIFIC_DEFAULT", "KEEP_UNCHANGED", "REJECT_REQUEST"),
    *("UNESCAPE_AND_REDIRECT", "UNESCAPE_AND_FORWARD"),
)
_UNDERSCORES = ("ALLOW", "REJECT_REQUEST", "DROP_HEADER")


def refused(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Complain of the Mesh."""
    spec = Part.spec_of(resource)
    yield from named(_NAMED, resource, "mesh")
    for direction in ("incoming", "outgoing"):
        yield from tls(_WEBHOOK.source, spec.part("tls").part(direction))
    requests = spec.part("http").part("incoming").part("requestNormalization")
    yield from unknown(_WEBHOOK, requests, "pathWithEscapedSlashesAction", _ESCAPED_SLASHES)
    yield from unknown(_WEBHOOK, requests, "headersWithUnderscoresAction", _UNDERSCORES)
