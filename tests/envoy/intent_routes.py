"""Routes of an intent as Envoy's: conditions, destinations and all that happens at the caller."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meshgen.intent.features import Ambient, Written
from meshgen.intent.match import (
    Absent,
    Exact,
    HeaderMatch,
    Match,
    PathExact,
    PathMatch,
    PathPrefix,
    PathRegex,
    Prefix,
    Present,
    QueryMatch,
    Regex,
)
from meshgen.intent.model import MeshIntent, Port, Protocol, Service
from meshgen.intent.policy import Retries, RetryCondition
from meshgen.intent.traffic import Cors, Fault, GrpcStatus, Headers, Mirror, Redirect, Rewrite, Route, Split
from meshgen.values import Duration
from tests.envoy.configured import Cluster, Tree
from tests.envoy.places import End
from tests.envoy.words import CORS, FAULT, edited, exact, percent, regex, seconds, typed, weighted


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One caller, and what its routes turn out to need."""

    intent: MeshIntent
    pods: Mapping[str, Mapping[str, str]]
    speed: int
    identity: str
    source: str
    ends: Mapping[tuple[str, int], End]
    clusters: set[Cluster]  # filled as routes name them
    totals: set[int]  # of the weights of splits

    def cluster(self, name: str, port: int, version: str | None = None) -> str:
        """Name the pods of a service, or of one version, at a container port."""
        wanted = {"app": name, **({} if version is None else self._labels(name, version))}
        picked = [pod for pod, labels in self.pods.items() if wanted.items() <= labels.items()]
        found = Cluster(self.identity, self.source, tuple(self.ends[pod, port] for pod in sorted(picked)))
        self.clusters.add(found)
        return found.name

    def _labels(self, name: str, version: str) -> Mapping[str, str]:
        found = (self._service(name).versions or {})[version].labels
        return {"version": version} if found is None else found

    def _service(self, name: str) -> Service:
        return (self.intent.spec.services or {})[name]

    def other(self, text: str) -> str:
        """Name the pods of a Service that a route or mirror leads to."""
        _, _, rest = text.rpartition("/")
        name, _, wanted = rest.partition(":")
        ports = [each for each in ports_of(self._service(name)) if (each.protocol or Protocol.HTTP).is_http]
        port = next(each for each in ports if wanted in ("", str(each.port), each.name))
        return self.cluster(name, target_of(port))


def ports_of(service: Service) -> tuple[Port, ...]:
    """List a service's ports, the short form too."""
    if service.port is None:
        return service.ports
    return (Port(port=service.port, target_port=service.target_port, protocol=service.protocol),)


def target_of(port: Port) -> int:
    """Give the container port."""
    return int(port.target_port or port.port or 0)


def routes(side: Side, name: str, port: Port) -> list[Tree]:
    """Write the routes of one port of a service, the last one for whatever is left."""
    service = (side.intent.spec.services or {})[name]
    last = Route(name="rest")
    return [
        {"match": match, **action}
        for route in (*service.routes, last)
        if route.redirect is None or port.protocol is not Protocol.GRPC
        for alternative in route.match or (Match(),)
        if not alternative.ports or {str(port.port), port.name} & set(alternative.ports)
        for match, action in _Writer(side, name, service, port, route).written(alternative)
    ]


