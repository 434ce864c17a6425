"""VirtualServices and DestinationRules as routes and clusters of one caller's Envoy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from meshgen.intent.keys import Account
from meshgen.values import Duration
from tests.envoy.configured import Cluster, Tree
from tests.envoy.places import End, caller_address
from tests.envoy.words import CORS, FAULT, edited, exact, percent, regex, seconds, typed, weighted

if TYPE_CHECKING:
    from tests.envoy.istio_setup import Mesh

# istio pilot/pkg/networking/core/route/retry/retry.go: what is retried where nobody says
_USUAL = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One caller's proxy, and what its routes turn out to need."""

    mesh: Mesh
    account: Account
    labels: Mapping[str, str]  # of the caller's pods
    ends: Mapping[tuple[str, int], End]
    clusters: set[Cluster] = field(default_factory=set)
    totals: set[int] = field(default_factory=lambda: {1})

    @classmethod
    def of(cls, mesh: Mesh, ends: Mapping[tuple[str, int], End], account: Account) -> Outbound:
        """Begin with a caller whose pods carry its service's name."""
        names = {"ratings-v2": "ratings"}
        labels = {"app": names.get(account.name, account.name)} if account.namespace == "shop" else {}
        return cls(mesh=mesh, account=account, labels=labels, ends=ends)

    def cluster(self, host: str, subset: str | None, port: int) -> str:
        """Name the endpoints of a Service, or of a subset of it; what nobody defines does not exist."""
        name, _, rest = host.partition(".")
        ports = self.mesh.services.get(name) if rest == "shop.svc.cluster.local" else None
        target = next((to for number, to, _ in ports or () if number == port), None)
        labels = {"app": name} if subset is None else self._subset(host, subset)
        if target is None or labels is None:
            return "missing"
        wanted = {"app": name, **labels}.items()
        picked = sorted(pod for pod, own in self.mesh.pods.items() if wanted <= own.items())
        identity = f"spiffe://cluster.local/ns/{self.account.namespace}/sa/{self.account.name}"
        ends = tuple(self.ends[pod, target] for pod in picked)
        found = Cluster(identity, caller_address(self.account), ends)
        self.clusters.add(found)
        return found.name

    def _subset(self, host: str, subset: str) -> Mapping[str, str] | None:
        for rule in self.mesh.of("DestinationRule"):
            if full(rule["spec"]["host"], rule) != host:
                continue
            for each in rule["spec"].get("subsets", ()):
                if each["name"] == subset:
                    labels: Mapping[str, str] = each.get("labels", {})
                    return labels
        return None


def full(host: str, holder: Tree) -> str:
    """Write a host out that has no dot, in the namespace of the object that names it."""
    return host if "." in host else f"{host}.{holder['metadata']['namespace']}.svc.cluster.local"


def routes(side: Outbound, name: str, number: int) -> list[Tree]:
    """Write the routes of one port of a Service: the first VirtualService that has any for this caller."""
    host = f"{name}.shop.svc.cluster.local"
    for service in side.mesh.of("VirtualService"):
        spec = service["spec"]
        if host in [full(each, service) for each in spec["hosts"]] and "mesh" in spec.get(
            "gateways", ["mesh"]
        ):
            found = list(_written(side, service, number))
            if found:
                return found
    return [
        {"match": {"prefix": "/"}, **_action(side, {}, {}, {"cluster": side.cluster(host, None, number)})}
    ]


def _written(side: Outbound, service: Tree, number: int) -> Iterator[Tree]:
    for rule in service["spec"].get("http", ()):
        for match in rule.get("match") or [{}]:
            if _holds(match, side, number):
                where = _where(match)
                yield {
                    "match": where,
                    **_action(side, rule, where, _destination(side, service, rule, number)),
                }


