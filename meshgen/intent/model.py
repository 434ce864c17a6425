"""The documents of the intent language as values: what a user wrote, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from meshgen.intent.access import (
    Authorization,
    From,
    JwtProvider,
    Mtls,
    PortNumber,
    Probe,
    ServiceAccountName,
    SpecAuthorization,
    SpecMtls,
)
from meshgen.intent.constraints import AtLeastOne, AtMostOne, Constraint
from meshgen.intent.features import Ambient, Located, Written, feature, plain, short
from meshgen.intent.match import PORT_NAME
from meshgen.intent.policy import CircuitBreaker, LoadBalancing, OutlierDetection, RateLimit, Retries
from meshgen.intent.traffic import Cors, Fault, Headers, Mirror, Route, Split
from meshgen.intent.words import Word
from meshgen.values import DNS_LABEL, Duration, Text

LABEL_KEY = Text(
    what="a label key",
    pattern=r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$",
    longest=317,
)
LABEL_VALUE = Text(what="a label value", pattern=r"^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$", longest=63)
ANNOTATION = Text(what="an annotation", longest=262_144)
FEATURE_ID = Text(what="a feature id", pattern=r"^[A-Za-z0-9.-]+$", longest=128)
REASON = Text(what="a reason", longest=1024)
Labels = Mapping[Annotated[str, LABEL_KEY], Annotated[str, LABEL_VALUE]]


class Protocol(Word):
    """What a port speaks."""

    HTTP = "http", "HTTP/1.1, whose requests are seen one by one"
    HTTP2 = "http2", "HTTP/2 in plain text inside the mesh"
    GRPC = "grpc", "gRPC calls, which ride on HTTP/2"
    TCP = "tcp", "connections of bytes that nobody looks into"
    TLS = "tls", "connections that the application itself encrypts"

    @property
    def is_http(self) -> bool:
        """True where requests are seen; the others carry connections."""
        return self in (Protocol.HTTP, Protocol.HTTP2, Protocol.GRPC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Port(Located):
    """A port of the Service, or with `targetPort` alone a container port that no Service port fronts."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("port", "targetPort"),)

    port: PortNumber | None = plain("number of the Service port", default=None)
    target_port: Annotated[str, PORT_NAME] | None = feature(
        "number or name of the container port, as port unless written", default=None
    )
    protocol: Protocol | None = feature("what the port speaks, http unless written", default=None)
    name: Annotated[str, DNS_LABEL] | None = plain("name of the port in this file", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Located):
    """Some of a service's pods, told apart by labels."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtMostOne("labels", "selector"),)
    may_be_empty: ClassVar[bool] = True

    labels: Labels | None = feature("labels of its pods, {version: <name>} unless written", default=None)
    selector: Labels | None = feature(
        "all labels of its pods, in place of the service's selector", default=None
    )
    service_account: ServiceAccountName | None = feature("identity of its pods", default=None)
    service: Annotated[str, DNS_LABEL] | None = feature("Service that fronts these pods alone", default=None)
    create_service: bool | None = feature("whether that Service is to be generated", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Located):
    """One service of the namespace: what callers and traffic should experience."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtMostOne("ports", "port"),
        AtMostOne("ports", "targetPort"),
        AtMostOne("ports", "protocol"),
        AtMostOne("callers", "authorization"),
    )
    may_be_empty: ClassVar[bool] = True

    port: PortNumber | None = short("short for ports with this one entry", default=None)
    target_port: Annotated[str, PORT_NAME] | None = short("container port of `port`", default=None)
    protocol: Protocol | None = short("what `port` speaks, http unless written", default=None)
    ports: tuple[Port, ...] = plain("ports of the Service and of its pods", default=())
    selector: Labels | None = feature("labels of the pods behind the service", default=None)
    service_account: ServiceAccountName | None = feature("identity of its pods", default=None)
    pods_of: Annotated[str, DNS_LABEL] | None = feature(
        "service whose pods this Service fronts", default=None
    )
    headless: Literal[True] | None = feature("the Service has no cluster address", default=None)
    versions: Mapping[Annotated[str, DNS_LABEL], Version] | None = feature(
        "versions by name, told apart by labels", block=True, default=None
    )
    split: Split | None = feature("shares of traffic by version, 100 in sum", default=None)
    routes: tuple[Route, ...] = plain("routes, of which the first that matches decides", default=())
    timeout: Duration | Written | Ambient | None = feature(
        "longest time of a request, retries included", default=None
    )
    retries: Retries | Written | Ambient | None = feature("tries after the first one", default=None)
    circuit_breaker: CircuitBreaker | Written | Ambient | None = feature(
        "limits of each caller", default=None
    )
    outlier_detection: OutlierDetection | Written | Ambient | None = feature(
        "ejection of instances that fail", default=None
    )
    load_balancing: LoadBalancing | Ambient | None = plain("which instance gets a request", default=None)
    connect_timeout: Duration | Ambient | None = feature(
        "longest time to connect to an instance", default=None
    )
    rate_limit: RateLimit | Written | None = feature("requests that each instance takes", default=None)
    fault: Fault | Written | None = feature("faults that are injected at the caller", default=None)
    mirror: Mirror | Written | None = feature("copies that are sent elsewhere", default=None)
    headers: Headers | None = plain("edits of headers on the way", default=None)
    cors: Cors | Written | None = feature("what browsers of other origins may do", default=None)
    mtls: Mtls | None = plain("what the ports of its pods admit", default=None)
    authorization: Authorization | None = plain("who may call the service", default=None)
    callers: tuple[From, ...] = short("these may call and nobody else, short for authorization", default=())
    probes: tuple[Probe, ...] = plain("how the kubelet asks whether the pods are well", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults(Located):
    """Traffic policy that the services of a document inherit, field by field."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtLeastOne(
            "timeout", "retries", "circuitBreaker", "outlierDetection", "loadBalancing", "connectTimeout"
        ),
    )

    timeout: Duration | Written | None = feature("longest time of a request, retries included", default=None)
    retries: Retries | Written | None = feature("tries after the first one", default=None)
    circuit_breaker: CircuitBreaker | Written | None = feature("limits of each caller", default=None)
    outlier_detection: OutlierDetection | Written | None = feature(
        "ejection of instances that fail", default=None
    )
    load_balancing: LoadBalancing | None = plain("which instance gets a request", default=None)
    connect_timeout: Duration | None = feature("longest time to connect to an instance", default=None)


class Accounts(Word):
    """Which account a service has that writes none."""

    NAMED = "named", "the account that has the service's name"
    DEFAULT = "default", "the account named default of the namespace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Located):
    """A loss on one mesh that the team agrees to, with its reason."""

    feature: Annotated[str, FEATURE_ID] = plain("id of the feature, exactly")
    mesh: Annotated[str, DNS_LABEL] = plain("backend or profile on which the loss is agreed to")
    service: Annotated[str, DNS_LABEL] | None = plain("the service alone, all unless written", default=None)
    reason: Annotated[str, REASON] = plain("why the loss does no harm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec(Located):
    """What should hold for the services of one namespace."""

    selector_label: Annotated[str, LABEL_KEY] | None = plain(
        "label that holds a service's name in its selector", default=None
    )
    accounts: Accounts | None = plain("account of services that write none", default=None)
    mtls: SpecMtls | None = plain("mode that services inherit", default=None)
    authorization: SpecAuthorization | None = plain("authorization that services inherit", default=None)
    defaults: Defaults | None = plain("traffic policy that services inherit", transparent=True, default=None)
    jwt_providers: Mapping[Annotated[str, DNS_LABEL], JwtProvider] | None = plain(
        "issuers of tokens by name", default=None
    )
    services: Mapping[Annotated[str, DNS_LABEL], Service] | None = plain(
        "services of the namespace by name", transparent=True, default=None
    )
    accept: tuple[Accept, ...] = plain("losses that the team agrees to", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata(Located):
    """Name and namespace of an intent, and what its objects carry."""

    name: Annotated[str, DNS_LABEL] = plain("part-of of each generated object")
    namespace: Annotated[str, DNS_LABEL] = plain("namespace in which all the services live")
    labels: Labels | None = plain("labels of each generated object", default=None)
    annotations: Mapping[Annotated[str, LABEL_KEY], Annotated[str, ANNOTATION]] | None = plain(
        "annotations of each generated object", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshIntent(Located):
    """Services of one namespace and what should hold for them."""

    api_version: Literal["meshgen.dev/v1alpha1"] = plain("version of the language")
    kind: Literal["MeshIntent"] = plain("kind of the document")
    metadata: Metadata = plain("name and namespace of the intent", transparent=True)
    spec: Spec = plain("what should hold for the services", transparent=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentSet:
    """The intents of one command, in which a service is known as `namespace/name`."""

    intents: tuple[MeshIntent, ...]
    unread: int = 0  # documents of other kinds, which are counted and never changed
