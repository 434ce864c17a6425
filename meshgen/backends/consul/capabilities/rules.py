"""What Consul answers for authorization rules: who, what, and with which token."""

from __future__ import annotations

from meshgen.backends.consul.capabilities.access import intention_default_deny
from meshgen.backends.consul.capabilities.axes import NAMESPACES, PORTS, SINGLETONS
from meshgen.backends.consul.capabilities.identities import EFFECT, IDENTITY
from meshgen.diagnostics import Severity
from meshgen.support import POLARITY, Approximate, Full, Requires, Row, Unsupported

_INTENTIONS = "hashicorp/consul agent/structs/config_entry_intentions.go"
_RBAC = "hashicorp/consul agent/xds/rbac.go"
_CONNECT_INIT = "hashicorp/consul-k8s control-plane/subcommand/connect-init/command.go"

_BY_ACCOUNT = (
    "authorization.rules.from.serviceAccount",
    "authorization.rules.from.caller",
)
_BY_NAMESPACE = "authorization.rules.from.namespace"
_PATHS = ("authorization.rules.to.paths.*",)
_HEADERS = ("authorization.rules.to.headers.*",)
_REFUSING = POLARITY.within("deny", "except")

_NAMED_LIKE_IT = Requires(
    id="service-named-like-its-account",
    what=(
        "the Consul service of {value} is named like the account of its pods; where ACLs are on, "
        "they do not start otherwise"
    ),
    severity=Severity.WARNING,
)
_NORMALIZED = Requires(
    id="path-normalization",
    what="applications do not take // or %2F in a path for /",
    severity=Severity.WARNING,
)
_SINGLE = Requires(
    id="single-valued-headers",
    what="headers that a deny rule or an exception names are sent once",
    severity=Severity.WARNING,
)
_NO_NAMESPACE = Unsupported(
    why="without namespaces a source of intentions is a service or everybody",
    hint="name the services or accounts of the namespace",
)
_NO_ADDRESS = Unsupported(
    why="an intention knows callers by their identity, not by their address",
    hint="name the callers by service or serviceAccount",
)

RULES = (
    Row(features=("authorization.rules.action.*",), answer=Full(), source=_RBAC),
    Row(
        features=(
            "authorization.rules.from.service",
            "authorization.rules.from.authenticated",
            "authorization.rules.from.except",
            "authorization.rules.to.except",
            "authorization.rules.to.methods.*",
        ),
        answer=Full(),
        source=_RBAC,
    ),
    Row(
        features=("authorization.rules.from.except.authenticated",),
        answer=Full(is_unasked=True),
        source="hashicorp/consul agent/xds/listeners.go",  # nobody without an identity gets as far as a rule
    ),
    Row(features=_BY_ACCOUNT, when=IDENTITY.within("services"), answer=Full(), source=_INTENTIONS),
    Row(
        features=_BY_ACCOUNT,
        when=IDENTITY.within("named"),
        answer=Full(),
        requires=(_NAMED_LIKE_IT,),
        source=_CONNECT_INIT,
    ),
    Row(
        features=_BY_ACCOUNT,
        when={**IDENTITY.within("part"), **EFFECT.within("admits")},
        answer=Approximate(
            how="Consul's identity is the service, so its versions with other accounts are let in too",
            facets=("verdict",),
        ),
        widens=True,
        source=_INTENTIONS,
    ),
    Row(
        features=_BY_ACCOUNT,
        when={**IDENTITY.within("part"), **EFFECT.within("refuses")},
        answer=Approximate(
            how="Consul's identity is the service, so its versions with other accounts are refused too",
            facets=("verdict",),
        ),
        source=_INTENTIONS,
    ),
    Row(
        features=_BY_ACCOUNT,
        when={**IDENTITY.within("namespace"), **POLARITY.within("allow")},
        answer=Approximate(
            how="without namespaces only the services of the set in it are let in", facets=("verdict",)
        ),
        source=_INTENTIONS,
    ),
    Row(
        features=_BY_ACCOUNT,
        when={**IDENTITY.within("namespace"), **_REFUSING},
        answer=_NO_NAMESPACE,
        widens=True,
        source=_INTENTIONS,
    ),
    Row(
        features=_BY_ACCOUNT,
        when=IDENTITY.within("address"),
        answer=_NO_ADDRESS,
        widens=True,
        source=_INTENTIONS,
    ),
    Row(features=(_BY_NAMESPACE,), when=NAMESPACES.within("mirrored"), answer=Full(), source=_INTENTIONS),
    Row(
        features=(_BY_NAMESPACE,),
        when={**NAMESPACES.within("flat"), **POLARITY.within("allow")},
        answer=Approximate(
            how="without namespaces only the services of the set in it are let in", facets=("verdict",)
        ),
        source=_INTENTIONS,
    ),
    Row(
        features=(_BY_NAMESPACE,),
        when={**NAMESPACES.within("flat"), **_REFUSING},
        answer=_NO_NAMESPACE,
        widens=True,
        source=_INTENTIONS,
    ),
    Row(
        features=("authorization.rules.from.cidr",),
        answer=_NO_ADDRESS,
        widens=True,
        source=_INTENTIONS,
    ),
    Row(features=_PATHS, when=POLARITY.within("allow"), answer=Full(), source=_RBAC),
    Row(
        features=_PATHS,
        when={**_REFUSING, **SINGLETONS.within("shared")},
        answer=Full(),
        requires=(_NORMALIZED,),
        source="hashicorp/consul agent/structs/config_entry_mesh.go",
    ),
    Row(
        features=_PATHS,
        when={**_REFUSING, **SINGLETONS.within("owned")},
        answer=Full(remark="Mesh merges // in paths into /, for every service of the cluster"),
        requires=(_NORMALIZED,),
        source="hashicorp/consul agent/structs/config_entry_mesh.go",
    ),
    Row(features=_HEADERS, when=POLARITY.within("allow"), answer=Full(), source=_RBAC),
    Row(features=_HEADERS, when=_REFUSING, answer=Full(), requires=(_SINGLE,), source=_RBAC),
    Row(
        features=("authorization.rules.to.hostnames",),
        answer=Unsupported(
            why="a permission has no host", hint="leave hostnames out, or give each host a service of its own"
        ),
        widens=True,
        source=_INTENTIONS,
    ),
    Row(
        features=("authorization.rules.to.ports",),
        when=PORTS.within("one"),
        answer=Full(is_unasked=True),
        source=_INTENTIONS,
    ),
    Row(
        features=("authorization.rules.to.ports",),
        when=PORTS.within("several"),
        answer=Unsupported(
            why="an intention is of the service, not of a port", hint="give the port a service of its own"
        ),
        source=_INTENTIONS,
    ),
    Row(
        features=("authorization.rules.when.jwt.provider",),
        when=POLARITY.within("allow", "except"),
        answer=Full(),
        requires=(intention_default_deny(Severity.ERROR),),
        source=_RBAC,
    ),
    Row(
        features=("authorization.rules.when.jwt.claims",),
        when=POLARITY.within("allow", "except"),
        answer=Full(
            remark="a claim whose value is a list never matches: Consul compares it with one text",
            facets=("verdict of claims that are lists",),
        ),
        source=_RBAC,
    ),
    Row(
        features=("authorization.rules.when.jwt.*",),
        when=POLARITY.within("deny"),
        answer=Unsupported(
            why="a denying permission does not ask for its token", hint="write what is allowed instead"
        ),
        widens=True,
        source=_RBAC,
    ),
)
