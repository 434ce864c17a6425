"""Services, their ports, their pods and their versions."""

from __future__ import annotations

from meshgen.backends.linkerd.capabilities.axes import APP_PROTOCOL, CHANNEL, SPLIT_BY
from meshgen.backends.linkerd.capabilities.patches import seen_as_bytes, seen_as_grpc
from meshgen.diagnostics import Severity
from meshgen.support import Full, Requires, Row

_SERVER = "linkerd/linkerd2 policy-controller/k8s/api/src/policy/server.rs"
_OUTBOUND = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs"
_PROTOCOLS = "linkerd/linkerd2 policy-controller/core/src/outbound.rs"
_ADAPTOR = "linkerd/linkerd-smi pkg/adaptor/controller.go"

_GATEWAY_API = "linkerd/linkerd2 policy-controller/k8s/api/src/lib.rs"

_H2C = Requires(
    id="grpc-app-protocol",
    what="the gRPC ports of the Service {service} have no appProtocol, or kubernetes.io/h2c: another one, "
    "grpc too, makes the proxies treat calls as bytes",
    patches=seen_as_grpc,
)
_OPAQUE = Requires(
    id="opaque-port",
    what="the ports of the Service {service} that carry connections have appProtocol: linkerd.io/tcp, or the "
    "proxies look for HTTP first",
    patches=seen_as_bytes,
)
_EXPERIMENTAL = Requires(
    id="gateway-api-experimental",
    what="the experimental channel of the Gateway API is installed, which alone has the TCPRoute v1alpha2 "
    "that Linkerd reads",
    severity=Severity.ERROR,
    setting="gatewayAPI.channel=experimental",
)
_SMI = Requires(
    id="linkerd-smi",
    what="the extension linkerd-smi is installed, which Linkerd deprecates; with "
    "--set linkerd.traffic=gateway an HTTPRoute splits instead",
)

SERVICES = (
    Row(
        features=(
            "ports.protocol.http",
            "ports.protocol.http2",
            "ports.protocol.tls",
            "ports.second",
            "ports.containerOnly",
            "ports.targetPort",
            "selector",
            "podsOf",
        ),
        answer=Full(is_unasked=True),
        source=_SERVER,
    ),
    *(
        row
        for feature, requirement in (("ports.protocol.grpc", _H2C), ("ports.protocol.tcp", _OPAQUE))
        for row in (
            Row(
                features=(feature,),
                answer=Full(is_unasked=True),
                source=_PROTOCOLS,
                when=APP_PROTOCOL.within("shown"),
            ),
            Row(
                features=(feature,),
                answer=Full(is_unasked=True),
                source=_PROTOCOLS,
                requires=(requirement,),
                when=APP_PROTOCOL.within("unknown"),
            ),
        )
    ),
    Row(
        features=("headless",),
        answer=Full(is_unasked=True),
        source=_OUTBOUND,
    ),
    Row(
        features=("serviceAccount", "versions.serviceAccount"),
        answer=Full(is_unasked=True),
        source="linkerd/linkerd2 policy-controller/k8s/index/src/inbound/meshtls_authentication.rs",
    ),
    Row(
        features=("versions", "versions.labels", "versions.selector", "versions.service"),
        answer=Full(),
        source=_OUTBOUND,
    ),
    Row(
        features=("versions.createService.true",),
        answer=Full(),
        source=_OUTBOUND,
    ),
    Row(
        features=("versions.createService.false",),
        answer=Full(),
        source=_OUTBOUND,
        requires=(
            Requires(
                id="same-ports",
                what="the Services that exist already for versions of {service} have its ports",
            ),
        ),
    ),
    Row(features=("split",), answer=Full(), source=_OUTBOUND, when=SPLIT_BY.within("route")),
    Row(
        features=("split",),
        answer=Full(),
        source=_ADAPTOR,
        requires=(_SMI,),
        when=SPLIT_BY.within("TrafficSplit"),
    ),
    Row(features=("split.tcp",), answer=Full(), source=_ADAPTOR, when=SPLIT_BY.within("TrafficSplit")),
    Row(
        features=("split.tcp",),
        answer=Full(),
        source=_OUTBOUND,
        when={**SPLIT_BY.within("route"), **CHANNEL.within("experimental")},
    ),
    Row(
        features=("split.tcp",),
        answer=Full(),
        source=_GATEWAY_API,
        requires=(_EXPERIMENTAL,),
        when={**SPLIT_BY.within("route"), **CHANNEL.within("standard")},
    ),
)
