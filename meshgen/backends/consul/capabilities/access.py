"""What Consul answers for mTLS, defaults, scopes, tokens' issuers and probes."""

from __future__ import annotations

from meshgen.backends.consul.capabilities.axes import (
    EDITION,
    INTENTIONS,
    KEPT_IN,
    NAMESPACES,
    PROBED_PORT,
    SINGLETONS,
    UNLISTED,
    WIDE_DEFAULT,
    WIDE_MODE,
)
from meshgen.backends.consul.capabilities.patches import past_the_proxy
from meshgen.diagnostics import Severity
from meshgen.support import Approximate, Full, Requires, Row, Unsupported

_LISTENERS = "hashicorp/consul agent/xds/listeners.go"
_JWT = "hashicorp/consul agent/xds/jwt_authn.go"
_REMOVED = "envoyproxy/envoy source/extensions/filters/http/jwt_authn/extractor.cc"
_RBAC = "hashicorp/consul agent/xds/rbac.go"
_PROBES = "hashicorp/consul-k8s control-plane/connect-inject/webhook/redirect_traffic.go"


def intention_default_deny(severity: Severity) -> Requires:
    """Say what the servers must be told: what no intention speaks of is refused."""
    return Requires(
        id="intention-default-deny",
        what=(
            "Consul's default_intention_policy is deny: under allow, a permission asks for no token and "
            "callers of other peers and partitions come in"
        ),
        severity=severity,
    )


def _excluded(severity: Severity) -> Requires:
    """Say how the kubelet gets past the proxy, which on a port of the service others do too."""
    return Requires(
        id="transparent-proxy-exclude-inbound-ports",
        what=(
            "pods with a gRPC probe carry the annotation consul.hashicorp.com/"
            "transparent-proxy-exclude-inbound-ports with its port, where plaintext then passes; best it is "
            "a port for probes alone"
        ),
        severity=severity,
        patches=past_the_proxy,
    )


# Whoever asks the pod at that port comes in plain text, and nothing is there to stop or to count it.
_PAST_THE_PROXY = tuple(f"{facet} of unlisted ports" for facet in ("verdict", "mtls", "token", "rateLimit"))
_PLAINTEXT = Approximate(
    how="plaintext passes without a look at any intention, those of the cluster included",
    facets=("verdict of plaintext",),
)
_NOT_PERMISSIVE = Unsupported(
    why="plaintext to a permissive service passes its intentions",
    hint="write strict, or take the rules and the default away",
)

