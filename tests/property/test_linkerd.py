"""What Linkerd admits is what the intent admits, and a request goes where the first route sends it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.inputs import Content
from meshgen.rendering import Rendering
from tests.property.linkerd_proxy import Asking, admits, backends

Tree = dict[str, Any]

LINKERD = backend("linkerd")
GATEWAY = next(profile for profile in LINKERD.profiles if profile.name == "linkerd-gateway")

PATHS = ("/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/b", "/b/12")
HOSTS = ("x.shop", "y.x.shop", "else")
ACCOUNTS = (None, ("shop", "one"), ("shop", "two"), ("dev", "one"))
ADDRESSES = ("10.1.2.3", "10.2.2.3", "192.0.2.1")
REQUESTS = [
    (method, path, host, headers)
    for method, path, host in itertools.product(("GET", "POST"), PATHS, HOSTS)
    for headers in ({}, {"x-a": "1"}, {"x-a": "2"})
]

PATH_CONDITIONS: list[Tree] = [
    *({"exact": text} for text in ("/", "/a", "/a/b")),
    *({"prefix": text} for text in ("/", "/a", "/a/b", "/b")),
    {"regex": "/b/[0-9]+"},
]
path = st.sampled_from(PATH_CONDITIONS)
operation = st.fixed_dictionaries(
    {},
    optional={
        "paths": st.lists(path, min_size=1, max_size=2, unique_by=str),
        "methods": st.sampled_from([["GET"], ["POST"], ["GET", "POST"]]),
        "headers": st.just({"x-a": {"exact": "1"}}),
        "hostnames": st.sampled_from([["x.shop"], ["*.shop"], ["*.x.shop"]]),
    },
).filter(bool)
target = st.one_of(
    operation, st.builds(lambda base, out: {**base, "except": [out]}, operation | st.just({}), operation)
)
CALLERS: list[Tree] = [
    *({"serviceAccount": name} for name in ("shop/one", "shop/two")),
    {"namespace": "shop"},
    {"authenticated": True},
    *({"cidr": cidr} for cidr in ("10.0.0.0/8", "10.1.0.0/16")),
]
who = st.sampled_from(CALLERS)
caller = st.one_of(who, st.builds(lambda base, out: {**base, "except": [out]}, who | st.just({}), who))
rule = st.fixed_dictionaries(
    {"action": st.sampled_from(["allow", "allow", "deny"])},
    optional={
        "from": st.lists(caller, min_size=1, max_size=2, unique_by=str),
        "to": st.lists(target, min_size=1, max_size=2, unique_by=str),
    },
).filter(lambda drawn: len(drawn) > 1)
access = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["strict", "permissive"]),
        "default": st.sampled_from(["deny", "deny", "allow"]),
        "rules": st.lists(rule, min_size=1, max_size=4),
    }
)


# Host names are compared with case, and those of our requests are all small.
ACCEPTED = [
    {
        "feature": f"authorization.rules.to.{id}",
        "mesh": "linkerd",
        "service": "web",
        "reason": "small letters",
    }
    for id in ("hostnames", "except.hostnames")
]


def rendered(web: Tree) -> Rendering:
    """Render a service named web."""
    services = {"web": {"port": 80, **web}}
    tree = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {"selectorLabel": "app", "accounts": "named", "services": services, "accept": ACCEPTED},
    }
    reading = read_intents([Content("intent.yaml", json.dumps(tree).encode())])
    assume(not any(finding.severity.value == "error" for finding in reading.findings))
    return render(reading, LINKERD, GATEWAY)


def objects(rendering: Rendering) -> list[Tree]:
    return [yaml.safe_load(manifest.text) for manifest in rendering.manifests]


def allowed(drawn: Tree, asking: Asking) -> bool:
    """Decide as the language says, word by word."""
    if drawn["mode"] == "strict" and asking.account is None:
        return False
    matching = [rule["action"] for rule in drawn["rules"] if _covers(rule, asking)]
    if "deny" in matching:
        return False
    return "allow" in matching or drawn["default"] == "allow"


def _covers(rule: Tree, asking: Asking) -> bool:
    callers, targets = rule.get("from"), rule.get("to")
    is_meant = callers is None or any(_less(_is_from, entry, asking) for entry in callers)
    return is_meant and (targets is None or any(_less(_asks, entry, asking) for entry in targets))


def _less(holds: Any, entry: Tree, asking: Asking) -> bool:
    base = {key: value for key, value in entry.items() if key != "except"}
    return bool(holds(base, asking)) and not any(holds(out, asking) for out in entry.get("except", []))


def _is_from(entry: Tree, asking: Asking) -> bool:
    if "cidr" in entry:
        return asking.address.startswith({"10.0.0.0/8": "10.", "10.1.0.0/16": "10.1."}[entry["cidr"]])
    if not entry:
        return True
    if asking.account is None:
        return False
    namespace, name = asking.account
    return (
        "authenticated" in entry
        or namespace == entry.get("namespace", entry.get("serviceAccount", ""))
        or (f"{namespace}/{name}" == entry.get("serviceAccount"))
    )


def _asks(entry: Tree, asking: Asking) -> bool:
    return (
        (asking.method in entry.get("methods", [asking.method]))
        and any(_is_path(each, asking.path) for each in entry.get("paths", [{"prefix": "/"}]))
        and all(asking.headers.get(name) == each["exact"] for name, each in entry.get("headers", {}).items())
        and any(
            asking.host == name or (name[0] == "*" and asking.host.endswith(name[1:]))
            for name in entry.get("hostnames", [asking.host])
        )
    )


def _is_path(path: Mapping[str, str], asked: str) -> bool:
    match path:
        case {"exact": text}:
            return asked == text
        case {"prefix": "/"}:
            return True
        case {"prefix": text}:
            return asked == text or asked.startswith(f"{text}/")
        case _:
            return asked.startswith("/b/") and asked[3:].isdecimal()


def askings() -> Iterator[Asking]:
    for (method, asked, host, headers), account, address in itertools.product(REQUESTS, ACCOUNTS, ADDRESSES):
        yield Asking(method=method, path=asked, host=host, headers=headers, account=account, address=address)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(access)
def test_a_server_admits_whom_the_rules_admit_and_nobody_else(drawn: Tree) -> None:
    rules = [{"name": f"r{index}", **rule} for index, rule in enumerate(drawn["rules"])]
    rendering = rendered(
        {
            "mtls": {"mode": drawn["mode"]},
            "authorization": {"default": drawn["default"], "rules": rules},
        }
    )
    assume(rendering.manifests)
    written = objects(rendering)

    differing = [
        asking for asking in askings() if admits(written, "web.80", asking) != {allowed(drawn, asking)}
    ]

    assert [] == differing


condition = st.fixed_dictionaries(
    {},
    optional={
        "paths": st.lists(path, min_size=1, max_size=2, unique_by=str),
        "methods": st.sampled_from([["GET"], ["POST"]]),
        "headers": st.sampled_from([{"x-a": {"exact": "1"}}, {"x-a": {"present": True}}]),
    },
).filter(bool)
route = st.fixed_dictionaries(
    {"match": st.lists(condition, min_size=1, max_size=2, unique_by=str)},
    optional={"timeout": st.sampled_from(["1s", "none"])},
)


def _matches(entry: Tree, asking: Asking) -> bool:
    headers = entry.get("headers", {}).items()
    plain = {key: value for key, value in entry.items() if key != "headers"}
    return _asks(plain, asking) and all(
        asking.headers.get(name) == each.get("exact", asking.headers.get(name))
        and asking.headers.get(name) is not None
        for name, each in headers
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(route, min_size=1, max_size=4))
def test_a_request_goes_where_the_first_route_that_matches_sends_it(drawn: list[Tree]) -> None:
    routes = [
        {"name": f"r{index}", "service": f"far/to-{index}:80", **each} for index, each in enumerate(drawn)
    ]
    rendering = rendered({"routes": routes})
    assume(rendering.manifests)
    written = objects(rendering)

    differing = []
    for method, asked, host, headers in REQUESTS:
        asking = Asking(
            method=method, path=asked, host=host, headers=headers, account=None, address="10.1.2.3"
        )
        first = next(
            (
                f"to-{index}"
                for index, each in enumerate(drawn)
                if any(_matches(entry, asking) for entry in each["match"])
            ),
            "web",
        )
        if [first] != [refs[0]["name"] for refs in backends(written, asking)]:
            differing.append(asking)

    assert [] == differing
