"""TLS that a client speaks: certificates from files, or from a Secret."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import AGENT, Body, Rule, quoted
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path, Resource

CLIENT_TLS = Code(
    number="MG448",
    slug="istio-client-tls",
    meaning="A client lacks a certificate for its mode of TLS, or takes it from two places.",
)
_RULE = Rule(CLIENT_TLS, AGENT)
_FILES = ("clientCertificate", "privateKey", "caCertificates", "caCrl")
_CONFIG_MAP = "configmap://"


def refused(path: Path, policy: Body, resource: Resource) -> Iterator[Complaint]:
    """Hold the TLS of a policy against clause 8."""
    tls, at = policy.get("tls", {}), (*path, "tls")
    mode = tls.get("mode")
    yield from _config_map((*at, "credentialName"), tls.get("credentialName", ""), resource)
    if mode not in ("SIMPLE", "MUTUAL"):
        return
    yield from _unverified(at, tls)
    if tls.get("credentialName"):
        for key in (key for key in _FILES if tls.get(key)):
            yield _RULE.broken(
                (*at, key), f"{key} stands beside credentialName, which excludes it", "keep one of them"
            )
    elif mode == "MUTUAL":
        for key in (key for key in _FILES[:2] if not tls.get(key)):
            yield _RULE.broken(at, f"mode MUTUAL has no {key}", f"write {key}, or credentialName")


def _unverified(path: Path, tls: Body) -> Iterator[Complaint]:
    if not tls.get("insecureSkipVerify"):
        return
    checks = ("caCertificates", "subjectAltNames", *(("credentialName",) if tls["mode"] == "SIMPLE" else ()))
    for key in (key for key in checks if tls.get(key)):
        yield _RULE.broken(
            (*path, key), f"{key} stands beside insecureSkipVerify, which checks nothing", "keep one of them"
        )


def _config_map(path: Path, credential: str, resource: Resource) -> Iterator[Complaint]:
    namespace, slash, _ = credential.removeprefix(_CONFIG_MAP).partition("/")
    is_elsewhere = slash and resource.namespace not in ("", namespace)
    if credential.startswith(_CONFIG_MAP) and is_elsewhere:
        yield _RULE.broken(
            path,
            f"{quoted(credential)} is in another namespace than {quoted(resource.namespace)}",
            "name a ConfigMap beside the DestinationRule",
        )
