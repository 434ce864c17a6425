"""What an intent may not say although its shape is right; one theme a file."""

from __future__ import annotations

from collections.abc import Iterable

from meshgen.diagnostics import Findings
from meshgen.intent.access import Mode
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolve import Callers
from meshgen.intent.rules import (
    access,
    accounts,
    actions,
    connections,
    cover,
    documents,
    grpc,
    headers,
    kinds,
    paths,
    ports,
    probes,
    reach,
    regexes,
    repeats,
    retries,
    routes,
    shared,
    split,
    tokens,
    transport,
    versions,
)
from meshgen.intent.rules import callers as callers_rules
from meshgen.intent.rules.subjects import scene_of

_THEMES = (
    documents,
    kinds,
    ports,
    versions,
    split,
    routes,
    reach,
    paths,
    headers,
    regexes,
    grpc,
    actions,
    retries,
    callers_rules,
    accounts,
    shared,
    access,
    connections,
    tokens,
    probes,
    cover,
    repeats,
)


def check(
    intents: Iterable[MeshIntent], *, callers: Callers, findings: Findings, unwritten: Mode | None = None
) -> None:
    """Report what is wrong in a set of unfolded intents (MG2xx).

    `callers` are those that the profile names, `unwritten` is the mode that its mesh has where none is
    written (None: it is not known, and nothing is said of what it would decide).
    """
    scene = scene_of(intents, callers=callers)
    for theme in _THEMES:
        theme.check(scene, findings)
    transport.check(scene, unwritten, findings)
