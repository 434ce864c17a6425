"""What an intent may not say although its shape is right; one file a theme, found by folder."""

from __future__ import annotations

from collections.abc import Iterable

from meshgen.diagnostics import Findings
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolve import Callers
from meshgen.intent.rules import callers as callers_rules
from meshgen.intent.rules import split


def check(intents: Iterable[MeshIntent], *, callers: Callers, findings: Findings) -> None:
    """Report what is wrong in a set of unfolded intents (MG2xx); `callers` are those that the profile names."""
    intents = tuple(intents)
    split.check(intents, findings)
    callers_rules.check(intents, callers, findings)
