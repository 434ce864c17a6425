"""Cases of outcomes: a world, manifests or intents, and calls with what becomes of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen.diagnostics import Findings
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import (
    Call,
    Caller,
    InHeader,
    InParam,
    Reach,
    Request,
    Token,
    ToPod,
    ToService,
)
from meshgen.intent.outcome.facets import Facet, Outcome
from meshgen.intent.outcome.wording import worded
from meshgen.intent.outcome.world import Pod, Port, Service, World
from meshgen.profiles import Choice, choose
from meshgen.resources import Resource

FOLDER = Path(__file__).parent
NOWHERE: Mapping[str, Any] = {"services": {}, "pods": {}}  # of pages whose documents describe the world
PROTOCOLS: Mapping[str | None, Protocol] = {each.value: each for each in Protocol}
ALWAYS = (Facet.VERDICT, Facet.BACKENDS)  # told even where the mesh does so unasked

SELDOM = (Facet.ROUTE, Facet.TOKEN)  # told where the page speaks of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One call, and what becomes of it under the manifests of its page."""

    page: str
    number: int
    fact: str  # the section of the notes, or upstream's repository and path, that says so
    world: World
    documents: str  # the manifests or the intent
    settings: tuple[str, ...]  # of the profile
    profile: str
    call: Call
    expected: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.page} {self.number}"


def cases(folder: str) -> Iterator[Case]:
    """Read every case of the pages of a folder."""
    for page in sorted((FOLDER / folder).glob("*.yaml")):
        said = yaml.safe_load(page.read_text())
        for group in said["groups"]:
            for number, case in enumerate(group["cases"], 1):
                yield Case(
                    page=f"{page.stem}: {group['name']}",
                    number=number,
                    fact=case.get("fact") or group["fact"],
                    world=world({**NOWHERE, **said.get("world", {}), **group.get("world", {})}),
                    documents="---\n".join(_documents(group)),
                    settings=tuple(group.get("set", ())),
                    profile=group.get("profile", folder),
                    call=call(case["call"]),
                    expected=case["outcome"],
                )


def _documents(group: Mapping[str, Any]) -> Iterator[str]:
    """`manifests` is text; `corpus` names files below the shared corpora, which are never copied."""
    yield group.get("manifests", "")
    for name in group.get("corpus", ()):
        yield f"# corpus {name}\n"


def profile_of(case: Case) -> Choice:
    """Choose the cluster that a case speaks of."""
    findings = Findings()
    (chosen,) = choose(case.profile, {}, case.settings, findings=findings)
    assert not findings.has_errors, list(findings)
    return chosen


def documents(case: Case) -> list[dict[str, Any]]:
    """Read the manifests of a case; without the corpora that it names it is skipped."""
    found = [each for each in yaml.safe_load_all(case.documents) if each is not None]
    for line in case.documents.splitlines():
        if line.startswith("# corpus "):
            found += corpus(line.removeprefix("# corpus "))
    return found


def corpus(name: str) -> list[dict[str, Any]]:
    """Read a file below the shared corpora; without them the test is skipped."""
    return [each for each in yaml.safe_load_all((_corpora() / name).read_text()) if each is not None]


def corpora(folder: str) -> list[str]:
    """Name the files of a folder below the shared corpora."""
    return sorted(f"{folder}/{path.name}" for path in (_corpora() / folder).iterdir())


def _corpora() -> Path:
    if "MESHGEN_SHARED" not in os.environ:
        pytest.skip("MESHGEN_SHARED does not name the corpora")
    return Path(os.environ["MESHGEN_SHARED"], "corpora")


def resources(case: Case) -> list[Resource]:
    """Read the manifests of a case as objects; what names no namespace is of `default`."""
    bodies = documents(case)
    return [
        Resource.of({**body, "metadata": {"namespace": "default", **body["metadata"]}}) for body in bodies
    ]


