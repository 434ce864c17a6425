"""What answers for a set of rules, whether an intent's or a mesh's manifests'."""

from __future__ import annotations

from typing import Protocol

from meshgen.intent.outcome.call import Call, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Outcome


class Evaluator(Protocol):
    """Rules that were read once, so that many requests can be asked about."""

    def outcome(self, call: Call) -> Outcome:
        """Say what becomes of a call to a Service port or pod of the world."""
        ...

    def conditions(self, to: ToService | ToPod) -> Conditions:
        """Say what the rules tell apart in calls to one place."""
        ...
