"""What a mesh answers for a feature: rows of a capability table and the conditions under which they hold."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from meshgen.diagnostics import Severity
from meshgen.intent.features import RELATIONS, Usage
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.patches import Patch, Unnamed
from meshgen.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """Carried as written."""

    remark: str | None = None  # what the user should know all the same
    severity: Severity = Severity.NOTE  # of the remark
    is_unasked: bool = False  # the mesh does so without being asked, so nothing is written
    facets: tuple[str, ...] = ()  # of the outcome, in which it differs as the remark says


@dataclass(frozen=True, slots=True, kw_only=True)
class Approximate:
    """Carried with a difference."""

    how: str
    facets: tuple[str, ...]  # of the outcome, in which it differs; `verdict of plaintext`: for those alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """Not carried at all."""

    why: str
    hint: str  # what to do instead
    is_final: bool = False  # may never be accepted, whatever it is


NOT_BUILT = Unsupported(why="it is not built yet", hint="leave it out until a later release carries it")

Answer = Full | Approximate | Unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class Requires:
    """What must hold outside the manifests.

    `what` may name `{service}` and `{value}`, which stand for those of the usage.
    """

    id: str
    what: str
    severity: Severity = Severity.NOTE
    patches: Callable[[Use], Iterable[Patch | Unnamed]] | None = None  # bring it about; None: none can
    setting: str | None = None  # by which a profile says that it holds; None: it names the id


class Polarity(enum.Enum):
    """On which side of a decision something below `authorization.rules` stands."""

    ALLOW = "allow"
    DENY = "deny"
    EXCEPT = "except"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A feature that an intent uses, with all that a condition may ask about."""

    usage: Usage
    service: ResolvedService | None  # None where it is asked of a whole namespace
    set: ResolvedSet
    profile: Profile
    polarity: Polarity | None  # None outside `authorization.rules`


def _unsettled(profile: Profile) -> str | None:  # noqa: ARG001  most questions are of the use alone
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A question about a use with a finite number of answers, so that a test can ask all of them."""

    name: str
    values: tuple[str, ...]
    of: Callable[[Use], str]
    settled: Callable[[Profile], str | None] = _unsettled  # the answer where a profile gives it for every use

    def __hash__(self) -> int:
        return hash(self.name)

    def within(self, *values: str) -> When:
        """The condition that the answer is one of `values`."""
        assert set(values) <= set(self.values), f"{self.name} has no {values}"
        return {self: frozenset(values)}


When = Mapping[Axis, frozenset[str]]  # all of them hold

POLARITY = Axis(
    name="polarity",
    values=("allow", "deny", "except"),
    of=lambda use: "allow" if use.polarity is None else use.polarity.value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One answer of a mesh, for one feature or several that it treats alike."""

    features: tuple[str, ...]  # ids; `x.*` is every id below x
    answer: Answer
    source: str  # where the fact comes from: repository and path
    widens: bool = False  # lets something through that the intent stops
    requires: tuple[Requires, ...] = ()
    when: When | None = None  # None: always

    @property
    def is_silent(self) -> bool:
        """True where nothing is to be told."""
        return isinstance(self.answer, Full) and self.answer.remark is None and not self.requires

    def holds(self, use: Use) -> bool:
        """True where every condition of the row is met."""
        return self.when is None or all(axis.of(use) in values for axis, values in self.when.items())

    def on(self, id: str, profile: Profile) -> Row | None:
        """Drop the conditions that an id or a profile settles and what it holds; None where one fails."""
        left: dict[Axis, frozenset[str]] = {}
        for axis, values in (self.when or {}).items():
            possible = _possible(axis, id, profile)
            if not possible & values:
                return None
            if not possible <= values:
                left[axis] = possible & values
        requires = tuple(required for required in self.requires if required.id not in profile.holds)
        return replace(self, when=left or None, requires=requires)


def _possible(axis: Axis, id: str, profile: Profile) -> frozenset[str]:
    """List the answers that a question can have about an id on a profile."""
    if axis is POLARITY:
        return frozenset({"except"} if ".except." in id else {"allow", "deny"})
    settled = axis.settled(profile)
    return frozenset(axis.values if settled is None else (settled,))


class Capabilities:
    """A mesh's answers by feature id; built once a backend is used."""

    def __init__(self, rows: Iterable[Row], *, declared: frozenset[str]) -> None:
        self.rows = tuple(rows)
        self._declared = declared

    @cached_property
    def by_feature(self) -> Mapping[str, tuple[Row, ...]]:
        """Rows by each declared id; an id without rows of its own has those of the id that answers for it."""
        own: dict[str, list[Row]] = {}
        for row in self.rows:
            for feature in row.features:
                for id in self._expand(feature):
                    own.setdefault(id, []).append(row)
        return {id: tuple(own.get(id, own.get(stand_in(id), []))) for id in sorted(self._declared)}

    @cached_property
    def silent(self) -> frozenset[str]:
        """Ids of which nothing is ever to be told, whatever the conditions."""
        table = self.by_feature.items()
        return frozenset(id for id, rows in table if all(row.is_silent for row in rows))

    def on(self, id: str, profile: Profile) -> tuple[Row, ...]:
        """List the rows of an id that can hold on a profile, without what the profile settles."""
        found = (row.on(id, profile) for row in self.by_feature[id])
        return tuple(row for row in found if row is not None)

    def _expand(self, feature: str) -> Iterable[str]:
        if not feature.endswith(".*"):
            return (feature,)
        return tuple(id for id in self._declared if id.startswith(feature[:-1]))

    def answer(self, use: Use) -> Row:
        """Find the one row that holds; its absence is our bug (a test proves the table whole)."""
        (row,) = (row for row in self.by_feature[use.usage.feature] if row.holds(use))
        return row


def stand_in(id: str) -> str:
    """Name the id whose rows answer for one that has none: `routes.x` is x, `….except.y` is `….y`."""
    if id not in RELATIONS and id.startswith("routes."):
        return id.removeprefix("routes.")
    return id.replace(".except.", ".", 1)
