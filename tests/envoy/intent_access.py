"""Who may call, as an intent says it, in Envoy's filter of authorization."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from meshgen.intent.access import Action, Caller, From, Operation, Rule, To
from meshgen.intent.match import PathExact, PathMatch, PathPrefix, PathRegex
from meshgen.intent.model import Accounts, MeshIntent, Service
from tests.envoy import intent_routes
from tests.envoy.configured import Tree
from tests.envoy.places import End
from tests.envoy.words import (
    ALLOW,
    DENY,
    all_of,
    any_of,
    exact,
    never,
    policy,
    rbac,
    regex,
    spiffe,
)


def access(intent: MeshIntent, name: str, end: End) -> Tree:
    """Configure the filters before one container port of a service's pods."""
    service = (intent.spec.services or {})[name]
    found: Tree = {}
    default = _default(intent, service)
    listed = _is_listed(service, end.port)
    for action, filter_ in ((Action.DENY, DENY), (Action.ALLOW, ALLOW)):
        rules = [rule for rule in _rules(intent, service) if rule.effect is action] if listed else []
        policies = {
            f"{number} {rule.name}": policy(_callers(intent, rule.from_), _requests(service, rule.to))
            for number, rule in enumerate(rules)
        }
        if policies or (action is Action.ALLOW and default is Action.DENY):
            found[filter_] = rbac(action.name, policies)
    if default is Action.ALLOW:
        found.pop(ALLOW, None)  # allowed anyway
    return found


def _default(intent: MeshIntent, service: Service) -> Action | None:
    if service.callers:
        return Action.DENY
    own = service.authorization.default if service.authorization is not None else None
    inherited = intent.spec.authorization.default if intent.spec.authorization is not None else None
    return own or inherited


def _rules(intent: MeshIntent, service: Service) -> Sequence[Rule]:
    spec = intent.spec.authorization.rules if intent.spec.authorization is not None else ()
    own = service.authorization.rules if service.authorization is not None else ()
    short = (Rule(name="callers", from_=service.callers),) if service.callers else ()
    return (*spec, *own, *short)


def _is_listed(service: Service, port: int) -> bool:
    return any(intent_routes.target_of(each) == port for each in intent_routes.ports_of(service))


def _callers(intent: MeshIntent, entries: Sequence[From]) -> Tree:
    if not entries:
        return {"any": True}
    return any_of("ids", [_caller(intent, entry) for entry in entries])


def _caller(intent: MeshIntent, entry: From) -> Tree:
    excepted = [_who(intent, each) for each in entry.except_]
    own = [] if entry == From(except_=entry.except_) else [_who(intent, entry)]
    return all_of("ids", [*own, *({"not_id": each} for each in excepted)])


def _who(intent: MeshIntent, entry: From | Caller) -> Tree:
    if entry.service is not None:
        return any_of("ids", [_account(each) for each in _accounts(intent, entry.service)])
    if entry.service_account is not None:
        return _account(entry.service_account)
    if entry.namespace is not None:
        return spiffe(regex(f"spiffe://cluster\\.local/ns/{re.escape(entry.namespace)}/sa/[^/]+"))
    if entry.authenticated:
        return {"authenticated": {}}
    address, _, length = str(entry.cidr).partition("/")
    return {"direct_remote_ip": {"address_prefix": address, "prefix_len": int(length or 32)}}


def _account(account: str) -> Tree:
    namespace, _, name = account.partition("/")
    return spiffe(exact(f"spiffe://cluster.local/ns/{namespace}/sa/{name}"))


def _accounts(intent: MeshIntent, text: str) -> list[str]:
    name = text.rpartition("/")[2]
    service = (intent.spec.services or {})[name]
    usual = "default" if intent.spec.accounts is Accounts.DEFAULT else name
    own = service.service_account or usual
    found = [version.service_account or own for version in (service.versions or {}).values()]
    return sorted({f"{intent.metadata.namespace}/{account}" for account in found or [own]})


def _requests(service: Service, entries: Sequence[To]) -> Tree:
    if not entries:
        return {"any": True}
    return any_of("rules", [_request(service, entry) for entry in entries])


def _request(service: Service, entry: To) -> Tree:
    excepted = [all_of("rules", list(_parts(service, each))) for each in entry.except_]
    parts = list(_parts(service, entry))
    return all_of("rules", [*parts, *({"not_rule": each} for each in excepted)])


def _parts(service: Service, entry: To | Operation) -> Iterator[Tree]:
    if entry.methods:
        yield any_of("rules", [_header(":method", exact(method.value)) for method in entry.methods])
    if entry.paths:
        yield any_of("rules", [each for path in entry.paths for each in _path(path)])
    for name, condition in (entry.headers or {}).items():
        yield {"header": intent_routes.header(name, condition)}
    if entry.hostnames:
        yield any_of("rules", [_header(":authority", _hostname(each)) for each in entry.hostnames])
    if entry.ports:
        found = {
            intent_routes.target_of(port)
            for port in intent_routes.ports_of(service)
            if {str(port.port), port.name} & set(entry.ports)
        }
        ports = [{"destination_port": number} for number in sorted(found)]
        yield any_of("rules", ports) if ports else never("rule")


def _header(name: str, match: Tree) -> Tree:
    return {"header": {"name": name, "string_match": match}}


def _hostname(name: str) -> Tree:
    head = "[^:]+\\." if name.startswith("*.") else ""
    return regex(f"(?i){head}{re.escape(name.removeprefix('*.'))}(:[0-9]+)?")


def _path(path: PathMatch) -> Iterator[Tree]:
    match path:
        case PathExact(exact=text):
            yield {"url_path": {"path": exact(text)}}
        case PathPrefix(prefix="/"):
            yield {"any": True}
        case PathPrefix(prefix=text):
            yield {"url_path": {"path": exact(text)}}
            yield {"url_path": {"path": {"prefix": f"{text}/"}}}
        case PathRegex(regex=pattern):
            yield {"url_path": {"path": regex(pattern)}}