def _holds(match: Tree, side: Outbound, number: int) -> bool:
    """Ports and callers are sorted out before Envoy hears of a route."""
    return (
        match.get("port", number) == number
        and match.get("sourceLabels", {}).items() <= side.labels.items()
        and match.get("sourceNamespace", side.account.namespace) == side.account.namespace
        and "mesh" in match.get("gateways", ["mesh"])
    )


def _where(match: Tree) -> Tree:
    found: Tree = {"prefix": "/"}
    uri = match.get("uri", {})
    if "exact" in uri:
        found = {"path": uri["exact"]}
    elif "prefix" in uri:
        found = {"prefix": uri["prefix"]}
    elif "regex" in uri:
        found = regex(uri["regex"])
    if match.get("ignoreUriCase") and "regex" not in uri:
        found["case_sensitive"] = False
    headers = [_header(name, how) for name, how in match.get("headers", {}).items()]
    for name, key in (("method", ":method"), ("authority", ":authority"), ("scheme", ":scheme")):
        headers += [_header(key, match[name])] if name in match else []
    for name, how in match.get("withoutHeaders", {}).items():
        condition = {**_header(name, how), "invert_match": True}
        headers.append(condition if not how else {**condition, "treat_missing_header_as_empty": True})
    query = [{**_header(name, how)} for name, how in match.get("queryParams", {}).items()]
    return {
        **found,
        **({"headers": headers} if headers else {}),
        **({"query_parameters": query} if query else {}),
    }


def _header(name: str, how: Tree) -> Tree:
    return {"name": name, "string_match": _text(how)} if how else {"name": name, "present_match": True}


def _text(how: Tree) -> Tree:
    if "exact" in how:
        return exact(how["exact"])
    return {"prefix": how["prefix"]} if "prefix" in how else regex(how["regex"])


def _destination(side: Outbound, service: Tree, rule: Tree, number: int) -> Tree:
    """Write where requests go, and where their copies do."""
    parts = rule.get("route", [])
    named = [(_cluster(side, service, part["destination"], number), part.get("weight", 0)) for part in parts]
    found: Tree = {"cluster": named[0][0]} if named else {}
    if len(named) > 1:
        found, total = weighted(named)
        side.totals.add(total)
    copies = [
        {
            "cluster": _cluster(side, service, mirror["destination"], number),
            "disable_shadow_host_suffix_append": True,
            "runtime_fraction": {"default_value": _hundredths(mirror, unwritten=100)},
        }
        for mirror in rule.get("mirrors", ())
    ]
    return {**found, **({"request_mirror_policies": copies} if copies else {})}


def _cluster(side: Outbound, service: Tree, to: Tree, number: int) -> str:
    host = full(to["host"], service)
    ports = [each for each, _, _ in side.mesh.services.get(host.partition(".")[0], ())]
    wanted = to.get("port", {}).get("number")
    port = wanted if wanted is not None else ports[0] if len(ports) == 1 else number
    return side.cluster(host, to.get("subset"), port)


def _action(side: Outbound, rule: Tree, where: Tree, to: Tree) -> Tree:
    headers = rule.get("headers", {})
    answered = _edits("response", headers)
    if "redirect" in rule:
        return {"redirect": _redirect(rule["redirect"]), **answered}
    if "directResponse" in rule:
        return {"direct_response": {"status": rule["directResponse"]["status"]}, **answered}
    filters = dict(_filters(side.mesh.speed, rule))
    return {
        "route": {
            **to,
            "timeout": _time(rule["timeout"], side.mesh.speed) if "timeout" in rule else "0s",
            **_rewrite(rule.get("rewrite", {}), where),
            **_retries(rule.get("retries"), side.mesh.speed),
        },
        **_edits("request", headers),
        **answered,
        **({"typed_per_filter_config": filters} if filters else {}),
    }


def _edits(which: str, headers: Tree) -> Tree:
    found = headers.get(which, {})
    plain = {
        kind: {k: v.replace("%%", "%") for k, v in found.get(kind, {}).items()} for kind in ("set", "add")
    }
    return edited(which, set_=plain["set"], add=plain["add"], remove=found.get("remove", []))


