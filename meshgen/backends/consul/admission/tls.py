"""What Consul rejects in the bounds of TLS that the Mesh and gateways write."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.terms import Ground, server, unknown, unknown_word
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.resources import Complaint

TLS = Code(
    number="MG491",
    slug="consul-tls",
    meaning="Consul knows the versions of TLS and the cipher suites that its proxies speak, and their order.",
)

_VERSIONS = ("TLSv1_0", "TLSv1_1", "TLSv1_2", "TLSv1_3")
_AUTO = "TLS_AUTO"
_CIPHERLESS = "TLSv1_3"  # its suites cannot be chosen
_SUITES = (
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
)

_SERVER = Ground(TLS, server("config_entry_mesh"))
_TYPES = Ground(TLS, "hashicorp/consul types/tls.go")


def tls(source: str, bounds: Part) -> Iterator[Complaint]:
    """Complain of versions, their order, and suites."""
    least, most = bounds.text("tlsMinVersion"), bounds.text("tlsMaxVersion")
    for key in ("tlsMinVersion", "tlsMaxVersion"):
        yield from unknown(Ground(TLS, source), bounds, key, (_AUTO, *_VERSIONS))
    if {least, most} <= set(_VERSIONS) and _VERSIONS.index(most) < _VERSIONS.index(least):
        message = f"tlsMaxVersion {most} is below tlsMinVersion {least}"
        yield _SERVER.against(bounds.at("tlsMaxVersion"), message, f"write {least} or later")
    if bounds.texts("cipherSuites") and least == _CIPHERLESS:
        message = f"suites cannot be chosen where tlsMinVersion is {least}"
        yield _SERVER.against(bounds.at("cipherSuites"), message, "drop them")
    for index, suite in enumerate(bounds.texts("cipherSuites")):
        yield from unknown_word(_TYPES, bounds.at("cipherSuites", index), suite, "cipher suite", _SUITES)
