"""The capability tables agree with the page that says which mesh carries what, row by row."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from meshgen.backend import Backend, backends
from meshgen.intent.features import declared
from meshgen.intent.model import MeshIntent
from meshgen.support import Approximate, Full, Row, Unsupported

pytestmark = pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no page")

# Which ids a row of the page speaks of; `*` is any run of characters.
IDS: dict[str, tuple[str, ...]] = {
    "versions": ("versions",),
    "versions.selector": ("versions.selector",),
    "versions.createService.false": ("versions.createService.false",),
    "split, http": ("split", "routes.split"),
    "routes.split.several": ("routes.split.several",),
    "split, tcp": ("split.tcp",),
    "routes.order": ("routes.order",),
    "match.paths.prefix": ("routes.match.paths.prefix",),
    "match.headers.absent": ("routes.match.headers.absent",),
    "match.headers.prefix, present, regex": (
        "routes.match.headers.prefix",
        "routes.match.headers.present",
        "routes.match.headers.regex",
    ),
    "match.queryParams.present": ("routes.match.queryParams.present",),
    "match.ports": ("routes.match.ports",),
    "rewrite": ("routes.rewrite.*",),
    "redirect": ("routes.redirect.hostname", "routes.redirect.path", "routes.redirect.prefix"),
    "headers.response": ("headers.response.*",),
    "timeout / none": ("timeout", "timeout.none"),
    "retries none": ("retries.none",),
    "retryOn.5xx, gateway-error, status": (
        "retries.retryOn.5xx",
        "retries.retryOn.gateway-error",
        "retries.retryOn.status",
    ),
    "retryOn.connect-failure": ("retries.retryOn.connect-failure",),
    "retryOn.reset": ("retries.retryOn.reset",),
    "retryOn.refused-stream": ("retries.retryOn.refused-stream", "retries.retryOn"),
    "perTryTimeout": ("retries.perTryTimeout",),
    "backoff.base / max": ("retries.backoff.*",),
    "connectTimeout": ("connectTimeout",),
    "circuitBreaker": ("circuitBreaker.max*",),
    "outlierDetection": ("outlierDetection.[!n]*",),
    "loadBalancing.policy": ("loadBalancing.policy.*",),
    "loadBalancing.hashOn": ("loadBalancing.hashOn.*",),
    "rateLimit": ("rateLimit.[!n]*",),
    "fault": ("fault.[ad]*",),
    "mirror, cors": ("mirror.[!n]*", "cors.[!n]*"),
    "headless": ("headless",),
    "podsOf": ("podsOf",),
    "ports.containerOnly": ("ports.containerOnly",),
    "mtls.mode.strict": ("mtls.mode.strict",),
    "mtls.mode.permissive": ("mtls.mode.permissive",),
    "mtls.mode.disabled": ("mtls.mode.disabled",),
    "mtls.ports": ("mtls.ports.strict", "mtls.ports.permissive"),
    "default.deny": ("authorization.default.deny",),
    "rules.action.deny": ("authorization.rules.action.deny",),
    "from.namespace": ("authorization.rules.from.namespace",),
    "from.cidr": ("authorization.rules.from.cidr",),
    "from.authenticated": ("authorization.rules.from.authenticated",),
    "from.serviceAccount": ("authorization.rules.from.serviceAccount",),
    "to.paths.exact, prefix; headers, claims": (
        "authorization.rules.to.paths.exact",
        "authorization.rules.to.paths.prefix",
        "authorization.rules.to.headers.exact",
    ),
    "to.paths.regex, to.headers.regex": (
        "authorization.rules.to.paths.regex",
        "authorization.rules.to.headers.regex",
    ),
    "to.hostnames": ("authorization.rules.to.hostnames",),
    "to.ports": ("authorization.rules.to.ports",),
    "when.jwt": ("authorization.rules.when.jwt.*",),
    "probes": ("probes.path", "probes.tcp", "probes.grpc"),
    "scope: namespace": ("*.scope.namespace",),
    "path-normalization": ("authorization.rules.to.paths.*",),
}
MESHES = {"istio": 1, "linkerd": 3, "consul": 4}  # the column of each


def page() -> dict[str, list[str]]:
    text = Path(os.environ["MESHGEN_SHARED"], "design", "fidelity.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| feature")]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return {row[0]: row for row in rows}


def letters_of_page(cell: str) -> set[str]:
    """Read the answers of a cell; where it only points to a note, any may be given."""
    bare = re.sub(r"`[^`]*`", "", cell)
    found = set(re.findall(r"(?<![A-Za-z-])([FARU])(?![A-Za-z])", bare))
    return found if found and "see " not in cell else set("FARU")


def letters_of(row: Row) -> set[str]:
    match row.answer:
        case Full():
            return {"R"} if row.requires else {"F"}
        case Approximate():
            return {"A", "R"} if row.requires else {"A"}
        case Unsupported():
            return {"U"}


def letters_of_table(backend: Backend, patterns: tuple[str, ...]) -> set[str]:
    ids = declared(MeshIntent)
    meant = [id for id in ids if any(fnmatchcase(id, pattern) for pattern in patterns)]
    assert meant, patterns
    return {
        letter for id in meant for row in backend.capabilities.by_feature[id] for letter in letters_of(row)
    }


def test_every_row_of_the_page_is_compared() -> None:
    assert sorted(page()) == sorted(IDS)


# Where a table answers more than its row of the page: by a note below the table, or weaker for a reason
# that `support/<mesh>.yaml` gives with its source.
_SMI = "with `traffic: smi` every split is a TrafficSplit, which hides routes"
_PODS_OF = "written on a service with `podsOf`"
NOTED: dict[str, dict[str, str]] = {
    "consul": {
        "versions": _PODS_OF,
        "connectTimeout": _PODS_OF,
        "loadBalancing.policy": _PODS_OF,
        "loadBalancing.hashOn": _PODS_OF,
        "outlierDetection": "headless, without known callers, and the fields that note 29 names",
        "from.serviceAccount": "weaker: an account of some versions alone; by a profile's caller",
        "podsOf": "weaker: a front takes over what the resolver of the pods says",
        "rateLimit": "weaker: plain text that a port takes passes the bucket by",
        "scope: namespace": "weaker: a mode other than strict, or a default that opens unlisted ports",
    },
    "istio": {
        "retryOn.5xx, gateway-error, status": "weaker: a status that HTTP does not define",
        "outlierDetection": "headless; weaker: a fraction of a percent",
        "path-normalization": "a path that is a wildcard, or an expression, has no policy at all",
    },
    "linkerd": {
        "split, http": _SMI,
        "routes.split.several": _SMI,
        "match.paths.prefix": _SMI,
        "match.headers.prefix, present, regex": f"{_SMI}; headers alone on gRPC",
        "match.queryParams.present": _SMI,
        "match.ports": _SMI,
        "headers.response": "weaker: a redirect of the same service carries them too",
        "timeout / none": _SMI,
        "retryOn.5xx, gateway-error, status": _SMI,
        "retryOn.refused-stream": _SMI,
        "perTryTimeout": _SMI,
        "loadBalancing.policy": _SMI,
        "scope: namespace": "note 33: half of a default that is open to the cluster alone",
        "to.hostnames": "weaker: up to 2.20 host names are compared with case",
    },
}
# What the page says of the fields beside, under whose own ids the tables answer it.
BESIDE: dict[str, set[str]] = {
    "consul": {"headless"},
    "istio": {"headless"},
    "linkerd": {"retryOn.connect-failure"},
}


@pytest.mark.parametrize("backend", backends(), ids=lambda backend: backend.name)
def test_a_table_answers_what_the_page_does_but_for_what_is_noted(backend: Backend) -> None:
    """F may stand beside any answer: a condition under which the mesh carries the feature after all."""
    column = MESHES[backend.name]
    more = {
        row
        for row, cells in page().items()
        if letters_of_table(backend, IDS[row]) - letters_of_page(cells[column]) - {"F", "R"}
    }

    assert more == set(NOTED[backend.name])


@pytest.mark.parametrize("backend", backends(), ids=lambda backend: backend.name)
def test_a_table_forgets_no_loss_that_the_page_names(backend: Backend) -> None:
    column = MESHES[backend.name]
    forgotten = {
        row
        for row, cells in page().items()
        if "see " not in cells[column]
        and letters_of_page(cells[column]) - letters_of_table(backend, IDS[row]) - {"F", "R"}
    }

    assert forgotten == BESIDE[backend.name]
