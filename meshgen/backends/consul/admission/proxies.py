"""What Consul rejects in the settings that services have of their own and all proxies have by default."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.matches import rooted
from meshgen.backends.consul.admission.terms import Ground, unknown, webhook
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.grammar import is_port
from meshgen.resources import Complaint

PROXY = Code(
    number="MG486",
    slug="consul-proxy",
    meaning="Consul knows the values of each setting of its proxies, and refuses an object with another.",
)

_SHARED = Ground(PROXY, webhook("shared"))
_ENVOY = Ground(PROXY, "envoyproxy/envoy api/envoy/config/core/v3/address.proto")

_GATEWAY_MODES = ("none", "local", "remote")
_MTLS_MODES = ("strict", "permissive")
_EXPOSED = ("http", "http2")
_TRANSPARENT = "consul.hashicorp.com/transparent-proxy"


def settings(spec: Part) -> Iterator[Complaint]:
    """Complain of what ServiceDefaults and ProxyDefaults both say."""
    yield from gateway_mode(spec)
    yield from unknown(_SHARED, spec, "mutualTLSMode", _MTLS_MODES)
    if spec.has("mode"):
        message = f"mode {spec.text('mode')!r} cannot be set here"
        yield _SHARED.against(spec.at("mode"), message, f"annotate the pods with {_TRANSPARENT}")
    transparent = spec.part("transparentProxy")
    if transparent.number("outboundListenerPort") != 0:
        message = f"port {transparent.number('outboundListenerPort')} cannot be set here"
        hint = f"annotate the pods with {_TRANSPARENT}-outbound-listener-port"
        yield _SHARED.against(transparent.at("outboundListenerPort"), message, hint)
    for path in spec.part("expose").parts("paths"):
        yield from rooted(_SHARED, path, "path")
        yield from unknown(_SHARED, path, "protocol", _EXPOSED)
        for key in path.said(("listenerPort", "localPathPort")):
            if not is_port(int(path.number(key))):
                message = f"{path.number(key)} is no port for Envoy"
                yield _ENVOY.against(path.at(key), message, "write 1 to 65535")


def gateway_mode(part: Part) -> Iterator[Complaint]:
    """Ask for a known `meshGateway.mode`."""
    yield from unknown(_SHARED, part.part("meshGateway"), "mode", _GATEWAY_MODES)
