"""What Consul rejects in a JWTProvider: keys, where tokens are looked for, and how they are passed on."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import urlsplit

from meshgen.backends.consul.admission.terms import (
    Ground,
    apart,
    duration,
    required,
    unknown_word,
    webhook,
)
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.grammar import duration_ns
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

JWT = Code(
    number="MG492",
    slug="consul-jwt",
    meaning="A JWTProvider has one set of keys, and each place to look for tokens is one.",
)

_WEBHOOK = Ground(JWT, webhook("jwtprovider"))

_DISCOVERY = ("STRICT_DNS", "STATIC", "LOGICAL_DNS", "EDS", "ORIGINAL_DST")
_LOCATIONS = ("header", "queryParam", "cookie")
_TRUSTED = ("filename", "environmentVariable", "inlineString", "inlineBytes")


def refused(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Complain of one JWTProvider."""
    spec = Part.spec_of(resource)
    keys = spec.part("jsonWebKeySet")
    if spec.has("jsonWebKeySet"):
        yield from _one_written(keys, ("local", "remote"))
    else:
        yield _WEBHOOK.against(spec.at("jsonWebKeySet"), "no keys are written", "write local or remote ones")
    if keys.has("local"):
        yield from _local(keys.part("local"))
    if keys.has("remote"):
        yield from _remote(keys.part("remote"))
    for location in spec.parts("locations"):
        yield from _one_written(location, _LOCATIONS)
        for key in _LOCATIONS:
            if location.has(key):
                yield from required(_WEBHOOK, location.part(key), "name")
    if spec.has("forwarding"):
        yield from required(_WEBHOOK, spec.part("forwarding"), "headerName")


def _one_written(part: Part, keys: tuple[str, ...]) -> Iterator[Complaint]:
    """Ask for one of some objects; an empty one counts."""
    written = [key for key in keys if part.has(key)]
    if not written:
        yield _WEBHOOK.against(part.path, f"none of {', '.join(keys)} is written", f"write {keys[0]}")
    for key in written[1:]:
        yield _WEBHOOK.against(part.at(key), f"{key} and {written[0]} exclude each other", "keep one of them")


def _local(keys: Part) -> Iterator[Complaint]:
    if not keys.said(("jwks", "filename")):
        yield _WEBHOOK.against(keys.path, "neither jwks nor filename is written", "write one of them")
    yield from apart(_WEBHOOK, keys, "jwks", ("filename",))
    if not _is_base64(keys.text("jwks")):
        message = "the key set is not written in base64"
        yield _WEBHOOK.against(keys.at("jwks"), message, "encode it: base64 -w0 jwks.json")


def _is_base64(text: str) -> bool:
    # Go's StdEncoding skips line breaks and nothing else
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _remote(keys: Part) -> Iterator[Complaint]:
    yield from required(_WEBHOOK, keys, "uri")
    if keys.text("uri") and not _is_uri(keys.text("uri")):
        message = f"{keys.text('uri')!r} is no URI of a request"
        yield _WEBHOOK.against(keys.at("uri"), message, "write one such as https://idp.example.com/jwks")
    yield from duration(_WEBHOOK.source, keys, "cacheDuration", may_be_negative=True)
    yield from _waits(keys.part("retryPolicy").part("retryPolicyBackOff"))
    if keys.has("jwksCluster"):
        yield from _cluster(keys.part("jwksCluster"))


def _is_uri(text: str) -> bool:
    """Tell what Go's url.ParseRequestURI takes: an absolute URI or an absolute path."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return False
    return text.isprintable() and " " not in text and (text.startswith("/") or bool(parts.scheme))


def _waits(waits: Part) -> Iterator[Complaint]:
    for key in ("baseInterval", "maxInterval"):
        yield from duration(_WEBHOOK.source, waits, key, may_be_negative=True)
    base, most = duration_ns(waits.text("baseInterval")) or 0, duration_ns(waits.text("maxInterval")) or 0
    if most != 0 and base > most:
        message = (
            f"maxInterval {waits.text('maxInterval')} is below baseInterval {waits.text('baseInterval')}"
        )
        yield _WEBHOOK.against(
            waits.at("maxInterval"), message, f"write {waits.text('baseInterval')} or more"
        )


def _cluster(cluster: Part) -> Iterator[Complaint]:
    path, kind = cluster.at("discoveryType"), cluster.text("discoveryType")
    if not kind:
        yield _WEBHOOK.against(path, "no discoveryType is written", f"write {_DISCOVERY[0]}")
    else:
        yield from unknown_word(_WEBHOOK, path, kind, "discoveryType", _DISCOVERY)
    yield from duration(_WEBHOOK.source, cluster, "connectTimeout", may_be_negative=True)
    certificates = cluster.part("tlsCertificates")
    if cluster.has("tlsCertificates"):
        yield from _one_written(certificates, ("trustedCA", "caCertificateProviderInstance"))
    if certificates.has("trustedCA"):
        yield from _trusted(certificates.part("trustedCA"))


def _trusted(authority: Part) -> Iterator[Complaint]:
    said = authority.said(_TRUSTED)
    if not said:
        message = f"none of {', '.join(_TRUSTED)} is written"
        yield _WEBHOOK.against(authority.path, message, "write one of them")
    for key in said[1:]:
        yield _WEBHOOK.against(
            authority.at(key), f"{key} and {said[0]} exclude each other", "keep one of them"
        )