@dataclass(frozen=True, slots=True)
class _Writer:
    side: Side
    name: str
    service: Service
    port: Port
    route: Route

    @property
    def is_grpc(self) -> bool:
        return self.port.protocol is Protocol.GRPC

    def written(self, alternative: Match) -> Iterator[tuple[Tree, Tree]]:
        """Write a route for each path of an alternative; what replaces a prefix needs two."""
        for path in alternative.paths or (PathPrefix(prefix="/"),):
            rest = _conditions(alternative)
            for where, replaced in self._paths(path):
                yield {**where, **rest}, self._action(replaced)

    def _paths(self, path: PathMatch) -> Iterator[tuple[Tree, Tree]]:
        change = self.route.rewrite or self.route.redirect
        if change is None or change.prefix is None:
            yield _path(path), {}
            return
        assert isinstance(path, PathPrefix)
        to = change.prefix
        word = "path_redirect" if self.route.redirect is not None else "prefix_rewrite"
        yield {"path": path.prefix}, {word: to}
        below = "/" if path.prefix == "/" else f"{path.prefix}/"
        yield {"prefix": below}, {"prefix_rewrite": "/" if to == "/" else f"{to}/"}

    def _action(self, replaced: Tree) -> Tree:
        headers = self.route.headers or self.service.headers
        if self.route.redirect is not None:
            return {"redirect": _redirect(self.route.redirect, replaced), **_edits(headers, is_redirect=True)}
        filters = dict(_filters(self, self._has(Fault), self._has(Cors)))
        own = {"typed_per_filter_config": filters} if filters else {}
        return {"route": self._forward(replaced), **_edits(headers), **own}

    def _has(self, kind: type) -> Any:
        """Give the route's own value of a field, or the service's; a written none is none."""
        name = kind.__name__.lower()
        own = getattr(self.route, name)
        found = getattr(self.service, name) if own is None else own
        return None if isinstance(found, Written) else found

    def _forward(self, replaced: Tree) -> Tree:
        retries, mirror = self._policy("retries"), self._has(Mirror)
        timeout = self._policy("timeout")
        return {
            **self._destination(),
            **({} if self.is_grpc else _rewrite(self.route.rewrite, replaced)),
            "timeout": seconds(timeout.ms / self.side.speed) if isinstance(timeout, Duration) else "0s",
            **({"retry_policy": self._retries(retries)} if _is_retrying(retries) else {}),
            **({"request_mirror_policies": [self._mirror(mirror)]} if mirror is not None else {}),
        }

    def _policy(self, name: str) -> Any:
        own, service = getattr(self.route, name), getattr(self.service, name)
        if own is not None:
            return own
        if service is not None:
            return None if service is Ambient.AMBIENT else service
        return getattr(self.side.intent.spec.defaults, name, None)

    def _destination(self) -> Tree:
        split: Split | None = self.route.split or self.service.split
        target = target_of(self.port)
        if self.route.service is not None:
            return {"cluster": self.side.other(self.route.service)}
        if split is None:
            return {"cluster": self.side.cluster(self.name, target)}
        parts = [
            (self.side.cluster(self.name, target, version), share.hundredths)
            for version, share in split.items()
        ]
        clusters, total = weighted(parts)
        self.side.totals.add(total)
        return clusters

    def _mirror(self, mirror: Mirror) -> Tree:
        if mirror.service is not None:
            cluster = self.side.other(mirror.service)
        else:
            cluster = self.side.cluster(self.name, target_of(self.port), mirror.version)
        share = 10_000 if mirror.percent is None else mirror.percent.hundredths
        return {
            "cluster": cluster,
            "disable_shadow_host_suffix_append": True,
            "runtime_fraction": {"default_value": percent(share)},
        }

    def _retries(self, retries: Retries) -> Tree:
        listed: Sequence[RetryCondition | int] = retries.retry_on
        if not listed:
            listed = [RetryCondition.CONNECT_FAILURE, RetryCondition.REFUSED_STREAM]
            listed = [*listed, *([RetryCondition.UNAVAILABLE] if self.is_grpc else [])]
        words = [str(each.value) for each in listed if isinstance(each, RetryCondition)]
        codes = [each for each in listed if isinstance(each, int)]
        unseen = _GRPC_ALONE if not self.is_grpc else _HTTP_ALONE
        words = [word for word in words if word not in unseen]
        is_coded = bool(codes) and not self.is_grpc
        policy: Tree = {
            "retry_on": ",".join([*words, *(["retriable-status-codes"] if is_coded else [])]),
            "num_retries": retries.attempts,
            "retry_back_off": {"base_interval": "0.001s", "max_interval": "0.002s"},
        }
        if is_coded:
            policy["retriable_status_codes"] = codes
        if retries.per_try_timeout is not None:
            policy["per_try_timeout"] = seconds(retries.per_try_timeout.ms / self.side.speed)
        return policy


_GRPC_ALONE = ("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable")
_HTTP_ALONE = ("5xx", "gateway-error", "retriable-4xx")


def _is_retrying(retries: object) -> bool:
    return isinstance(retries, Retries) and retries.attempts > 0


def _path(path: PathMatch) -> Tree:
    match path:
        case PathExact(exact=text):
            return {"path": text}
        case PathPrefix(prefix="/"):
            return {"prefix": "/"}
        case PathPrefix(prefix=text):
            return {"path_separated_prefix": text}
        case PathRegex(regex=pattern):
            return regex(pattern)


def _conditions(match: Match) -> Tree:
    headers = [header(name, condition) for name, condition in (match.headers or {}).items()]
    if match.methods:
        headers.append({"name": ":method", "string_match": regex("|".join(m.value for m in match.methods))})
    query = [_parameter(name, condition) for name, condition in (match.query_params or {}).items()]
    return {**({"headers": headers} if headers else {}), **({"query_parameters": query} if query else {})}