def world(said: Mapping[str, Any]) -> World:
    """Read a world: services and pods by `namespace/name`."""
    services = {_key(name): _service(_key(name), each) for name, each in said["services"].items()}
    pods = {name: _pod(_key(name), each) for name, each in said["pods"].items()}
    rest = {key: said[key] for key in ("trust_domain", "cluster_domain") if key in said}
    return World(services=services, pods=pods, **rest)


def _key(text: str) -> ServiceKey:
    namespace, _, name = text.partition("/")
    return ServiceKey(namespace, name)


def _service(key: ServiceKey, said: Mapping[str, Any]) -> Service:
    ports = tuple(
        Port(
            number=port["port"],
            target=port.get("targetPort", port["port"]),
            protocol=PROTOCOLS[port.get("protocol", "http")],
            name=port.get("name", ""),
            declared=PROTOCOLS.get(port.get("declared")),
        )
        for port in said["ports"]
    )
    return Service(
        key=key,
        selector=said["selector"],
        ports=ports,
        is_headless=said.get("headless", False),
        labels=said.get("labels", {}),
        annotations=said.get("annotations", {}),
    )


def _pod(key: ServiceKey, said: Mapping[str, Any]) -> Pod:
    return Pod(
        namespace=key.namespace,
        name=key.name,
        labels=said["labels"],
        account=Account(*said["account"].split("/")),
        version=said.get("version"),
        annotations=said.get("annotations", {}),
        ports=said.get("ports", {}),
    )


def call(said: Mapping[str, Any]) -> Call:
    """Read `{from: shop/web, to: shop/reviews:80, get: /a?b=c, headers: {}, host: x, token: {}}`.

    `from` is an account; with `by: identified` it routes by itself; `plaintext` and `kubelet` have none.
    `of` names the service whose pods call, `ip` the address of the peer.
    """
    method = next((key for key in said if key.upper() in _METHODS), None)
    request = None
    if method is not None:
        path, _, query = said[method].partition("?")
        pairs = (pair.partition("=") for pair in query.split("&")) if query else ()
        request = Request(
            method=method.upper(),
            path=path,
            query=tuple((name, value) for name, _, value in pairs),
            headers=said.get("headers", {}),
            host=said.get("host"),
            token=_token(said["token"]) if "token" in said else None,
        )
    return Call(caller=_caller(said), to=_to(said["to"]), request=request)


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"}


def _caller(said: Mapping[str, Any]) -> Caller:
    named = said["from"]
    reach = Reach(named if named in ("plaintext", "kubelet") else said.get("by", "proxied"))
    account = None if named in ("plaintext", "kubelet") else Account(*named.split("/"))
    of = _key(said["of"]) if "of" in said else None
    address = {"address": said["ip"]} if "ip" in said else {}
    return Caller(reach=reach, account=account, service=of, **address)


def _to(text: str) -> ToService | ToPod:
    place, _, port = text.removeprefix("pod ").rpartition(":")
    return ToPod(place, int(port)) if text.startswith("pod ") else ToService(_key(place), int(port))


def _token(said: Mapping[str, Any]) -> Token:
    places: dict[str, Any] = {}
    if "header" in said:
        places = {"place": InHeader(said["header"], said.get("prefix", ""))}
    elif "param" in said:
        places = {"place": InParam(said["param"])}
    return Token(
        issuer=said["issuer"],
        audiences=tuple(said.get("audiences", ())),
        claims={name: tuple(values) for name, values in said.get("claims", {}).items()},
        is_valid=said.get("valid", True),
        keys=said.get("keys", ""),
        **places,
    )


def told(outcome: Outcome, said: Mapping[str, Any]) -> dict[str, Any]:
    """Write an outcome as a page does: verdict and backends, and whatever else somebody asked for.

    What the route is called, and where the token goes, is told where the page says it.
    """
    return {
        facet.value: worded(facet, step.value)
        for facet, step in sorted(outcome.facets.items(), key=lambda pair: list(Facet).index(pair[0]))
        if facet in ALWAYS or (not step.is_ambient and (facet not in SELDOM or facet.value in said))
    }
