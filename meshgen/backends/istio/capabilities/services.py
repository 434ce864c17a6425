"""Services, their ports and versions."""

from __future__ import annotations

from meshgen.backends.istio.capabilities.axes import DECLARED, SPLIT, TRAFFIC_POLICY, VERSION_SERVICE
from meshgen.backends.istio.capabilities.patches import declared_tcp
from meshgen.diagnostics import Severity
from meshgen.support import Full, Requires, Row

_PORT_PROTOCOL = Requires(
    id="port-protocol",
    what="Services declare ports of connections as tcp, by a name that begins with tcp- or by appProtocol",
    patches=declared_tcp,
)

SERVICES = (
    Row(
        features=("ports.protocol.http", "ports.protocol.http2", "ports.protocol.grpc", "ports.second"),
        answer=Full(is_unasked=True),  # read from the Service, else from the first bytes
        source="istio/istio pkg/config/protocol/instance.go",
    ),
    Row(
        features=("headless", "podsOf", "ports.containerOnly"),
        answer=Full(is_unasked=True),  # policies pick pods, whichever Service is called
        source="istio/istio pilot/pkg/serviceregistry/kube/conversion.go",
    ),
    Row(
        features=("ports.protocol.tcp",),
        answer=Full(is_unasked=True),
        source="istio/istio pilot/pkg/model/service.go",
        when=DECLARED.within("tcp"),
    ),
    Row(
        features=("ports.protocol.tcp",),
        answer=Full(),
        source="istio/istio pilot/pkg/model/service.go",
        requires=(_PORT_PROTOCOL,),
        when=DECLARED.within("open"),
    ),
    Row(
        features=("ports.protocol.tls",),
        answer=Full(is_unasked=True),
        source="istio/istio pilot/pkg/networking/core/listener.go",
        when=SPLIT.within("no"),
    ),
    Row(
        features=("ports.protocol.tls",),
        answer=Full(),
        # Routes of connections are left out on a port that is declared as tls.
        source="istio/istio pilot/pkg/networking/core/tls.go",
        requires=(_PORT_PROTOCOL,),
        when={**SPLIT.within("yes"), **DECLARED.within("open")},
    ),
    Row(
        features=("ports.protocol.tls",),
        answer=Full(),
        source="istio/istio pilot/pkg/networking/core/tls.go",
        when={**SPLIT.within("yes"), **DECLARED.within("tcp")},
    ),
    Row(
        features=("ports.targetPort", "selector", "serviceAccount"),
        answer=Full(),
        source="istio/api security/v1beta1/authorization_policy.proto",
    ),
    Row(
        features=("versions", "versions.labels", "versions.serviceAccount"),
        answer=Full(),
        source="istio/api networking/v1alpha3/destination_rule.proto",
    ),
    Row(
        features=("versions.service", "versions.createService.true"),
        answer=Full(is_unasked=True),  # a subset needs no Service of its own
        source="istio/api networking/v1alpha3/destination_rule.proto",
        when=VERSION_SERVICE.within("unused"),
    ),
    Row(
        features=("versions.service", "versions.createService.true"),
        answer=Full(),
        source="istio/api networking/v1alpha3/virtual_service.proto",
        when=VERSION_SERVICE.within("routed"),
    ),
    Row(
        features=("versions.createService.false",),
        answer=Full(),
        source="istio/api networking/v1alpha3/virtual_service.proto",
        when=TRAFFIC_POLICY.within("no"),
    ),
    Row(
        features=("versions.createService.false",),
        answer=Full(
            remark="the traffic policy of the version's Service binds those who call that Service too",
            severity=Severity.WARNING,
        ),
        source="istio/istio pilot/pkg/model/push_context.go",
        when=TRAFFIC_POLICY.within("yes"),
    ),
    Row(
        features=("versions.selector",),
        answer=Full(),
        source="istio/api networking/v1alpha3/virtual_service.proto",
    ),
)