def header(name: str, condition: HeaderMatch) -> Tree:
    """Write a condition on a header."""
    match condition:
        case Exact(exact=text):
            return {"name": name, "string_match": exact(text)}
        case Prefix(prefix=text):
            return {"name": name, "string_match": {"prefix": text}}
        case Regex(regex=pattern):
            return {"name": name, "string_match": regex(pattern)}
        case Present():
            return {"name": name, "present_match": True}
        case Absent():
            return {"name": name, "present_match": False}


def _parameter(name: str, condition: QueryMatch) -> Tree:
    match condition:
        case Exact(exact=text):
            return {"name": name, "string_match": exact(text)}
        case Regex(regex=pattern):
            return {"name": name, "string_match": regex(pattern)}
        case Present():
            return {"name": name, "present_match": True}


def _redirect(redirect: Redirect, replaced: Tree) -> Tree:
    code = 302 if redirect.status_code is None else int(redirect.status_code.value)
    names = {301: "MOVED_PERMANENTLY", 302: "FOUND", 303: "SEE_OTHER"}
    names |= {307: "TEMPORARY_REDIRECT", 308: "PERMANENT_REDIRECT"}
    found: Tree = {"response_code": names[code], **replaced}
    if redirect.scheme is not None:
        found["scheme_redirect"] = redirect.scheme.value
    if redirect.hostname is not None:
        found["host_redirect"] = redirect.hostname
    if redirect.path is not None:
        found["path_redirect"] = redirect.path
    if redirect.port is not None:
        found["port_redirect"] = redirect.port
    elif redirect.scheme is not None and redirect.hostname is None:
        found["port_redirect"] = 443 if redirect.scheme.value == "https" else 80
    return found


def _rewrite(rewrite: Rewrite | None, replaced: Tree) -> Tree:
    found = dict(replaced)
    if rewrite is not None and rewrite.path is not None:
        literal = rewrite.path.replace("\\", "\\\\")
        found["regex_rewrite"] = {"pattern": {"regex": "^.*$"}, "substitution": literal}
    if rewrite is not None and rewrite.hostname is not None:
        found["host_rewrite_literal"] = rewrite.hostname
    return found


def _edits(headers: Headers | None, *, is_redirect: bool = False) -> Tree:
    if headers is None:
        return {}
    sides = {"request": None if is_redirect else headers.request, "response": headers.response}
    found: Tree = {}
    for which, edits in sides.items():
        if edits is not None:
            found |= edited(which, set_=edits.set or {}, add=edits.add or {}, remove=edits.remove)
    return found


def _filters(writer: _Writer, fault: Fault | None, cors: Cors | None) -> Iterator[tuple[str, Tree]]:
    if fault is not None:
        yield FAULT, typed("extensions.filters.http.fault.v3.HTTPFault", **_fault(writer, fault))
    if cors is not None and not writer.is_grpc:
        yield CORS, typed("extensions.filters.http.cors.v3.CorsPolicy", **_cors(cors))


def _fault(writer: _Writer, fault: Fault) -> Tree:
    found: Tree = {}
    if fault.delay is not None:
        delay = seconds(fault.delay.duration.ms / writer.side.speed)
        found["delay"] = {"fixed_delay": delay, "percentage": percent(fault.delay.percent.hundredths)}
    abort = fault.abort
    if abort is not None and abort.status is not None and not writer.is_grpc:
        found["abort"] = {"http_status": abort.status, "percentage": percent(abort.percent.hundredths)}
    if abort is not None and abort.grpc_status is not None and writer.is_grpc:
        number = list(GrpcStatus).index(abort.grpc_status)
        found["abort"] = {"grpc_status": number, "percentage": percent(abort.percent.hundredths)}
    return found


def _cors(cors: Cors) -> Tree:
    found: Tree = {"allow_origin_string_match": [_origin(origin) for origin in cors.allow_origins]}
    for key, values in (
        ("allow_methods", [method.value for method in cors.allow_methods]),
        ("allow_headers", cors.allow_headers),
        ("expose_headers", cors.expose_headers),
    ):
        if values:
            found[key] = ",".join(values)
    if cors.max_age is not None:
        found["max_age"] = str(cors.max_age.ms // 1000)
    if cors.allow_credentials is not None:
        found["allow_credentials"] = cors.allow_credentials
    return found


def _origin(origin: str) -> Tree:
    head, star, tail = origin.partition("*")
    if origin == "*" or not star:
        return exact(origin)
    return regex(f"{re.escape(head)}[^/:]+{re.escape(tail)}")