ACCESS = (
    Row(features=("mtls.mode.strict",), answer=Full(), source=_LISTENERS),
    Row(
        features=("mtls.mode.permissive",),
        when={**INTENTIONS.within("open"), **SINGLETONS.within("shared")},
        answer=_PLAINTEXT,
        widens=True,
        requires=(
            Requires(
                id="mesh-allows-permissive",
                what="the object Mesh of the cluster has allowEnablingPermissiveMutualTLS: true",
            ),
        ),
        source=_LISTENERS,
    ),
    Row(
        features=("mtls.mode.permissive",),
        when={**INTENTIONS.within("open"), **SINGLETONS.within("owned")},
        answer=_PLAINTEXT,
        widens=True,
        source=_LISTENERS,
    ),
    Row(
        features=("mtls.mode.permissive",),
        when=INTENTIONS.within("closed"),
        answer=_NOT_PERMISSIVE,
        source=_LISTENERS,
    ),
    Row(
        features=("mtls.mode.disabled",),
        answer=Unsupported(
            why="a service in Consul's mesh always admits mTLS",
            hint="keep the pods out of the mesh, or write permissive",
        ),
        widens=True,
        source=_LISTENERS,
    ),
    Row(
        features=("mtls.ports.*",),
        answer=Unsupported(
            why="Consul's mode is of the whole service",
            hint="write mtls.mode, or exclude the port with transparent-proxy-exclude-inbound-ports",
        ),
        widens=True,
        source="hashicorp/consul agent/structs/config_entry.go",
    ),
    Row(
        features=("mtls.scope.namespace",),
        when=NAMESPACES.within("flat"),
        answer=Unsupported(
            why="Consul knows no namespaces here: only the whole mesh or single services have a mode",
            hint="list the services of the namespace",
        ),
        source="hashicorp/consul agent/structs/config_entry.go",
    ),
    Row(
        features=("mtls.scope.namespace",),
        when={**NAMESPACES.within("mirrored"), **WIDE_MODE.within("strict")},
        answer=Full(),
        requires=(
            Requires(
                id="strict-by-default",
                what="the object ProxyDefaults of the cluster leaves mutualTLSMode out or says strict",
                severity=Severity.WARNING,
            ),
        ),
        source="hashicorp/consul agent/structs/config_entry.go",
    ),
    Row(
        features=("mtls.scope.namespace",),
        when={**NAMESPACES.within("mirrored"), **WIDE_MODE.within("other")},
        answer=Approximate(
            how="services of the namespace that no intent lists stay strict, which is stricter",
            facets=("verdict of plaintext",),
        ),
        source="hashicorp/consul agent/structs/config_entry.go",
    ),
    Row(
        features=("authorization.scope.namespace",),
        when=NAMESPACES.within("flat"),
        answer=Unsupported(
            why="without namespaces a destination of '*' is every service of the mesh",
            hint="list the services of the namespace",
        ),
        source="hashicorp/consul agent/structs/config_entry_intentions.go",
    ),
    Row(
        features=("authorization.scope.namespace",),
        when={**NAMESPACES.within("mirrored"), **WIDE_DEFAULT.within("closed")},
        answer=Full(),
        source="hashicorp/consul agent/structs/config_entry_intentions.go",
    ),
    Row(
        features=("authorization.scope.namespace",),
        when={**NAMESPACES.within("mirrored"), **WIDE_DEFAULT.within("open")},
        answer=Approximate(
            how="nobody reaches pods that no Service has, nor ports that none leads to, which is stricter",
            facets=("verdict of unlisted ports",),
        ),
        source=_LISTENERS,
    ),
    Row(
        features=("authorization.default.allow",),
        when=UNLISTED.within("none"),
        answer=Full(),
        source=_RBAC,
    ),
    Row(
        features=("authorization.default.allow",),
        when=UNLISTED.within("unknown"),
        answer=Approximate(
            how="nobody reaches a container port that the intent does not list, which is stricter",
            facets=("verdict of unlisted ports",),
        ),
        source=_LISTENERS,
    ),
    Row(
        features=("authorization.default.deny",),
        when=EDITION.within("community"),
        answer=Full(),
        source=_RBAC,
    ),
    Row(
        features=("authorization.default.deny",),
        when=EDITION.within("enterprise"),
        answer=Full(),
        requires=(intention_default_deny(Severity.WARNING),),
        source=_RBAC,
    ),
    Row(
        features=(
            "jwtProviders.issuer",
            "jwtProviders.jwksUri",
            "jwtProviders.jwks",
            "jwtProviders.audiences",
            "jwtProviders.fromHeaders.*",
            "jwtProviders.forward.false",
        ),
        answer=Full(),
        source=_JWT,
    ),
    Row(
        features=("jwtProviders.fromParams", "jwtProviders.forward.true"),
        when=KEPT_IN.within("headers"),
        answer=Full(),
        source=_JWT,
    ),
    Row(
        features=("jwtProviders.fromParams", "jwtProviders.forward.true"),
        when=KEPT_IN.within("params alone"),
        answer=Approximate(
            how="the token is taken out of the query, as with forward: false: only headers can be forwarded",
            facets=("token of tokens in parameters",),
        ),
        source=_REMOVED,
    ),
    Row(features=("probes.path",), answer=Full(is_unasked=True), source=_PROBES),
    Row(
        features=("probes.tcp",),
        answer=Approximate(
            how="the proxy answers, whether the application listens or not", facets=("verdict of probes",)
        ),
        source=_PROBES,
    ),
    Row(
        features=("probes.grpc",),
        when=PROBED_PORT.within("excluded, its own"),
        answer=Full(is_unasked=True),
        source=_PROBES,
    ),
    Row(
        features=("probes.grpc",),
        when=PROBED_PORT.within("excluded, served"),
        answer=Full(
            remark="the port of a gRPC probe is excluded from the proxy, so callers reach it in plain text",
            severity=Severity.WARNING,
            facets=_PAST_THE_PROXY,
        ),
        source=_PROBES,
    ),
    Row(
        features=("probes.grpc",),
        when=PROBED_PORT.within("guarded, its own"),
        answer=Full(facets=_PAST_THE_PROXY),
        requires=(_excluded(Severity.NOTE),),
        source=_PROBES,
    ),
    Row(
        features=("probes.grpc",),
        when=PROBED_PORT.within("guarded, served"),
        answer=Full(facets=_PAST_THE_PROXY),
        requires=(_excluded(Severity.WARNING),),
        source=_PROBES,
    ),
)
