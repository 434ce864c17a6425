"""Who may call: modes, rules, tokens and probes."""

from __future__ import annotations

from meshgen.backends.linkerd.capabilities.axes import PATHS, UNLISTED
from meshgen.diagnostics import Severity
from meshgen.support import NOT_BUILT, POLARITY, Full, Requires, Row, Unsupported

_SERVER = "linkerd/linkerd2 policy-controller/k8s/api/src/policy/server.rs"
_POLICY = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs"
_IDENTITIES = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/meshtls_authentication.rs"
_NETWORKS = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/network_authentication.rs"
_ROUTES = "linkerd/linkerd2-proxy linkerd/app/inbound/src/policy/http.rs"
_PATHS = "linkerd/linkerd2-proxy linkerd/http/route/src/http/match/path.rs"

_UNLISTED = Requires(
    id="default-inbound-policy",
    what="a container port that the intent does not list admits what the cluster admits, unless its pods are "
    "annotated with config.linkerd.io/default-inbound-policy: deny, or all-authenticated for the mode alone",
    severity=Severity.WARNING,
)
_PATHS_AS_SENT = Requires(
    id="path-normalization",
    what="rules compare a path as it is sent, so no application may read '..', '//' or '%2F' as another one",
    severity=Severity.WARNING,
)
_TO = "authorization.rules.to"

ACCESS = (
    *(
        row
        for feature in ("mtls.mode.strict", "authorization.default.deny")
        for row in (
            Row(features=(feature,), answer=Full(), source=_SERVER, when=UNLISTED.within("closed")),
            Row(
                features=(feature,),
                answer=Full(),
                source="linkerd/linkerd2 policy-controller/k8s/index/src/inbound/workload.rs",
                requires=(_UNLISTED,),
                when=UNLISTED.within("open"),
            ),
        )
    ),
    Row(
        features=("mtls.mode.permissive", "mtls.ports.strict", "mtls.ports.permissive"),
        answer=Full(),
        source=_SERVER,
    ),
    Row(
        features=("mtls.mode.disabled", "mtls.ports.disabled"),
        answer=Unsupported(
            why="meshed callers always send mTLS, and a Server cannot refuse it",
            hint="write permissive, or leave the pods out of the mesh",
        ),
        source="linkerd/linkerd2-proxy linkerd/tls/src/server.rs",
        widens=True,
    ),
    Row(features=("mtls.scope.namespace", "authorization.scope.namespace"), answer=NOT_BUILT, source=""),
    Row(
        features=("authorization.default.allow", "authorization.rules.action.allow"),
        answer=Full(),
        source=_POLICY,
    ),
    Row(features=("authorization.rules.action.deny",), answer=NOT_BUILT, source=""),
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
        features=(
            "authorization.rules.from.authenticated",
            "authorization.rules.from.cidr",
            "authorization.rules.from.except",
        ),
        answer=NOT_BUILT,
        source="",
    ),
    Row(features=(f"{_TO}.methods.*", f"{_TO}.ports"), answer=Full(), source=_ROUTES),
    Row(
        features=(f"{_TO}.paths.exact",),
        answer=Full(),
        source=_PATHS,
        when=POLARITY.within("allow"),
    ),
    Row(
        features=(f"{_TO}.paths.exact",),
        answer=NOT_BUILT,
        source="",
        when=POLARITY.within("deny", "except"),
    ),
    Row(features=(f"{_TO}.paths.prefix",), answer=Full(), source=_PATHS, when=PATHS.within("of gRPC")),
    Row(
        features=(f"{_TO}.paths.prefix",),
        answer=Full(),
        source=_PATHS,
        requires=(_PATHS_AS_SENT,),
        when=PATHS.within("any"),
    ),
    Row(
        features=(f"{_TO}.paths.regex", f"{_TO}.headers.*", f"{_TO}.hostnames", f"{_TO}.except"),
        answer=NOT_BUILT,
        source="",
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
    Row(features=("probes.path", "probes.tcp", "probes.grpc"), answer=NOT_BUILT, source=""),
)
