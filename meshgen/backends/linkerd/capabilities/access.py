"""Who may call: modes, rules, tokens and probes."""

from __future__ import annotations

from meshgen.backends.linkerd.capabilities.axes import (
    CLUSTER,
    EXCEPTED,
    OF_ALL,
    OPENED,
    PATHS,
    PROBED,
    REST,
    UNLISTED,
    WIDE,
)
from meshgen.backends.linkerd.capabilities.patches import told_namespace, told_pods
from meshgen.diagnostics import Severity
from meshgen.support import POLARITY, Approximate, Full, Requires, Row, Unsupported

_SERVER = "linkerd/linkerd2 policy-controller/k8s/api/src/policy/server.rs"
_DEFAULTS = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/workload.rs"
_POLICY = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs"
_IDENTITIES = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/meshtls_authentication.rs"
_NETWORKS = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/network_authentication.rs"
_ROUTES = "linkerd/linkerd2-proxy linkerd/app/inbound/src/policy/http.rs"
_PATHS = "linkerd/linkerd2-proxy linkerd/http/route/src/http/match/path.rs"

_HEADERS = "linkerd/linkerd2-proxy linkerd/http/route/src/http/match/header.rs"
_HOSTS = "linkerd/linkerd2-proxy linkerd/http/route/src/http/match/host.rs, until pull request 4605"
_PROBES = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs"

_UNLISTED = Requires(
    id="default-inbound-policy",
    what="a container port that the intent does not list admits what the cluster admits, unless its pods are "
    "annotated with config.linkerd.io/default-inbound-policy: deny, or all-authenticated for the mode alone",
    severity=Severity.WARNING,
    patches=told_pods,
)
_OPENED = Requires(
    id="opened-inbound-policy",
    what="a container port that the intent does not list is as closed as its namespace or the cluster, "
    "unless its pods are annotated with config.linkerd.io/default-inbound-policy: all-unauthenticated, or "
    "all-authenticated where the mode is strict",
    severity=Severity.WARNING,
    patches=told_pods,
)
_PATHS_AS_SENT = Requires(
    id="path-normalization",
    what="rules compare a path as it is sent, so no application may read '..', '//' or '%2F' as another one",
    severity=Severity.WARNING,
)
_HEADERS_ONCE = Requires(
    id="single-valued-headers",
    what="a header that a deny rule or an exception of {service} names is sent once",
    severity=Severity.WARNING,
)
_NAMESPACE = Requires(
    id="namespace-annotation",
    what="the namespace is annotated with config.linkerd.io/default-inbound-policy: deny, or "
    "all-authenticated for the mode alone, and its pods have been restarted since",
    severity=Severity.WARNING,
    patches=told_namespace,
)
_TO = "authorization.rules.to"

_LOOSE_HEADERS = tuple(f"{_TO}.headers.{kind}" for kind in ("prefix", "present", "regex"))

