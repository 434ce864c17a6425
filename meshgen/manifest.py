"""What a backend plans for one object, and what a template made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

MANAGED_BY = "app.kubernetes.io/managed-by"
PART_OF = "app.kubernetes.io/part-of"

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """The `metadata` of an object to be written."""

    name: str
    namespace: str
    labels: Pairs = ()
    annotations: Pairs = ()

    @property
    def maps(self) -> tuple[tuple[str, Pairs], ...]:
        """Labels and annotations under the names of their fields; one without entries is not written."""
        fields = (("labels", self.labels), ("annotations", self.annotations))
        return tuple((field, pairs) for field, pairs in fields if len(pairs) > 0)


class Plan(Protocol):
    """One object as its backend decided it, down to names, order and units.

    `<kind>.yaml.j2`, the kind in lower case, gives it its shape and sees nothing else.
    """

    @property
    def api_version(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def meta(self) -> Meta: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An object as text, with what identifies it."""

    api_version: str
    kind: str
    namespace: str
    name: str
    text: str  # one YAML document without `---`

    @classmethod
    def of(cls, plan: Plan, text: str) -> Self:
        """Name the text that the template of `plan` wrote."""
        meta = plan.meta
        return cls(
            api_version=plan.api_version,
            kind=plan.kind,
            namespace=meta.namespace,
            name=meta.name,
            text=text,
        )

    @property
    def title(self) -> str:
        """Name the object for people."""
        return f"{self.kind} {self.namespace}/{self.name}"

    @property
    def file_name(self) -> str:
        """Name a file for this object alone: no part can hold `_`, and no device of Windows is so called."""
        return f"{self.namespace}_{self.kind.lower()}_{self.name}.yaml"
