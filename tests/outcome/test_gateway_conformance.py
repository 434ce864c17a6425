"""The Gateway API's own conformance tests of meshes, asked of manifests instead of a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from meshgen.gatewayapi.outcome import evaluator
from meshgen.gatewayapi.outcome.conformant import Conformant
from meshgen.gatewayapi.outcome.ranking import Candidate, Rank
from meshgen.intent.outcome.call import Call, ToPod
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.facets import Edits, Facet, Outcome, Shares, Verdict
from meshgen.resources import Resource, Resources
from tests.outcome import cases
from tests.outcome.cases import call

_FOLDER = cases.FOLDER / "gatewayapi" / "conformance"
_NAMESPACE = "gateway-conformance-mesh"
_FIXTURE = "gateway-api/mesh-conformance/base-manifests.yaml"  # what `world.yaml` tells
_WORLD = cases.world(yaml.safe_load((_FOLDER / "world.yaml").read_text()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One request of a test of the suite, and what it expects."""

    test: str
    number: int
    manifests: tuple[str, ...]  # of the corpora
    written: str
    expected: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.test} {self.number}"

    @property
    def call(self) -> Call:
        """What the test sends: from a pod of the fixture unless it says where from."""
        where = self.expected.get("from", _NAMESPACE)
        to = self.expected["to"]
        pod = to.removeprefix("pod ")
        address = (
            f"pod {_NAMESPACE}/{pod}" if pod != to else f"{_NAMESPACE}/{to if ':' in to else f'{to}:80'}"
        )
        sent = {key: self.expected[key] for key in ("get", "post", "host") if key in self.expected}
        headers = {name.lower(): value for name, value in self.expected.get("headers", {}).items()}
        return call({"from": f"{where}/default", "to": address, "headers": headers, **sent})


def _suite() -> Iterator[Said]:
    for page in sorted(_FOLDER.glob("*.yaml")):
        if page.stem == "world":
            continue
        for test in yaml.safe_load(page.read_text()):
            for number, expected in enumerate(test["cases"], 1):
                yield Said(
                    test=test["test"],
                    number=number,
                    manifests=tuple(f"gateway-api/mesh-conformance/{name}" for name in test["manifests"]),
                    written=test.get("written", ""),
                    expected=expected,
                )


@pytest.mark.parametrize("said", list(_suite()), ids=str)
def test_the_suite_gets_the_answers_that_it_expects(said: Said) -> None:
    assert _seen(evaluator(_manifests(said), _WORLD), said) == _expected(said)


def test_every_manifest_of_the_suite_is_asked() -> None:
    used = {name for said in _suite() for name in said.manifests}
    assert used == {*cases.corpora("gateway-api/mesh-conformance")} - {_FIXTURE}


# Of all requests of the suite, those that go elsewhere where rules are tried in the order of their list.
_MISLED = [
    "MeshHTTPRouteMatching 4",
    "MeshHTTPRouteMatching 5",
    "MeshHTTPRouteMatching 6",
    "MeshHTTPRouteMatching 7",
    "MeshHTTPRouteQueryParamMatching 10",
]


def test_an_evaluator_that_tries_rules_in_their_order_fails_the_suite() -> None:
    misled = []
    for said in _suite():
        in_order = Conformant(_manifests(said), _WORLD, order=_as_written)
        if _seen(in_order, said) != _expected(said):
            misled.append(str(said))
    assert sorted(misled) == _MISLED


def _as_written(candidate: Candidate) -> Rank:
    return tuple(part for part in candidate.rule.at if isinstance(part, int))


def _manifests(said: Said) -> Resources:
    found = list(yaml.safe_load_all(said.written))
    found += [body for name in said.manifests for body in cases.corpus(name)]
    return Resources([Resource.of(body) for body in found if body is not None])


def _expected(said: Said) -> dict[str, Any]:
    """Write down what a test looks at, part by part; None is a header that must not be there."""
    says = said.expected
    found: dict[str, Any] = {"status": says.get("status", 200)}
    if "backends" in says:
        found["backends"] = _shares(says["backends"])
    if "path" in says.get("received", {}):
        found["path"] = says["received"]["path"]
    for side in ("received", "answered"):
        headers = says.get(side, {}).get("headers", {})
        absent = says.get(side, {}).get("absent", ())
        found |= {f"{side} {name.lower()}": value for name, value in headers.items()}
        found |= {f"{side} {name.lower()}": None for name in absent}
    return found | {f"redirect {part}": value for part, value in says.get("redirect", {}).items()}


def _shares(said: str | Mapping[str, int]) -> dict[str, Fraction]:
    return (
        {said: Fraction(1)} if isinstance(said, str) else {pod: Fraction(n, 100) for pod, n in said.items()}
    )


def _seen(answers: Evaluator, said: Said) -> dict[str, Any]:
    """Say the same of an outcome."""
    parts = _parts(answers.outcome(said.call), said.call)
    return {part: parts.get(part) for part in _expected(said)}


def _parts(outcome: Outcome, sent: Call) -> dict[str, Any]:
    assert sent.request is not None
    values: dict[Facet, Any] = {facet: step.value for facet, step in outcome.facets.items()}
    is_found = values[Facet.VERDICT] is Verdict.ALLOWED
    status, address = values.get(Facet.REDIRECT) or (200 if is_found else 404, "")
    target = urlsplit(address)
    received = _edited(sent.request.headers, values.get(Facet.REQUEST_HEADERS, frozenset()))
    answered = _edited({}, values.get(Facet.RESPONSE_HEADERS, frozenset()))
    return {
        "status": status,
        "backends": _reached(values.get(Facet.BACKENDS, ()), sent),
        "path": values.get(Facet.PATH),
        **{f"received {name}": value for name, value in received.items()},
        **{f"answered {name}": value for name, value in answered.items()},
        "redirect scheme": target.scheme,
        "redirect host": target.hostname,
        "redirect port": target.port,
        "redirect path": target.path,
    }


def _reached(found: Shares, sent: Call) -> dict[str, Fraction]:
    """Name pods without namespace and port; who calls a pod gets there."""
    if isinstance(sent.to, ToPod):
        return {sent.to.pod.partition("/")[2]: Fraction(1)}
    bare = re.compile(r"[^/]+/|:[0-9]+")
    return {" + ".join(bare.sub("", pod) for pod in pods): share for pods, share in found}


def _edited(headers: Mapping[str, str], edits: Edits) -> dict[str, str]:
    found = dict(headers)
    for what, name, value in sorted(edits):
        match what:
            case "set":
                found[name] = value
            case "add":
                found[name] = f"{found[name]},{value}" if name in found else value
            case _:
                found.pop(name, None)
    return found
