"""Routes of a made-up intent, from the most specific to the widest, so that each can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.property.made_traffic import METHODS, Place, edits_of, of_requests
from tests.property.pen import Pen, Tree

# Each beside those after it takes only what they do not need.
_PATHS: tuple[Tree, ...] = (
    {"exact": "/a/b/c"},
    {"prefix": "/a/b"},
    {"exact": "/b/c"},
    {"prefix": "/a"},
    {"regex": "/r[0-9]+"},
    {"prefix": "/c"},
)
_APART: tuple[Tree, ...] = ({"exact": "/b/c"}, {"regex": "/r[0-9]+"}, {"prefix": "/c"})  # from all others
_GRPC_PATHS: tuple[Tree, ...] = (
    {"exact": "/shop.Cart/Add"},
    {"exact": "/shop.Cart/Take"},
    {"prefix": "/shop.Cart"},
    {"prefix": "/shop.Mail"},
)
_REDIRECT_CODES = (301, 302, 303, 307, 308)


def routes(pen: Pen, place: Place, ports: Sequence[str]) -> list[Tree]:
    """Make up to four routes; `ports` are those that carry requests."""
    paths = _PATHS if place.has_http and not place.has_grpc else _GRPC_PATHS
    kept = sorted(pen.sample(range(len(paths)), 4))
    if not pen.may("routes.order"):
        kept = kept[:1]
    has_last = pen.likely(0.3)
    apart = [path for path in (paths[index] for index in kept) if path in _APART and not has_last]
    found = [
        _route(pen, place, paths[index], ports, is_apart=not pen.is_tame or paths[index] in apart)
        for index in kept
    ]
    if has_last:
        found.append(_route(pen, place, None, ports, is_apart=not pen.is_tame))
    return [{"name": f"r{number}", **route} for number, route in enumerate(found)]


def _route(pen: Pen, place: Place, path: Tree | None, ports: Sequence[str], *, is_apart: bool) -> Tree:
    others = _conditions(pen, place, ports)
    match = [{**({"paths": [path]} if path else {}), **others}] if path or others else []
    is_alone = path is not None and "prefix" in path
    route: Tree = {"match": match} if match else {}
    action = _action(pen, place, path if is_alone else None, may_redirect=is_apart)
    if "redirect" in action:
        response = edits_of(pen, "routes.", "response") if pen.likely(0.3) else {}
        return {**route, **action, **({"headers": {"response": response}} if response else {})}
    asked = {**action, **of_requests(pen, place, 0.15)}
    if not asked and place.versions:
        asked = {"split": whole(pen, place.versions)}
    return {**route, **(asked or {"timeout": "30s"})}


def _conditions(pen: Pen, place: Place, ports: Sequence[str]) -> Tree:
    is_http = not place.has_grpc
    found: Tree = {}
    if is_http and pen.writes("routes.match.methods", 0.25):
        found["methods"] = pen.some({f"routes.match.methods.{word}": word for word in METHODS}, 3)
    if pen.writes("routes.match.headers", 0.25):
        kind = pen.one({f"routes.match.headers.{kind}": how for kind, how in headers().items()})
        found |= {"headers": {pen.among(("x-a", "X-B")): kind}} if kind else {}
    if is_http and pen.writes("routes.match.queryParams", 0.2):
        kinds = {kind: headers()[kind] for kind in ("exact", "regex", "present")}
        kind = pen.one({f"routes.match.queryParams.{kind}": how for kind, how in kinds.items()})
        found |= {"queryParams": {"q": kind}} if kind else {}
    if (len(ports) == 1 or not pen.is_tame) and pen.writes("routes.match.ports", 0.1):
        found["ports"] = [pen.among(ports)]
    return {name: value for name, value in found.items() if value}


def headers() -> dict[str, Tree]:
    """Give a condition on a header for each kind of them."""
    return {
        "exact": {"exact": "one"},
        "prefix": {"prefix": "on"},
        "regex": {"regex": "on.*"},
        "present": {"present": True},
        "absent": {"absent": True},
    }


def _action(pen: Pen, place: Place, prefix: Tree | None, *, may_redirect: bool) -> Tree:
    """Choose where requests go, or what becomes of their path."""
    kinds = {"split": 3, "service": 1, "redirect": 5 if may_redirect else 0, "rewrite": 2, "": 2}
    kind = pen.among([name for name, share in kinds.items() for _ in range(share)])
    if kind == "split" and place.versions:
        is_whole = not pen.may("routes.split.several") or pen.likely(0.5)
        return {"split": whole(pen, place.versions) if is_whole else split(pen, place.versions)}
    if kind == "service" and place.others and pen.may("routes.service"):
        return {"service": pen.among(place.others)}
    if place.has_grpc:
        return {}
    match kind:
        case "redirect":
            return _redirect(pen, prefix)
        case "rewrite":
            return _rewrite(pen, prefix)
        case _:
            return {}


def _redirect(pen: Pen, prefix: Tree | None) -> Tree:
    id = "routes.redirect"
    options: dict[str, Any] = {
        f"{id}.hostname": {"hostname": "new.example.com"},
        f"{id}.scheme.http": {"scheme": "http"},
        f"{id}.scheme.https": {"scheme": "https"},
        f"{id}.port": {"port": pen.among((8443, 8080))},
        f"{id}.path": {"path": pen.among(("/new", "/new/path"))},
        **({f"{id}.prefix": {"prefix": "/new"}} if prefix else {}),
    }
    parts = pen.some(options, 2)
    redirect = {key: value for part in parts for key, value in part.items()}
    if {"path", "prefix"} <= set(redirect):
        del redirect["path"]
    if redirect and pen.writes(f"{id}.statusCode", 0.6):
        code = pen.one({f"{id}.statusCode.{code}": code for code in _REDIRECT_CODES})
        redirect |= {"statusCode": code} if code else {}
    return {"redirect": redirect} if redirect else {}


def _rewrite(pen: Pen, prefix: Tree | None) -> Tree:
    id = "routes.rewrite"
    options: dict[str, Tree] = {
        f"{id}.hostname": {"hostname": "new.example.com"},
        f"{id}.path": {"path": pen.among(("/new", "/"))},
        **({f"{id}.prefix": {"prefix": pen.among(("/", "/n", "/n/m"))}} if prefix else {}),
    }
    parts = pen.some(options, 2)
    rewrite = {key: value for part in parts for key, value in part.items()}
    if {"path", "prefix"} <= set(rewrite):
        del rewrite["path"]
    return {"rewrite": rewrite} if rewrite else {}


def whole(pen: Pen, versions: Sequence[str]) -> Tree:
    """Send everything to one version."""
    return {pen.among(versions): 100}


def split(pen: Pen, versions: Sequence[str]) -> Tree:
    """Share requests out among versions."""
    kept = pen.sample(versions, len(versions))
    cuts = sorted(pen.number(0, 10_000) if pen.likely(0.3) else 100 * pen.number(0, 100) for _ in kept[1:])
    ends = zip([0, *cuts], [*cuts, 10_000], strict=True)
    return {name: (end - start) / 100 for name, (start, end) in zip(kept, ends, strict=True)}
