"""A real API server, started for the test: what it would do with a manifest is what a dry run says."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.judges.processes import TOKEN, kube_apiserver
from tests.conformance.judges.verdict import Manifest, Verdict, causes

_CLIENTS = 4
_ANSWERS = (
    HTTPStatus.CREATED,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)  # else it is not well
_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

Kinds = Mapping[tuple[str, str], str]  # the path template of a kind, by apiVersion and kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiServer:
    """A running server and what it serves."""

    port: int
    kinds: Kinds

    def judge(self, manifests: Sequence[Manifest]) -> list[Verdict]:
        """Ask what would become of each manifest, were it created; nothing is."""
        shares = [manifests[start::_CLIENTS] for start in range(_CLIENTS)]
        with ThreadPoolExecutor(_CLIENTS) as pool:
            answers = [iter(each) for each in pool.map(self._judge, shares)]
        return [next(answers[index % _CLIENTS]) for index in range(len(manifests))]

    def _judge(self, manifests: Iterable[Manifest]) -> list[Verdict]:
        with closing(_client(self.port)) as client:
            return [self._verdict(client, manifest) for manifest in manifests]

    def _verdict(self, client: http.client.HTTPSConnection, manifest: Manifest) -> Verdict:
        place = self.kinds.get((manifest.api_version, manifest.kind))
        if place is None:
            return Verdict(causes=(f"no kind {manifest.kind} in {manifest.api_version}",))
        path = place.format(namespace=manifest.namespace) + "?dryRun=All&fieldValidation=Strict"
        status, answer = _ask(client, "POST", path, manifest.text.encode(), "application/yaml")
        assert status in _ANSWERS, answer
        return Verdict(causes=() if status == HTTPStatus.CREATED else tuple(causes(answer)))


@contextmanager
def serving(definitions: Iterable[Mapping[str, Any]], folder: Path) -> Iterator[ApiServer]:
    """Run a server that knows the kinds of some CustomResourceDefinitions; its files go to `folder`."""
    with kube_apiserver(folder) as server:
        server.wait_until(lambda: _is_ready(server.port))
        with closing(_client(server.port)) as client:
            wanted = {kind for each in definitions for kind in _define(client, each)}
            server.wait_until(lambda: wanted <= _kinds(client).keys())
            kinds = _kinds(client)
        yield ApiServer(port=server.port, kinds=kinds)


def read(folders: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Read the definitions in the files of some folders."""
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        with path.open("rb") as stream:
            yield from filter(None, yaml.load_all(stream, Loader=yaml.CSafeLoader))


def _is_ready(port: int) -> bool:
    with closing(_client(port)) as client, suppress(OSError):
        return _ask(client, "GET", "/readyz")[0] == HTTPStatus.OK
    return False


def _define(client: http.client.HTTPSConnection, definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    status, answer = _ask(client, "POST", _DEFINITIONS, json.dumps(definition).encode())
    assert status == HTTPStatus.CREATED, answer
    spec = definition["spec"]
    for version in (version["name"] for version in spec["versions"] if version["served"]):
        yield f"{spec['group']}/{version}", spec["names"]["kind"]


def _kinds(client: http.client.HTTPSConnection) -> Kinds:
    """Read which kinds are served, and where their objects are sent."""
    kinds: dict[tuple[str, str], str] = {}
    for root in ("/api", "/apis"):
        for group in _ask(client, "GET", root, accept=_DISCOVERY)[1]["items"]:
            name = group.get("metadata", {}).get("name", "")
            for version in group["versions"]:
                api_version = f"{name}/{version['version']}" if name else version["version"]
                for resource in version.get("resources", ()):
                    below = "/namespaces/{namespace}" if resource["scope"] == "Namespaced" else ""
                    place = f"{root}/{api_version}{below}/{resource['resource']}"
                    kinds[api_version, resource["responseKind"]["kind"]] = place
    return kinds


def _client(port: int) -> http.client.HTTPSConnection:
    # the server signs its certificate itself, and nobody else can answer on loopback
    return http.client.HTTPSConnection(
        "127.0.0.1", port, context=ssl._create_unverified_context(), timeout=60
    )


def _ask(
    client: http.client.HTTPSConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    content_type: str = "application/json",
    accept: str = "application/json",
) -> tuple[int, Any]:
    head = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content_type, "Accept": accept}
    client.request(method, path, body, head)
    response = client.getresponse()
    content = response.read()
    is_json = response.headers.get_content_type() == "application/json"
    return response.status, json.loads(content) if is_json else content.decode()
