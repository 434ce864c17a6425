"""Intentions as Envoy's filter of authorization: the first whose source fits decides, by precedence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tests.envoy.configured import Tree
from tests.envoy.consul_routes import header
from tests.envoy.words import ALLOW, all_of, any_of, exact, policy, rbac, regex, spiffe

if TYPE_CHECKING:
    from tests.envoy.consul_setup import Registry


def intentions(registry: Registry, service: str) -> Tree:
    """Configure the filter before the pods of a service."""
    policies = {
        f"{number}": policy(principal, permission)
        for number, (principal, permission) in enumerate(_allowed(registry, _ranked(registry, service)))
    }
    return {ALLOW: rbac("ALLOW", policies)}


def _ranked(registry: Registry, service: str) -> list[Tree]:
    """Exact destinations go before `*`, and under each exact sources."""
    specs = [each["spec"] for each in registry.objects if each["kind"] == "ServiceIntentions"]
    return [
        source
        for destination in (service, "*")
        for is_any in (False, True)
        for spec in specs
        if spec["destination"]["name"] == destination
        for source in spec["sources"]
        if (source["name"] == "*") is is_any
    ]


def _allowed(registry: Registry, sources: Sequence[Tree]) -> Iterator[tuple[Tree, Tree]]:
    before: list[Tree] = []
    for source in sources:
        own = _principal(source["name"])
        principal = all_of("ids", [own, *({"not_id": each} for each in before)])
        for permission in _granted(source, allows=registry.allows):
            yield principal, permission
        before.append(own)
    if registry.allows:
        yield all_of("ids", [{"not_id": each} for each in before]), {"any": True}


def _granted(source: Tree, *, allows: bool) -> Iterator[Tree]:
    """What no permission takes is for the default policy."""
    if "permissions" not in source:
        if source["action"] == "allow":
            yield {"any": True}
        return
    before: list[Tree] = []
    for permission in source["permissions"]:
        own = all_of("rules", list(_http(permission["http"])))
        if permission["action"] == "allow":
            yield all_of("rules", [own, *({"not_rule": each} for each in before)])
        before.append(own)
    if allows:
        yield all_of("rules", [{"not_rule": each} for each in before])


def _principal(name: str) -> Tree:
    if name == "*":
        return {"any": True}
    return spiffe(regex(f"spiffe://[^/]+/ns/default/dc/[^/]+/svc/{re.escape(name)}"))


def _http(http: Tree) -> Iterator[Tree]:
    for key, match in (("pathExact", exact), ("pathPrefix", _prefix), ("pathRegex", regex)):
        if key in http:
            yield {"url_path": {"path": match(http[key])}}
    yield from ({"header": header(each)} for each in http.get("header", ()))
    if "methods" in http:
        methods = [{"header": {"name": ":method", "string_match": exact(each)}} for each in http["methods"]]
        yield any_of("rules", methods)


def _prefix(text: str) -> Tree:
    return {"prefix": text}
