"""Who may call: mTLS modes, authorization rules, tokens and probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from meshgen.intent.constraints import AtLeastOne, AtMostOne, Constraint, ExactlyOne
from meshgen.intent.features import Located, feature, plain
from meshgen.intent.match import HTTP_TOKEN, PATH, PORT_NAME, QUERY_NAME, HeaderMatches, Method, PathMatch
from meshgen.intent.words import Word
from meshgen.values import DNS_LABEL, DNS_NAME, PORT, Text

SERVICE_NAME = Text(
    what="a service as [namespace/]name",
    pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?/)?[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    longest=127,
    example="shop/cart",
)
ACCOUNT = Text(
    what="a service account as namespace/name",
    pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$",
    longest=317,
    example="ingress/gateway",
)
CIDR = Text(what="an address block such as 10.0.0.0/8", pattern=r"^[0-9a-fA-F.:]+(/[0-9]+)?$", longest=49)
HOSTNAME_PATTERN = Text(
    what="a host name, '*.' in front allowed",
    pattern=r"^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
    longest=253,
)
CLAIM = Text(what="the name of a top-level claim", longest=256)
WORD = Text(what="a value", longest=1024)
URL = Text(what="an http or https address", pattern=r"^https?://[^\s]+$", longest=2048)
KEY_SET = Text(what="a JSON Web Key Set", longest=65_536)


class Mode(Word):
    """What a port admits."""

    STRICT = "strict", "mTLS alone, plaintext is refused"
    PERMISSIVE = "permissive", "mTLS and plaintext side by side"
    DISABLED = "disabled", "plaintext alone, without mTLS"


class Scope(Word):
    """How far a mode or a default reaches beyond the services of the document."""

    NAMESPACE = "namespace", "every pod of the namespace, listed here or not"


class Action(Word):
    """What a rule or a default does to the requests that it covers."""

    ALLOW = "allow", "lets the requests through that it covers"
    DENY = "deny", "refuses the requests that it covers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mtls(Located):
    """The mode of a service, and of ports where it differs."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("mode", "ports"),)

    mode: Mode | None = feature("what every port of the pods admits", default=None)
    ports: Mapping[Annotated[str, PORT_NAME], Mode] | None = feature("what single ports admit", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecMtls(Located):
    """The mode that the services of a document inherit."""

    mode: Mode = feature("what every port of the pods admits")
    scope: Scope | None = feature("extends the mode to every pod of the namespace", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller(Located):
    """One kind of caller, named in exactly one way."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        ExactlyOne("service", "serviceAccount", "caller", "namespace", "authenticated", "cidr"),
    )
    shorthand: ClassVar[str] = "service"

    service: Annotated[str, SERVICE_NAME] | None = feature(
        "a service of the set, in all its versions", default=None
    )
    service_account: Annotated[str, ACCOUNT] | None = feature("a service account by its name", default=None)
    caller: Annotated[str, DNS_LABEL] | None = feature("a caller that the profile names", default=None)
    namespace: Annotated[str, DNS_LABEL] | None = feature("any identity of a namespace", default=None)
    authenticated: Literal[True] | None = feature("any identity of the mesh", default=None)
    cidr: Annotated[str, CIDR] | None = feature("addresses of the peer", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class From(Located):
    """One kind of caller, less those that it excepts; or any caller but those."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtMostOne("service", "serviceAccount", "caller", "namespace", "authenticated", "cidr"),
        AtLeastOne("service", "serviceAccount", "caller", "namespace", "authenticated", "cidr", "except"),
    )
    shorthand: ClassVar[str] = "service"

    service: Annotated[str, SERVICE_NAME] | None = feature(
        "a service of the set, in all its versions", default=None
    )
    service_account: Annotated[str, ACCOUNT] | None = feature("a service account by its name", default=None)
    caller: Annotated[str, DNS_LABEL] | None = feature("a caller that the profile names", default=None)
    namespace: Annotated[str, DNS_LABEL] | None = feature("any identity of a namespace", default=None)
    authenticated: Literal[True] | None = feature("any identity of the mesh", default=None)
    cidr: Annotated[str, CIDR] | None = feature("addresses of the peer", default=None)
    except_: tuple[Caller, ...] = feature("callers that this entry does not cover", block=True, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Located):
    """What is asked for: every condition that is written holds."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtLeastOne("methods", "paths", "headers", "ports", "hostnames"),
    )

    methods: tuple[Method, ...] = feature("methods, any of which may match", default=())
    paths: tuple[PathMatch, ...] = plain("paths, any of which may match", default=())
    headers: HeaderMatches | None = plain("headers by name, all of which must match", default=None)
    ports: tuple[Annotated[str, PORT_NAME], ...] = feature("ports of the service, any of which", default=())
    hostnames: tuple[Annotated[str, HOSTNAME_PATTERN], ...] = feature("host names, any of which", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class To(Located):
    """What is asked for, less what it excepts."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtLeastOne("methods", "paths", "headers", "ports", "hostnames", "except"),
    )

    methods: tuple[Method, ...] = feature("methods, any of which may match", default=())
    paths: tuple[PathMatch, ...] = plain("paths, any of which may match", default=())
    headers: HeaderMatches | None = plain("headers by name, all of which must match", default=None)
    ports: tuple[Annotated[str, PORT_NAME], ...] = feature("ports of the service, any of which", default=())
    hostnames: tuple[Annotated[str, HOSTNAME_PATTERN], ...] = feature("host names, any of which", default=())
    except_: tuple[Operation, ...] = feature(
        "requests that this entry does not cover", block=True, default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Jwt(Located):
    """A valid token of a provider, with claims."""

    provider: Annotated[str, DNS_LABEL] = feature("provider that issued the token")
    claims: Mapping[Annotated[str, CLAIM], tuple[Annotated[str, WORD], ...]] | None = feature(
        "claims by name, each with the values of which one must hold", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class When(Located):
    """Conditions beside caller and request."""

    jwt: Jwt = plain("token that the request carries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Located):
    """Callers, requests and conditions that an action covers; the parts are ANDed."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("from", "to", "when"),)

    name: Annotated[str, DNS_LABEL] = plain("name of the rule, unique in its list")
    action: Action | None = feature("what the rule does, allow unless written", default=None)
    from_: tuple[From, ...] = plain("callers, any of which; any caller unless written", default=())
    to: tuple[To, ...] = plain("requests, any of which; any request unless written", default=())
    when: When | None = plain("conditions beside caller and request", default=None)

    @property
    def effect(self) -> Action:
        """The action, written or not."""
        return self.action or Action.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization(Located):
    """Who may call a service."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("default", "rules"),)

    default: Action | None = feature("what happens to a request that no rule covers", default=None)
    rules: tuple[Rule, ...] = plain("rules, whose order means nothing", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecAuthorization(Located):
    """Who may call the services of a document, which inherit it."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("default", "rules"),)

    default: Action | None = feature("what happens to a request that no rule covers", default=None)
    scope: Scope | None = feature("extends the default to every pod of the namespace", default=None)
    rules: tuple[Rule, ...] = plain("rules that hold on every service of the document", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHeader(Located):
    """A header that carries a token."""

    name: Annotated[str, HTTP_TOKEN] = feature("header that carries the token")
    prefix: Annotated[str, WORD] | None = feature("what stands before the token in it", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtProvider(Located):
    """Who issues tokens, and how they are checked."""

    shape: ClassVar[tuple[Constraint, ...]] = (ExactlyOne("jwksUri", "jwks"),)

    issuer: Annotated[str, WORD] = feature("issuer that tokens must name")
    jwks_uri: Annotated[str, URL] | None = feature("address of the issuer's keys", default=None)
    jwks: Annotated[str, KEY_SET] | None = feature("keys of the issuer, written out", default=None)
    audiences: tuple[Annotated[str, WORD], ...] = feature(
        "audiences, one of which a token must name", default=()
    )
    from_headers: tuple[TokenHeader, ...] = plain("headers that may carry the token", default=())
    from_params: tuple[Annotated[str, QUERY_NAME], ...] = feature(
        "query parameters that may carry the token", default=()
    )
    forward: bool | None = feature(
        "whether the application gets the token, true unless written", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Located):
    """How the kubelet asks whether the application is well."""

    shape: ClassVar[tuple[Constraint, ...]] = (ExactlyOne("path", "tcp", "grpc"),)

    path: Annotated[str, PATH] | None = feature("path that the kubelet gets", default=None)
    tcp: Literal[True] | None = feature("the kubelet opens a connection", default=None)
    grpc: Literal[True] | None = feature("the kubelet asks by gRPC", default=None)
    port: Annotated[str, PORT_NAME] | None = plain("container port as in the pod", default=None)


PortNumber = Annotated[int, PORT]
ServiceAccountName = Annotated[str, DNS_NAME]