def _time(text: str, speed: int) -> str:
    return seconds(Duration.parse(text).ms / speed)


def _redirect(redirect: Tree) -> Tree:
    names = {301: "MOVED_PERMANENTLY", 302: "FOUND", 303: "SEE_OTHER"}
    names |= {307: "TEMPORARY_REDIRECT", 308: "PERMANENT_REDIRECT"}
    keys = {"uri": "path_redirect", "authority": "host_redirect", "scheme": "scheme_redirect"}
    found: Tree = {key: redirect[name] for name, key in keys.items() if name in redirect}
    port = {"port_redirect": redirect["port"]} if "port" in redirect else {}
    return {**found, **port, "response_code": names[redirect.get("redirectCode", 301)]}


def _rewrite(rewrite: Tree, where: Tree) -> Tree:
    found: Tree = {}
    if "authority" in rewrite:
        found["host_rewrite_literal"] = rewrite["authority"]
    if "uri" in rewrite and "safe_regex" not in where:
        found["prefix_rewrite"] = rewrite["uri"]
    if "uriRegexRewrite" in rewrite:
        how = rewrite["uriRegexRewrite"]
        found["regex_rewrite"] = {"pattern": {"regex": how["match"]}, "substitution": how["rewrite"]}
    return found


def _retries(retries: Tree | None, speed: int) -> Tree:
    if retries is not None and retries.get("attempts", 0) <= 0:
        return {}
    said = {} if retries is None else retries
    words = str(said.get("retryOn") or _USUAL).split(",")
    codes = [int(word) for word in words if word.isdecimal()]
    kept = [word for word in words if not word.isdecimal()] + (["retriable-status-codes"] if codes else [])
    policy: Tree = {
        "retry_on": ",".join(kept),
        "num_retries": said.get("attempts", 2),
        "retriable_status_codes": codes,
        "retry_back_off": {"base_interval": "0.001s", "max_interval": "0.002s"},
    }
    if "perTryTimeout" in said:
        policy["per_try_timeout"] = _time(said["perTryTimeout"], speed)
    return {"retry_policy": policy}


def _filters(speed: int, rule: Tree) -> Iterator[tuple[str, Tree]]:
    fault, cors = rule.get("fault"), rule.get("corsPolicy")
    if fault is not None:
        yield FAULT, typed("extensions.filters.http.fault.v3.HTTPFault", **_fault(fault, speed))
    if cors is not None:
        yield CORS, typed("extensions.filters.http.cors.v3.CorsPolicy", **_cors(cors))


def _fault(fault: Tree, speed: int) -> Tree:
    found: Tree = {}
    if "delay" in fault:
        found["delay"] = {"fixed_delay": _time(fault["delay"]["fixedDelay"], speed), **_share(fault["delay"])}
    if "abort" in fault:
        found["abort"] = {"http_status": fault["abort"]["httpStatus"], **_share(fault["abort"])}
    return found


def _share(part: Tree) -> Tree:
    return {"percentage": _hundredths(part, unwritten=0)}


def _hundredths(part: Tree, *, unwritten: int) -> Tree:
    return percent(round(part.get("percentage", {}).get("value", unwritten) * 100))


def _cors(cors: Tree) -> Tree:
    found: Tree = {"allow_origin_string_match": [_text(each) for each in cors.get("allowOrigins", ())]}
    keys = {
        "allowMethods": "allow_methods",
        "allowHeaders": "allow_headers",
        "exposeHeaders": "expose_headers",
    }
    found |= {key: ",".join(cors[name]) for name, key in keys.items() if name in cors}
    if "allowCredentials" in cors:
        found["allow_credentials"] = cors["allowCredentials"]
    forward: Any = cors.get("unmatchedPreflights", "UNSPECIFIED")
    return {**found, "forward_not_matching_preflights": forward != "IGNORE"}
