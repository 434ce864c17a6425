"""What holds of Consul's manifests whatever the intent: shares add up, verdicts are those asked for."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.backends.consul.plan.weights import weighed
from meshgen.diagnostics import Findings, Severity
from meshgen.inputs import Content
from meshgen.intent.resolved import Share
from meshgen.jsontypes import to_json
from meshgen.source import read
from meshgen.values import Percent

CONSUL = backend("consul")
Tree = dict[str, Any]


def float32(number: float) -> float:
    packed: float = struct.unpack("f", struct.pack("f", number))[0]
    return packed


@st.composite
def shares(draw: st.DrawFn) -> list[int]:
    """Draw hundredths of a percent that sum to 100 percent."""
    count = draw(st.integers(1, 12))
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=count - 1, max_size=count - 1)))
    return [end - start for start, end in zip([0, *cuts], [*cuts, 10_000], strict=True)]


@given(shares())
def test_weights_add_up_for_the_webhook_and_keep_every_share_for_the_server(hundredths: list[int]) -> None:
    asked = [Share(f"v{index}", Percent(each)) for index, each in enumerate(hundredths)]

    found = weighed(asked)

    total = 0.0
    for _, weight in found:
        total = float32(total + float32(weight))
    assert total == 100
    assert sorted((share.version, round(float32(weight) * 100)) for share, weight in found) == sorted(
        (share.version, share.percent.hundredths) for share in asked if share.percent.hundredths > 0
    )


class Asked(NamedTuple):
    """A request: who sends it, what it asks for, and the tokens that it carries."""

    caller: str
    method: str
    path: str
    headers: frozenset[tuple[str, str]]
    tokens: frozenset[str]


CALLERS = ("web", "job", "stranger")
REQUESTS = tuple(
    Asked(caller, method, path, frozenset(headers), frozenset(tokens))
    for caller, method, path, headers, tokens in product(
        CALLERS,
        ("GET", "PUT"),
        ("/", "/a", "/a/b", "/ab", "/a/b/c", "/b"),
        ([], [("x", "1")], [("x", "12"), ("y", "1")]),
        ([], ["login"], ["partner"]),
    )
)

PATHS = st.builds(
    lambda how, path: {how: path},
    st.sampled_from(["exact", "prefix"]),
    st.sampled_from(["/", "/a", "/a/b", "/b"]),
)
HEADERS = st.dictionaries(
    st.sampled_from(["x", "y"]),
    st.sampled_from([{"exact": "1"}, {"prefix": "1"}, {"present": True}, {"absent": True}]),
    min_size=1,
    max_size=2,
)
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "methods": st.sampled_from([["GET"], ["PUT"], ["GET", "PUT"]]),
        "paths": st.lists(PATHS, min_size=1, max_size=2),
        "headers": HEADERS,
    },
).filter(bool)
TARGETS = st.one_of(
    OPERATIONS,
    st.builds(
        lambda base, excepts: {**base, "except": excepts},
        st.one_of(st.just({}), OPERATIONS),
        st.lists(OPERATIONS, min_size=1, max_size=2),
    ),
)
FROM = st.sampled_from(
    [
        ["web"],
        ["web", "job"],
        [{"authenticated": True}],
        [{"authenticated": True, "except": ["web"]}],
        [{"except": ["job"]}],
        [{"serviceAccount": "shop/job"}],
    ]
)
RULES = st.fixed_dictionaries(
    {"action": st.sampled_from(["allow", "allow", "deny"])},
    optional={"from": FROM, "to": st.lists(TARGETS, min_size=1, max_size=2)},
).filter(lambda rule: "from" in rule or "to" in rule)
TOKENS = st.fixed_dictionaries(
    {
        "action": st.just("allow"),
        "when": st.sampled_from(["login", "partner"]).map(lambda p: {"jwt": {"provider": p}}),
    },
    optional={"from": FROM, "to": st.lists(TARGETS, min_size=1, max_size=2)},
)


PROFILE = replace(CONSUL.profiles[0], holds=frozenset({"intention-default-deny"}))


def intentions(default: str, rules: list[Tree]) -> list[Tree]:
    """Render a service with rules, and read the sources of its intentions; what is refused is not tried."""
    providers = {
        name: {"issuer": f"https://{name}.example.com", "jwksUri": f"https://{name}.example.com/keys"}
        for name in ("login", "partner")
    }
    services: Tree = {
        name: {"port": 80, "serviceAccount": name, "selector": {"app": name}} for name in (*CALLERS, "cart")
    }
    named = [{"name": f"r{index}", **rule} for index, rule in enumerate(rules)]
    services["cart"]["mtls"] = {"mode": "strict"}
    services["cart"]["authorization"] = {"default": default, **({"rules": named} if named else {})}
    tree = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {"jwtProviders": providers, "services": services},
    }
    reading = read_intents([Content("intent.yaml", json.dumps(tree).encode())])
    assume(not any(finding.severity is Severity.ERROR for finding in reading.findings))
    rendering = render(reading, CONSUL, PROFILE)
    assume(not any(finding.severity is Severity.ERROR for finding in rendering.findings))
    (found,) = (manifest for manifest in rendering.manifests if manifest.kind == "ServiceIntentions")
    (node,) = read(found.text.encode(), file="manifest.yaml", findings=Findings())
    parsed: Any = to_json(node)
    sources: list[Tree] = parsed["spec"]["sources"]
    return sources


def asked_for(request: Asked, default: str, rules: list[Tree]) -> bool:
    """Judge a request as the language does: denied, else allowed, else the default."""
    covering = {rule["action"] for rule in rules if covered(request, rule)}
    return "deny" not in covering and ("allow" in covering or default == "allow")


def covered(request: Asked, rule: Tree) -> bool:
    return (
        any(called(request.caller, entry) for entry in rule.get("from", [{"authenticated": True}]))
        and any(named(request, target) for target in rule.get("to", [{}]))
        and ("when" not in rule or rule["when"]["jwt"]["provider"] in request.tokens)
    )


def called(caller: str, entry: Any) -> bool:
    match entry:
        case str():
            return caller == entry
        case {"serviceAccount": account}:
            return bool(account == f"shop/{caller}")
        case _:
            return not any(called(caller, excepted) for excepted in entry.get("except", []))


def named(request: Asked, target: Tree) -> bool:
    paths = target.get("paths")
    return (
        request.method in target.get("methods", [request.method])
        and (paths is None or any(below(request.path, path) for path in paths))
        and all(
            compared(dict(request.headers).get(name), how) for name, how in target.get("headers", {}).items()
        )
        and not any(named(request, excepted) for excepted in target.get("except", []))
    )


def below(path: str, how: Tree) -> bool:
    if "exact" in how:
        return bool(path == how["exact"])
    return bool(path == how["prefix"] or path.startswith(how["prefix"].removesuffix("/") + "/"))


def compared(value: str | None, how: Tree) -> bool:
    match how:
        case {"absent": True}:
            return value is None
        case {"present": True}:
            return value is not None
        case {"exact": exact}:
            return bool(value == exact)
        case _:
            return value is not None and value.startswith(how["prefix"])


def decided(request: Asked, sources: list[Tree], otherwise: bool) -> bool:
    """Judge a request as Consul's proxies do, with the default intention policy of the servers.

    An exact source goes before `*`; the first permission whose requests match decides, and without its
    token the request is left to the policy.
    """
    by_name = {source["name"]: source for source in sources}
    source = by_name.get(request.caller, by_name.get("*"))
    if source is None:
        return otherwise
    if "action" in source:
        return bool(source["action"] == "allow")
    for permission in source["permissions"]:
        if permitted(request, permission["http"]):
            providers = permission.get("jwt", {}).get("providers")
            if providers is None or any(each["name"] in request.tokens for each in providers):
                return bool(permission["action"] == "allow")
            return otherwise
    return otherwise


def permitted(request: Asked, http: Tree) -> bool:
    return (
        http.get("pathExact", request.path) == request.path
        and request.path.startswith(http.get("pathPrefix", ""))
        and request.method in http.get("methods", [request.method])
        and all(matched(dict(request.headers).get(how["name"]), how) for how in http.get("header", []))
    )


def matched(value: str | None, how: Tree) -> bool:
    plain: Tree = {key: how[key] for key in how if key not in ("name", "invert")}
    return compared(value, plain) is not how.get("invert", False)


@given(st.sampled_from(["allow", "deny"]), st.lists(RULES, max_size=4), st.booleans())
def test_intentions_say_what_the_rules_say_under_either_default_of_the_servers(
    default: str, rules: list[Tree], otherwise: bool
) -> None:
    sources = intentions(default, rules)

    differing = [
        request
        for request in REQUESTS
        if decided(request, sources, otherwise) != asked_for(request, default, rules)
    ]

    assert differing == []


@given(st.lists(st.one_of(RULES, TOKENS, TOKENS), min_size=1, max_size=4))
def test_intentions_with_tokens_say_what_the_rules_say_where_the_servers_deny(rules: list[Tree]) -> None:
    sources = intentions("deny", rules)

    differing = [
        request
        for request in REQUESTS
        if decided(request, sources, otherwise=False) != asked_for(request, "deny", rules)
    ]

    assert differing == []


@given(st.sampled_from(["allow", "deny"]), st.lists(st.one_of(RULES, TOKENS), max_size=4))
def test_no_list_of_permissions_and_no_list_of_sources_is_left_open(default: str, rules: list[Tree]) -> None:
    sources = intentions(default, rules)

    assert sources[-1]["name"] == "*"
    assert [
        source["permissions"][-1]["http"]
        for source in sources
        if "permissions" in source and source["permissions"][-1]["http"] != {"pathPrefix": "/"}
    ] == []
    assert [source for source in sources if ("action" in source) == ("permissions" in source)] == []
