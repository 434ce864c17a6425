"""Who may call: modes, rules, tokens and probes."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.capabilities.axes import CLAIMS, EXPRESSION, HOSTNAMES, PATH, START, VALUE
from meshgen.diagnostics import Severity
from meshgen.support import POLARITY, Approximate, Axis, Full, Requires, Row, Unsupported

_POLICY = "istio/api security/v1beta1/authorization_policy.proto"
_GENERATOR = "istio/istio pilot/pkg/security/authz/model/generator.go"
_MATCHER = "istio/istio pilot/pkg/security/authz/matcher/string.go"
_PEER = "istio/api security/v1beta1/peer_authentication.proto"
_REQUEST = "istio/api security/v1beta1/request_authentication.proto"

_PATHS_AS_READ = Requires(
    id="path-normalization",
    what="applications do not read // or %2F in a path as /",
    severity=Severity.WARNING,
)
_HEADERS_ONCE = Requires(
    id="single-valued-headers",
    what="a header that a deny rule or an exception names is sent once",
    severity=Severity.WARNING,
)
_WILDCARD = Unsupported(
    why="a policy takes * at an end for a wildcard, braces in a path for a template, and no empty value",
    hint="compare another value, or let the application decide",
)
_EXPRESSION = Unsupported(
    why="a policy knows no expressions but a literal beginning with .* behind it",
    hint="list the values as exact or prefix",
)


def _compared(
    features: tuple[str, ...], axis: Axis, requirement: Requires, *, otherwise: Unsupported
) -> Iterator[Row]:
    """Answer for values of which a policy compares some as they are, the first answer of the axis."""
    literal, wildcard = axis.values
    yield Row(
        features=features,
        answer=Full(),
        source=_MATCHER,
        when={**axis.within(literal), **POLARITY.within("allow")},
    )
    yield Row(
        features=features,
        answer=Full(),
        source=_MATCHER,
        requires=(requirement,),
        when={**axis.within(literal), **POLARITY.within("deny", "except")},
    )
    yield Row(features=features, answer=otherwise, source=_MATCHER, widens=True, when=axis.within(wildcard))


_TO = "authorization.rules.to"
_REQUESTS = (
    *_compared((f"{_TO}.paths.exact", f"{_TO}.paths.prefix"), PATH, _PATHS_AS_READ, otherwise=_WILDCARD),
    *_compared((f"{_TO}.paths.regex",), EXPRESSION, _PATHS_AS_READ, otherwise=_EXPRESSION),
    *_compared((f"{_TO}.headers.exact",), VALUE, _HEADERS_ONCE, otherwise=_WILDCARD),
    *_compared((f"{_TO}.headers.prefix",), START, _HEADERS_ONCE, otherwise=_WILDCARD),
    *_compared((f"{_TO}.headers.regex",), EXPRESSION, _HEADERS_ONCE, otherwise=_EXPRESSION),
    Row(
        features=(f"{_TO}.headers.present", f"{_TO}.headers.absent"),
        answer=Full(),
        source=_MATCHER,
        when=POLARITY.within("allow"),
    ),
    Row(
        features=(f"{_TO}.headers.present", f"{_TO}.headers.absent"),
        answer=Full(),
        source=_MATCHER,
        requires=(_HEADERS_ONCE,),
        when=POLARITY.within("deny", "except"),
    ),
    Row(
        features=(f"{_TO}.hostnames",),
        answer=Full(),
        source="istio/istio pilot/pkg/security/authz/matcher/header.go",
        when=HOSTNAMES.within("exact"),
    ),
    Row(
        features=(f"{_TO}.hostnames",),
        answer=Approximate(
            how="behind *. a host that is sent with its port is not let in",
            facets=("verdict of hosts with a port",),
        ),
        source="istio/istio pilot/pkg/security/authz/matcher/header.go",
        when={**HOSTNAMES.within("wildcard"), **POLARITY.within("allow")},
    ),
    Row(
        features=(f"{_TO}.hostnames",),
        answer=Unsupported(
            why="a host that is sent with its port would slip past *.", hint="list the host names"
        ),
        source="istio/istio pilot/pkg/security/authz/matcher/header.go",
        widens=True,
        when={**HOSTNAMES.within("wildcard"), **POLARITY.within("deny", "except")},
    ),
)

_TOKENS = (
    Row(
        features=("authorization.rules.when.jwt.provider",),
        answer=Approximate(
            how="a request with an invalid token is answered with 401 on every path",
            facets=("verdict of tokens that are refused",),
        ),
        source=_REQUEST,
    ),
    Row(
        features=("authorization.rules.when.jwt.claims",),
        answer=Full(),
        source=_GENERATOR,
        when=CLAIMS.within("literal"),
    ),
    Row(
        features=("authorization.rules.when.jwt.claims",),
        answer=Approximate(
            how="the claims scope and permission are split at spaces, so one word of several is enough",
            facets=("verdict of claims with spaces",),
        ),
        source="istio/istio pilot/pkg/security/authn/policy_applier.go",
        widens=True,
        when=CLAIMS.within("split"),
    ),
    Row(
        features=("authorization.rules.when.jwt.claims",),
        answer=_WILDCARD,
        source=_GENERATOR,
        widens=True,
        when=CLAIMS.within("wildcard"),
    ),
    Row(
        features=("authorization.rules.when.jwt.claims",),
        answer=Unsupported(
            why="brackets in the name of a claim would mean a claim inside another",
            hint="ask for another claim",
        ),
        source=_GENERATOR,
        widens=True,
        when=CLAIMS.within("unwritable"),
    ),
    Row(features=("jwtProviders.*",), answer=Full(), source=_REQUEST),
)

ACCESS = (
    Row(features=("mtls.mode.*", "mtls.ports.*", "mtls.scope.namespace"), answer=Full(), source=_PEER),
    Row(
        features=("authorization.default.allow",),
        answer=Full(is_unasked=True),
        source=_POLICY,
    ),
    Row(
        features=(
            "authorization.default.deny",
            "authorization.scope.namespace",
            "authorization.rules.action.*",
            "authorization.rules.from.service",
            "authorization.rules.from.serviceAccount",
            "authorization.rules.from.caller",
            "authorization.rules.from.namespace",
            "authorization.rules.from.authenticated",
            "authorization.rules.from.cidr",
            "authorization.rules.from.except",
            f"{_TO}.except",
            f"{_TO}.methods.*",
            f"{_TO}.ports",
        ),
        answer=Full(),
        source=_POLICY,
    ),
    *_REQUESTS,
    *_TOKENS,
    Row(
        features=("probes.*",),
        answer=Full(is_unasked=True),  # the injector has the kubelet ask the sidecar
        source="istio/istio pkg/kube/inject/app_probe.go",
    ),
)
