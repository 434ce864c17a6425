"""AuthorizationPolicies as Envoy's filters of authorization."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tests.envoy.configured import Tree
from tests.envoy.words import ALLOW, DENY, all_of, any_of, exact, policy, rbac, regex, spiffe


def access(policies: Sequence[Tree]) -> Tree:
    """Configure the filters before a pod that these policies select."""
    found: Tree = {}
    for action, filter_ in (("DENY", DENY), ("ALLOW", ALLOW)):
        chosen = [each for each in policies if (each.get("spec") or {}).get("action", "ALLOW") == action]
        rules = {
            f"{each['metadata']['name']} {number}": _rule(rule, each["metadata"]["namespace"])
            for each in chosen
            for number, rule in enumerate((each.get("spec") or {}).get("rules", ()))
        }
        if chosen:
            found[filter_] = rbac(action, rules)
    return found


def _rule(rule: Tree, namespace: str) -> Tree:
    callers = _any("ids", [list(_source(each["source"], namespace)) for each in rule.get("from", ())])
    requests = _any("rules", [list(_operation(each["operation"])) for each in rule.get("to", ())])
    for condition in rule.get("when", ()):
        ids, rules = _when(condition, namespace)
        callers += ids
        requests += rules
    return policy(all_of("ids", callers), all_of("rules", requests))


def _any(kind: str, parts: Sequence[list[Tree]]) -> list[Tree]:
    return [any_of(kind, [all_of(kind, each) for each in parts])] if parts else []


def _listed(part: Tree, key: str, kind: str, write: Callable[[str], Tree]) -> Iterator[Tree]:
    """A list holds where any of its values does, its opposite where none does."""
    opposite = "not" + key[0].upper() + key[1:]
    if part.get(key):
        yield any_of(kind, [write(value) for value in part[key]])
    if part.get(opposite):
        yield {f"not_{kind[:-1]}": any_of(kind, [write(value) for value in part[opposite]])}


def _source(source: Tree, namespace: str) -> Iterator[Tree]:
    yield from _listed(source, "principals", "ids", _principal)
    yield from _listed(source, "namespaces", "ids", _namespace)
    yield from _listed(source, "serviceAccounts", "ids", lambda text: _account(text, namespace))
    yield from _listed(source, "ipBlocks", "ids", _block)


def _operation(operation: Tree) -> Iterator[Tree]:
    yield from _listed(
        operation, "hosts", "rules", lambda text: _header(":authority", text, is_case_free=True)
    )
    yield from _listed(operation, "methods", "rules", lambda text: _header(":method", text))
    yield from _listed(operation, "paths", "rules", lambda text: {"url_path": {"path": _glob(text)}})
    yield from _listed(operation, "ports", "rules", lambda text: {"destination_port": int(text)})


def _when(condition: Tree, namespace: str) -> tuple[list[Tree], list[Tree]]:
    """Some attributes belong to callers, the others to requests."""
    key: str = condition["key"]
    part = {"values": condition.get("values"), "notValues": condition.get("notValues")}
    of_callers: dict[str, Callable[[str], Tree]] = {
        "source.principal": _principal,
        "source.namespace": _namespace,
        "source.ip": _block,
        "source.serviceAccount": lambda text: _account(text, namespace),
    }
    if key in of_callers:
        return list(_listed(part, "values", "ids", of_callers[key])), []
    if key == "destination.port":
        return [], list(_listed(part, "values", "rules", lambda text: {"destination_port": int(text)}))
    name = key.removeprefix("request.headers[").removesuffix("]")
    return [], list(_listed(part, "values", "rules", lambda text: _header(name, text)))


def _principal(text: str) -> Tree:
    if text == "*":
        return spiffe(regex(".+"))
    if text.startswith("*"):
        return spiffe({"suffix": text[1:]})
    if text.endswith("*"):
        return spiffe({"prefix": f"spiffe://{text[:-1]}"})
    return spiffe(exact(f"spiffe://{text}"))


def _namespace(text: str) -> Tree:
    return spiffe(regex(f".*/ns/{re.escape(text).replace(re.escape('*'), '.*')}/.*"))


def _account(text: str, namespace: str) -> Tree:
    where, _, name = text.rpartition("/")
    return spiffe(regex(f"spiffe://.+/ns/{re.escape(where or namespace)}/sa/{re.escape(name)}"))


def _block(text: str) -> Tree:
    address, _, length = text.partition("/")
    return {"direct_remote_ip": {"address_prefix": address, "prefix_len": int(length or 32)}}


def _header(name: str, text: str, *, is_case_free: bool = False) -> Tree:
    if text == "*":
        return {"header": {"name": name, "present_match": True}}
    match = _glob(text)
    return {
        "header": {"name": name, "string_match": {**match, "ignore_case": True} if is_case_free else match}
    }


def _glob(text: str) -> Tree:
    """A star in front or at the end stands for any text, anywhere else for itself."""
    if text == "*":
        return regex(".+")
    if text.startswith("*"):
        return {"suffix": text[1:]}
    return {"prefix": text[:-1]} if text.endswith("*") else exact(text)
