"""ServiceIntentions and JWTProviders: who may call whom, with which requests and tokens."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.read.matches import HttpMatch, http_match
from meshgen.backends.consul.read.names import Name, Naming
from meshgen.intent.outcome.call import BEARER, InHeader, InParam
from meshgen.resources import Path, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A token that is asked for."""

    provider: str
    claims: tuple[tuple[str, str], ...]  # by name, with the one value; one inside of another by its path


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What one permission lets through, or stops."""

    path: Path
    is_allow: bool
    match: HttpMatch
    tokens: tuple[Wanted, ...] | None  # one of these; None: no token is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Intention:
    """What holds between one source and one destination."""

    resource: Resource
    path: Path
    source: Name
    destination: Name
    is_allow: bool
    permissions: tuple[Permission, ...] | None  # None: an action alone
    tokens: tuple[Wanted, ...] | None  # of the whole destination

    @property
    def precedence(self) -> tuple[int, int]:
        """Rank it: exact destinations first, then exact sources."""
        # hashicorp/consul agent/structs/intention.go: UpdatePrecedence
        return self.destination.wildcards, self.source.wildcards


def intentions(resource: Resource, naming: Naming) -> Iterator[Intention]:
    """Read the sources of one entry; those of other clusters call from none of this one's pods."""
    spec = Part.spec_of(resource)
    own = naming.namespace(resource.namespace)
    at = spec.part("destination")
    destination = Name(at.text("namespace") or own, at.text("name"))
    for source in spec.parts("sources"):
        if source.said(("peer", "samenessGroup")) or source.text("partition") not in ("", "default"):
            continue
        yield Intention(
            resource=resource,
            path=source.path,
            source=Name(source.text("namespace") or destination.namespace, source.text("name")),
            destination=destination,
            is_allow=source.text("action") == "allow",
            permissions=tuple(map(_permission, source.parts("permissions")))
            if source.said(("permissions",))
            else None,
            tokens=_tokens(spec),
        )


def _permission(part: Part) -> Permission:
    return Permission(
        path=part.path,
        is_allow=part.text("action") == "allow",
        match=http_match(part.part("http")),
        tokens=_tokens(part),
    )


def _tokens(part: Part) -> tuple[Wanted, ...] | None:
    found = tuple(
        Wanted(
            provider=each.text("name"),
            claims=tuple(
                (".".join(claim.texts("path")), claim.text("value")) for claim in each.parts("verifyClaims")
            ),
        )
        for each in part.part("jwt").parts("providers")
    )
    return found or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Whose tokens are good, and where they are looked for."""

    issuer: str
    audiences: tuple[str, ...]
    places: tuple[InHeader | InParam, ...]
    keys: str  # that sign them, or where they are; empty: a file of the servers
    is_passed_on: bool  # what it takes reaches the application too
    resource: Resource


def provider(resource: Resource) -> Provider:
    """Read a provider; without locations a token is a bearer, or the parameter `access_token`."""
    # envoyproxy/envoy api/envoy/extensions/filters/http/jwt_authn/v3/config.proto: from_headers
    spec = Part.spec_of(resource)
    places: list[InHeader | InParam] = []
    is_passed_on = False
    for location in spec.parts("locations"):
        header, parameter = location.part("header"), location.part("queryParam")
        if header.fields:
            # hashicorp/consul agent/xds/jwt_authn.go: the last header speaks for every location
            is_passed_on = header.flag("forward")
            places.append(InHeader(header.text("name").lower(), header.text("valuePrefix")))
        elif parameter.fields:
            places.append(InParam(parameter.text("name")))
    has_locations = bool(spec.said(("locations",)))
    return Provider(
        issuer=spec.text("issuer"),
        audiences=spec.texts("audiences"),
        places=tuple(places) if has_locations else (BEARER, InParam("access_token")),
        keys=_keys(spec.part("jsonWebKeySet")),
        is_passed_on=is_passed_on,
        resource=resource,
    )


def _keys(sets: Part) -> str:
    # hashicorp/consul agent/xds/jwt_authn.go: makeLocalJWKS decodes what stands in the entry
    text = sets.part("local").text("jwks")
    try:
        return sets.part("remote").text("uri") or base64.b64decode(text, validate=True).decode()
    except ValueError:
        return text
