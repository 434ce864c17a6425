"""Who may call: mTLS and rules of a made-up intent that are sound together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.property.made_routes import headers
from tests.property.made_traffic import METHODS
from tests.property.pen import Pen, Tree

PROVIDERS = ("login", "partner")
CALLER = "ingress"  # that the profile names

_PATHS: dict[str, tuple[Tree, ...]] = {
    "exact": ({"exact": "/a"}, {"exact": "/a/b"}, {"exact": "/"}),
    "prefix": ({"prefix": "/a"}, {"prefix": "/a/b"}, {"prefix": "/b"}),
    "regex": ({"regex": "/b/.*"}, {"regex": "/c/.*"}, {"regex": "/c/.*"}, {"regex": "/r[0-9]+"}),
}
_GRPC_PATHS: dict[str, tuple[Tree, ...]] = {
    "exact": ({"exact": "/shop.Cart/Add"}, {"exact": "/shop.Cart/Take"}),
    "prefix": ({"prefix": "/shop.Cart"}, {"prefix": "/shop.Mail"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A service as its rules see it."""

    mode: str | None  # None: the mesh's own
    is_fixed: bool  # every port has that mode
    callers: tuple[str, ...]  # services that may be named
    ports: tuple[str, ...]  # that are listed
    protocols: frozenset[str]

    @property
    def has_requests(self) -> bool:
        """True where every port carries requests."""
        return not self.protocols & {"tcp", "tls"}

    @property
    def is_strict(self) -> bool:
        """True where nobody comes without an identity."""
        return self.mode == "strict" and self.is_fixed


def rules(pen: Pen, guarded: Guarded, default: str, most: int) -> list[Tree]:
    """Make rules for a service, which has something to say against its default."""
    found = []
    for number in range(pen.number(1, most)):
        other = "allow" if default == "deny" else "deny"
        is_usual = pen.likely(0.8) or not pen.may("authorization.rules.action.deny")
        action = other if is_usual else "deny"
        # Linkerd tells requests apart by routes, which have to rank as the rules need it.
        may_ask = number == 0 or not pen.is_tame
        is_plain = pen.is_tame and action == "deny"
        rule = _plain(pen, guarded) if is_plain else _rule(pen, guarded, action, may_ask=may_ask)
        found.append({"name": f"rule-{number}", "action": action, **rule})
    return found


def _plain(pen: Pen, guarded: Guarded) -> Tree:
    """Deny in words that every mesh has."""
    if not guarded.is_strict or not guarded.callers:
        return {"from": [{"except": [{"authenticated": True}]}]}
    return {"from": [{"service": pen.among(guarded.callers)}]}


def _rule(pen: Pen, guarded: Guarded, action: str, *, may_ask: bool) -> Tree:
    parts: Tree = {}
    if pen.likely(0.8):
        parts["from"] = _kept(caller(pen, guarded, action) for _ in range(pen.number(1, 2)))
    if may_ask and pen.likely(0.85):
        targets = 1 if pen.is_tame else pen.number(1, 2)
        parts["to"] = _kept(_target(pen, guarded) for _ in range(targets))
    if guarded.has_requests and action == "allow" and pen.writes("authorization.rules.when", 0.15):
        token: Tree = {"provider": pen.among(PROVIDERS)}
        if pen.writes("authorization.rules.when.jwt.claims", 0.4):
            token["claims"] = _claims(pen)
        parts["when"] = {"jwt": token}
    return {name: value for name, value in parts.items() if value} or {
        "from": [_anybody(pen, guarded, action)]
    }


def _kept(entries: Iterable[Tree]) -> list[Tree]:
    return [each for each in entries if each]


def _claims(pen: Pen) -> Tree:
    return {pen.among(("group", "role")): pen.sample(("staff", "admin", "audit"), 2)}


def _anybody(pen: Pen, guarded: Guarded, action: str) -> Tree:
    if action == "deny" and not guarded.is_strict:
        return {"except": [{"authenticated": True}]}
    return {"service": pen.among(guarded.callers)} if guarded.callers else {"authenticated": True}


def caller(pen: Pen, guarded: Guarded, action: str) -> Tree:
    """Name callers; where plaintext is let in, only in ways that an intent may."""
    identities = _identities(pen, guarded)
    networks: dict[str, Tree] = {"cidr": {"cidr": pen.among(("10.0.0.0/8", "10.1.0.0/16", "192.0.2.7/32"))}}
    id = "authorization.rules.from"
    if guarded.mode == "disabled" or (action == "deny" and not guarded.is_strict):
        base = pen.one({f"{id}.cidr": networks["cidr"]})
        return base or {}
    base = pen.one({f"{id}.{name}": entry for name, entry in {**identities, **networks}.items()}) or {}
    if not pen.writes(f"{id}.except", 0.25):
        return base
    others: dict[str, Tree] = {**_identities(pen, guarded), **networks}
    if "authenticated" not in base or not guarded.callers:
        del others["authenticated"]
    is_alone = guarded.is_strict and pen.likely(0.3)
    if "cidr" in base and not guarded.is_strict:
        others = networks
    excepted = pen.one({f"{id}.except.{name}": entry for name, entry in others.items()})
    if guarded.is_strict and action == "deny" and pen.writes(f"{id}.except.authenticated", 0.1):
        excepted, is_alone = {"authenticated": True}, True
    if excepted is None or excepted == base or base == {"authenticated": True} == excepted:
        return base
    return {**({} if is_alone else base), "except": [excepted]}


