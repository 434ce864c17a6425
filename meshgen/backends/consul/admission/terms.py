"""The words that the rules of Consul's kinds are made of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_enterprise
from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.grammar import duration_ns, is_ip
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path

DURATION = Code(
    number="MG482",
    slug="consul-duration",
    meaning="Consul reads durations as Go does, and refuses an object with one that it cannot read.",
)
EDITION = Code(
    number="MG495",
    slug="consul-edition",
    meaning="Namespaces, partitions, sameness groups and rate limits are of Consul's enterprise edition.",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """On which code and upstream file some complaints rest."""

    code: Code
    source: str

    def against(
        self, path: Path, message: str, hint: str | None = None, severity: Severity | None = None
    ) -> Complaint:
        """Complain of what stands at a path."""
        return Complaint(
            code=self.code, path=path, message=message, hint=hint, source=self.source, severity=severity
        )


def webhook(kind: str) -> str:
    """Name the file of consul-k8s that judges a kind."""
    return f"hashicorp/consul-k8s control-plane/api/v1alpha1/{kind}_types.go"


def server(file: str) -> str:
    """Name a file of Consul's server that judges config entries."""
    return f"hashicorp/consul agent/structs/{file}.go"


def unknown(ground: Ground, part: Part, key: str, known: Iterable[str]) -> Iterator[Complaint]:
    """Ask for one of some words, or none."""
    if part.text(key):
        yield from unknown_word(ground, part.at(key), part.text(key), key, known)


def unknown_word(
    ground: Ground, path: Path, word: str, what: str, known: Iterable[str]
) -> Iterator[Complaint]:
    """Ask for one of some words, and say what the other one is not."""
    words = tuple(known)
    if word not in words:
        hint = near_miss(word, words) or f"write {listed(words, 'or')}"
        yield ground.against(path, f"{word!r} is no {what}", hint)


def listed(words: Iterable[str], joint: str) -> str:
    """Write words as a sentence lists them: `a, b or c`."""
    *before, last = words
    return f"{', '.join(before)} {joint} {last}" if before else last


def at_most_one(ground: Ground, part: Part, keys: Iterable[str]) -> Iterator[Complaint]:
    """Ask for one of some members, or none."""
    said = part.said(keys)
    if len(said) > 1:
        yield ground.against(
            part.path, f"{listed(said, 'and')} are written together", f"keep {said[0]} alone"
        )


def exactly_one(ground: Ground, part: Part, keys: tuple[str, ...]) -> Iterator[Complaint]:
    """Ask for one of some members."""
    if not part.said(keys):
        yield ground.against(
            part.path, f"none of {listed(keys, 'and')} is written", f"write one of {', '.join(keys)}"
        )
    yield from at_most_one(ground, part, keys)


def apart(ground: Ground, part: Part, key: str, others: Iterable[str]) -> Iterator[Complaint]:
    """Refuse members beside another one."""
    if part.said((key,)):
        for other in part.said(others):
            yield ground.against(part.at(other), f"{other} and {key} exclude each other", "keep one of them")


def required(ground: Ground, part: Part, key: str) -> Iterator[Complaint]:
    """Ask for a string that is not empty."""
    if not part.text(key):
        yield ground.against(part.at(key), f"{key} is empty", f"write {key}")


def not_negative(ground: Ground, part: Part, keys: Iterable[str]) -> Iterator[Complaint]:
    """Ask for numbers of 0 or more."""
    for key in keys:
        if part.number(key) < 0:
            yield ground.against(part.at(key), f"{part.number(key)} is below 0", "write 0 or more")


def unsigned(ground: Ground, part: Part, keys: Iterable[str]) -> Iterator[Complaint]:
    """Ask for numbers that Go's decoder puts into 32 bits without a sign."""
    for key in keys:
        if not 0 <= part.number(key) < 2**32:
            yield ground.against(
                part.at(key), f"{part.number(key)} is below 0 or over 4294967295", "write 0 or more"
            )


def duration(source: str, part: Part, key: str, *, may_be_negative: bool = False) -> Iterator[Complaint]:
    """Ask for a duration that Go reads, where one is written; an empty text is no duration."""
    # kubernetes/apimachinery pkg/apis/meta/v1/duration.go: whatever is written is parsed
    if not part.has(key):
        return
    text, ground = part.text(key), Ground(DURATION, source)
    length = duration_ns(text)
    if length is None:
        yield ground.against(
            part.at(key), f"{text!r} is no duration", "write one such as 500ms, 1.5s or 1m30s"
        )
    elif length < 0 and not may_be_negative:
        yield ground.against(part.at(key), f"{text!r} is below 0", "write 0s or more")


def twice(ground: Ground, entries: Iterable[tuple[Path, Hashable, str]]) -> Iterator[Complaint]:
    """Refuse each entry that has come before; an entry is its path, what it is and how it is called."""
    seen: set[Hashable] = set()
    for path, what, called in entries:
        if what in seen:
            yield ground.against(path, f"{called} stands twice", "keep one of them")
        seen.add(what)


def enterprise(source: str, part: Part, keys: Iterable[str], profile: Profile) -> Iterator[Complaint]:
    """Refuse what the community edition does not know."""
    if not is_enterprise(profile):
        for key in part.said(keys):
            yield of_enterprise(source, part.at(key), key)


def of_enterprise(source: str, path: Path, what: str) -> Complaint:
    """Refuse one thing that the community edition does not know."""
    return Ground(EDITION, source).against(
        path, f"{what} is of the enterprise edition", "drop it, or pass --set edition=enterprise"
    )


def is_host(text: str) -> bool:
    """Tell an address that Consul takes for one or for a domain's name."""
    # miekg/dns defaults.go IsDomainName: any characters, in labels of 1 to 63
    labels = text.removesuffix(".").split(".")
    is_name = len(text) <= 254 and all(1 <= len(label) <= 63 for label in labels)
    return is_ip(text) or (is_name and "*" not in text)