ACCESS = (
    *(
        row
        for feature in ("mtls.mode.strict", "authorization.default.deny")
        for row in (
            Row(features=(feature,), answer=Full(), source=_SERVER, when=UNLISTED.within("closed")),
            Row(
                features=(feature,),
                answer=Full(),
                source=_DEFAULTS,
                requires=(_UNLISTED,),
                when=UNLISTED.within("open"),
            ),
        )
    ),
    Row(features=("mtls.mode.permissive",), answer=Full(), source=_SERVER, when=OPENED.within("open")),
    Row(
        features=("mtls.mode.permissive", "authorization.default.allow"),
        answer=Full(),
        source=_DEFAULTS,
        requires=(_OPENED,),
        when=OPENED.within("shut"),
    ),
    Row(features=("mtls.ports.strict", "mtls.ports.permissive"), answer=Full(), source=_SERVER),
    Row(
        features=("mtls.mode.disabled", "mtls.ports.disabled"),
        answer=Unsupported(
            why="meshed callers always send mTLS, and a Server cannot refuse it",
            hint="write permissive, or leave the pods out of the mesh",
        ),
        source="linkerd/linkerd2-proxy linkerd/tls/src/server.rs",
        widens=True,
    ),
    Row(
        features=("mtls.scope.namespace", "authorization.scope.namespace"),
        answer=Full(),
        source="linkerd/website linkerd.io/content/2-edge/features/server-policy.md",
        requires=(_NAMESPACE,),
        when={**WIDE.within("sayable"), **OF_ALL.within("mTLS")},
    ),
    Row(
        features=("mtls.scope.namespace", "authorization.scope.namespace"),
        answer=Unsupported(
            why="the annotation takes the place of the whole default, which is open to the cluster alone",
            hint="write both spec.mtls and spec.authorization.default with scope: namespace",
        ),
        source="linkerd/website linkerd.io/content/2-edge/features/server-policy.md",
        widens=True,
        when={**WIDE.within("half"), **OF_ALL.within("mTLS")},
    ),
    Row(
        features=("mtls.scope.namespace", "authorization.scope.namespace"),
        answer=Unsupported(
            why="meshed callers always send mTLS, and no annotation refuses it",
            hint="write permissive, or leave the pods out of the mesh",
        ),
        source="linkerd/linkerd2-proxy linkerd/tls/src/server.rs",
        widens=True,
        when=OF_ALL.within("plain text"),
    ),
    Row(
        features=("authorization.default.allow",),
        answer=Full(is_unasked=True),
        source=_SERVER,
        when={**CLUSTER.within("allow"), **OPENED.within("open")},
    ),
    Row(
        features=("authorization.default.allow",),
        answer=Full(),
        source=_SERVER,
        when={**CLUSTER.within("deny"), **OPENED.within("open")},
    ),
    Row(
        features=("authorization.rules.action.allow",),
        answer=Full(),
        source=_POLICY,
    ),
    Row(
        features=("authorization.rules.action.deny",),
        answer=Full(),
        source=_POLICY,
        when=REST.within("named"),
    ),
    Row(
        features=("authorization.rules.action.deny",),
        answer=Unsupported(
            why="policies only admit, and nothing names who is left of the callers that are allowed",
            hint="write default: deny, and allow by service, serviceAccount or cidr",
        ),
        source=_POLICY,
        widens=True,
        when=REST.within("nameless"),
    ),
    Row(
        features=(
            "authorization.rules.from.service",
            "authorization.rules.from.serviceAccount",
            "authorization.rules.from.caller",
            "authorization.rules.from.namespace",
        ),
        answer=Full(),
        source=_IDENTITIES,
    ),
    Row(
        features=("authorization.rules.from.authenticated",),
        answer=Full(
            remark="an external workload, whose identity is a SPIFFE name, is no caller that '*' admits"
        ),
        source="linkerd/linkerd2-proxy linkerd/app/inbound/src/policy.rs",
    ),
    Row(features=("authorization.rules.from.cidr",), answer=Full(), source=_NETWORKS),
    Row(
        features=("authorization.rules.from.except",),
        answer=Full(),
        source=_NETWORKS,
        when=EXCEPTED.within("named"),
    ),
    Row(
        features=("authorization.rules.from.except",),
        answer=Unsupported(
            why="policies only admit, and nothing names all callers but these",
            hint="list those that may call, by service or serviceAccount",
        ),
        source=_POLICY,
        widens=True,
        when=EXCEPTED.within("nameless"),
    ),
    Row(
        features=(f"{_TO}.methods.*", f"{_TO}.ports", f"{_TO}.except"),
        answer=Full(),
        source=_ROUTES,
    ),
    Row(
        features=(f"{_TO}.paths.exact",),
        answer=Full(),
        source=_PATHS,
        when=POLARITY.within("allow"),
    ),
    Row(
        features=(f"{_TO}.paths.exact",),
        answer=Full(),
        source=_PATHS,
        requires=(_PATHS_AS_SENT,),
        when={**POLARITY.within("deny", "except"), **PATHS.within("any")},
    ),
    Row(
        features=(f"{_TO}.paths.exact",),
        answer=Full(),
        source=_PATHS,
        when={**POLARITY.within("deny", "except"), **PATHS.within("of gRPC")},
    ),
    Row(
        features=(f"{_TO}.paths.prefix", f"{_TO}.paths.regex"),
        answer=Full(),
        source=_PATHS,
        when=PATHS.within("of gRPC"),
    ),
    Row(
        features=(f"{_TO}.paths.prefix", f"{_TO}.paths.regex"),
        answer=Full(),
        source=_PATHS,
        requires=(_PATHS_AS_SENT,),
        when=PATHS.within("any"),
    ),
    Row(features=(f"{_TO}.headers.exact",), answer=Full(), source=_HEADERS, when=POLARITY.within("allow")),
    Row(
        features=(f"{_TO}.headers.exact",),
        answer=Full(),
        source=_HEADERS,
        requires=(_HEADERS_ONCE,),
        when=POLARITY.within("deny", "except"),
    ),
    Row(
        features=_LOOSE_HEADERS,
        answer=Approximate(
            how="a value with other than visible ASCII characters never matches",
            facets=("verdict of header values beyond ASCII",),
        ),
        source=_HEADERS,
        when=POLARITY.within("allow"),
    ),
    Row(
        features=_LOOSE_HEADERS,
        answer=Unsupported(
            why="a value with other than visible ASCII characters would slip past", hint="list exact values"
        ),
        source=_HEADERS,
        widens=True,
        when=POLARITY.within("deny", "except"),
    ),
    Row(
        features=(f"{_TO}.headers.absent",),
        answer=Unsupported(
            why="a route cannot ask for an absent header", hint="except the requests that carry it by value"
        ),
        source=_HEADERS,
        widens=True,
    ),
    Row(
        features=(f"{_TO}.hostnames",),
        answer=Approximate(
            how="host names are compared with case, so one in capitals never matches",
            facets=("verdict of hosts in capitals",),
        ),
        source=_HOSTS,
        when=POLARITY.within("allow"),
    ),
    Row(
        features=(f"{_TO}.hostnames",),
        answer=Approximate(
            how="host names are compared with case, so one in capitals slips past",
            facets=("verdict of hosts in capitals",),
        ),
        source=_HOSTS,
        widens=True,
        when=POLARITY.within("deny", "except"),
    ),
    Row(
        features=("authorization.rules.when.jwt.provider", "authorization.rules.when.jwt.claims"),
        answer=Unsupported(
            why="nothing reads tokens", hint="check them at the ingress or in the application"
        ),
        source="linkerd/website linkerd.io/content/2-edge/features/server-policy.md",
        widens=True,
    ),
    Row(
        features=("jwtProviders.*",),
        answer=Full(is_unasked=True),  # the rule that asks for a token is refused
        source="linkerd/website linkerd.io/content/2-edge/features/server-policy.md",
    ),
    Row(features=("probes.tcp",), answer=Full(is_unasked=True), source=_PROBES),
    Row(
        features=("probes.path", "probes.grpc"),
        answer=Full(is_unasked=True),
        source=_PROBES,
        when=PROBED.within("everybody anyway"),
    ),
    Row(
        features=("probes.path", "probes.grpc"),
        answer=Full(),
        source=_PROBES,
        when=PROBED.within("kubelets"),
    ),
    Row(
        features=("probes.path", "probes.grpc"),
        answer=Approximate(
            how="the kubelet has no identity, so everybody may ask what it asks, in plain text too; "
            "--set 'probeNetworks=[10.0.0.0/8]' names its addresses",
            facets=("verdict",),
        ),
        source=_PROBES,
        widens=True,
        when=PROBED.within("everybody"),
    ),
    Row(
        features=("probes.path", "probes.grpc"),
        answer=Unsupported(
            why="the port carries connections, of which rules see no path",
            hint="say protocol: http of the port, or probe it by tcp",
        ),
        source=_PROBES,
        when=PROBED.within("nobody"),
    ),
)