def _identities(pen: Pen, guarded: Guarded) -> dict[str, Tree]:
    found: dict[str, Tree] = {
        "serviceAccount": {"serviceAccount": pen.among(("ingress/gateway", "jobs/backup"))},
        "caller": {"caller": CALLER},
        "namespace": {"namespace": pen.among(("jobs", "ingress"))},
        "authenticated": {"authenticated": True},
    }
    if guarded.callers:
        found["service"] = {"service": pen.among(guarded.callers)}
    return found


def _target(pen: Pen, guarded: Guarded) -> Tree:
    base = _operation(pen, guarded, "to")
    if not pen.writes("authorization.rules.to.except", 0.4):
        return base
    excepted = _operation(pen, guarded, "to.except")
    return {**base, "except": [excepted]} if excepted and excepted != base else base


def _operation(pen: Pen, guarded: Guarded, where: str) -> Tree:
    id = f"authorization.rules.{where}"
    is_grpc = "grpc" in guarded.protocols
    makers: dict[str, Any] = {}
    if guarded.has_requests:
        paths = {kind: pen.among(found) for kind, found in (_GRPC_PATHS if is_grpc else _PATHS).items()}
        makers["paths"] = lambda: pen.some({f"{id}.paths.{kind}": path for kind, path in paths.items()}, 2)
        makers["headers"] = lambda: _header(pen, id)
        makers["hostnames"] = lambda: pen.sample(("shop.example.com", "*.shop.example.com"), 2)
        if not is_grpc:
            makers["methods"] = lambda: pen.some({f"{id}.methods.{word}": word for word in METHODS}, 6)
    if len(guarded.ports) == 1 or not pen.is_tame:
        makers["ports"] = lambda: [pen.among(guarded.ports)]
    found = {name: maker() for name, maker in makers.items() if pen.writes(f"{id}.{name}", 0.4)}
    return {name: value for name, value in found.items() if value}


def _header(pen: Pen, id: str) -> Tree:
    how = pen.one({f"{id}.headers.{kind}": how for kind, how in headers().items()})
    return {pen.among(("x-a", "X-B")): how} if how else {}


def providers(pen: Pen) -> Tree:
    """Declare whose tokens may be named."""
    return {name: _provider(pen, name) for name in PROVIDERS}


def _provider(pen: Pen, name: str) -> Tree:
    id = "jwtProviders"
    keys = pen.one({f"{id}.jwksUri": "jwksUri", f"{id}.jwks": "jwks"})
    found: Tree = {"issuer": f"https://{name}.example.com"}
    if keys == "jwks":
        found["jwks"] = '{"keys": [{"kty": "oct", "kid": "a", "k": "AAAA"}]}'
    else:
        found["jwksUri"] = f"https://{name}.example.com/keys"
    if pen.writes(f"{id}.audiences", 0.4):
        found["audiences"] = ["shop"]
    if pen.writes(f"{id}.forward", 0.5):
        found["forward"] = pen.likely(0.5)
    if pen.writes(f"{id}.fromHeaders", 0.3):
        prefix = {"prefix": "Token "} if pen.writes(f"{id}.fromHeaders.prefix", 0.5) else {}
        found["fromHeaders"] = [{"name": f"x-{name}", **prefix}]
    if pen.writes(f"{id}.fromParams", 0.3):
        found["fromParams"] = [f"{name}-token"]
    return found


def mode(pen: Pen, share: float) -> str | None:
    """Choose a mode, mostly the strict one."""
    if pen.likely(share):
        return "strict"
    modes = {f"mtls.mode.{word}": word for word in ("strict", "permissive", "disabled")}
    return pen.one(modes) if pen.likely(0.6) else None


def closed(pen: Pen, guarded: Guarded, inherits: Sequence[str]) -> Tree:
    """Give a service a default and rules, or callers; `inherits` is the default of the whole document."""
    if not inherits and guarded.mode != "disabled" and pen.likely(0.25):
        found = [caller(pen, guarded, "allow") for _ in range(pen.number(1, 2))]
        kept = [each for each in found if each]
        if kept:
            return {"callers": kept}
    if pen.is_tame and pen.likely(0.15):
        return {"authorization": {"default": "allow"}}
    default = "deny" if pen.is_tame else pen.among(("deny", "deny", "allow"))
    return {"authorization": {"default": default, "rules": rules(pen, guarded, default, 3)}}
