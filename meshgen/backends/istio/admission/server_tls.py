"""TLS that a server ends: which certificates its mode asks for."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import Body, Rule, each, quoted
from meshgen.resources import Complaint, Path

_PAIR = ("serverCertificate", "privateKey")
_SECRETS = ("credentialName", "credentialNames")
_ALL = (*_PAIR, "caCertificates", "tlsCertificates", *_SECRETS)
_ENDED = ("SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL")
_OLD = ("TLSV1_0", "TLSV1_1")
# istio/istio pkg/config/security/security.go, of BoringSSL's names
_CIPHERS = frozenset(
    {
        *(
            f"ECDHE-{key}-AES{bits}"
            for key in ("ECDSA", "RSA")
            for bits in ("128-GCM-SHA256", "256-GCM-SHA384")
        ),
        *(f"ECDHE-{key}-{rest}" for key in ("ECDSA", "RSA") for rest in ("CHACHA20-POLY1305", "AES128-SHA")),
        *("ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA", "AES128-GCM-SHA256", "AES256-GCM-SHA384"),
        *("AES128-SHA", "AES256-SHA", "DES-CBC3-SHA", "ALL"),
    }
)


def refused_tls(rule: Rule, path: Path, tls: Body) -> Iterator[Complaint]:
    """Hold the TLS of a server against what its mode asks for."""
    mode = tls.get("mode", "PASSTHROUGH")
    given = [key for key in _ALL if tls.get(key)]
    yield from _ciphers(rule, path, tls)
    if mode == "ISTIO_MUTUAL":
        for key in given:
            yield rule.broken((*path, key), f"{key} stands beside ISTIO_MUTUAL, which has its own", "drop it")
        return
    if mode not in _ENDED:
        for key in (*given, *(("caCrl",) if tls.get("caCrl") else ())):
            yield rule.doubtful(
                (*path, key), f"mode {mode} ends no TLS, so {key} is left out", "write SIMPLE"
            )
        return
    several = [key for key in (*_SECRETS, "tlsCertificates") if key in given and set(_PAIR) <= set(given)]
    for key in several:
        yield rule.broken((*path, key), f"{key} stands beside serverCertificate", "keep one of them")
    if not any(key in given for key in _SECRETS):
        yield from _files(rule, path, tls, mode)


def _files(rule: Rule, path: Path, tls: Body, mode: str) -> Iterator[Complaint]:
    if mode == "SIMPLE" and tls.get("caCrl"):
        yield rule.broken(
            (*path, "caCrl"), "caCrl stands beside mode SIMPLE, which asks no client", "write MUTUAL"
        )
    if mode != "SIMPLE" and not tls.get("caCertificates"):
        yield rule.broken(
            path, f"mode {mode} has no caCertificates", "write caCertificates, or credentialName"
        )
    pairs = [*each(tls, path, "tlsCertificates")] or [(path, tls)]
    for at, pair in pairs:
        for key in (key for key in _PAIR if not pair.get(key)):
            yield rule.broken(at, f"mode {mode} has no {key}", f"write {key}, or credentialName")


def _ciphers(rule: Rule, path: Path, tls: Body) -> Iterator[Complaint]:
    if tls.get("minProtocolVersion") in _OLD and not tls.get("cipherSuites"):
        at = (*path, "minProtocolVersion")
        yield rule.doubtful(at, "no default cipher suite goes with versions below 1.2", "write cipherSuites")
    seen: set[str] = set()
    for at, suite in each(tls, path, "cipherSuites"):
        if suite[:1].isalnum() and suite not in _CIPHERS:
            yield rule.doubtful(at, f"{quoted(suite)} is not a cipher suite that Istio knows", "drop it")
        elif suite in seen:
            yield rule.doubtful(at, f"{quoted(suite)} stands in the list twice", "keep one of them")
        seen.add(suite)
