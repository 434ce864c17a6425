"""Services, their ports, their pods and their versions."""

from __future__ import annotations

from meshgen.backends.linkerd.capabilities.axes import SPLIT_BY
from meshgen.support import NOT_BUILT, Full, Requires, Row

_SERVER = "linkerd/linkerd2 policy-controller/k8s/api/src/policy/server.rs"
_OUTBOUND = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs"
_PROTOCOLS = "linkerd/linkerd2 policy-controller/core/src/outbound.rs"
_ADAPTOR = "linkerd/linkerd-smi pkg/adaptor/controller.go"

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
    Row(
        features=("ports.protocol.grpc",),
        answer=NOT_BUILT,
        source="",
    ),
    Row(
        features=("ports.protocol.tcp",),
        answer=NOT_BUILT,
        source="",
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
    Row(features=("split.tcp",), answer=NOT_BUILT, source=""),
)
