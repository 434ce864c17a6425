"""What a cluster answers, and what that says: an object, a refusal of one, or why there is no answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from meshgen.diagnostics import Code, Diagnostic

NO_CLIENT = Code(
    number="MG760",
    slug="no-cluster-client",
    meaning="The Python package that speaks to clusters is not installed, so none can be asked.",
)
NO_ACCESS = Code(
    number="MG761",
    slug="no-cluster-access",
    meaning="No kubeconfig says how to reach a cluster, or what it says is of no use.",
)
UNREACHABLE = Code(
    number="MG762", slug="cluster-unreachable", meaning="There is no connection to the cluster."
)
UNAUTHENTICATED = Code(
    number="MG763",
    slug="cluster-unauthenticated",
    meaning="The cluster does not take the credentials: they are wrong, or they have expired.",
)
FORBIDDEN = Code(
    number="MG764", slug="cluster-forbidden", meaning="The credentials do not permit what was asked."
)
FAILED = Code(
    number="MG765",
    slug="cluster-failed",
    meaning="The cluster answers with a failure, or with what is no answer to what was asked.",
)
BROKEN_OFF = Code(
    number="MG766",
    slug="cluster-broke-off",
    meaning="An answer broke off or did not come in time; half an answer is none.",
)

# k8s.io/apimachinery pkg/util/managedfields/internal/structuredmerge.go, Apply
UNTYPED = ("failed to create typed patch object", "failed to convert new object")
NOT_FOUND = 404
_TOO_MANY, _BROKEN = 429, 500
_REFUSALS = (400, 403, 404, 409, 422)


class Unanswered(Exception):
    """A cluster that cannot be asked: the finding says why."""

    def __init__(self, code: Code, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.finding = Diagnostic(code=code, message=message, hint=hint, severity=code.severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An object as the cluster would have it."""

    body: Mapping[str, Any]
    warnings: tuple[str, ...] = ()  # what the cluster says beside it, such as that a version is deprecated


class Cause(NamedTuple):
    """One thing that is held against an object."""

    reason: str  # FieldValueInvalid, FieldManagerConflict, ...; empty where none is given
    field: str  # as the cluster spells it: spec.http[0].timeout; empty: none is named
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the cluster would not take an object."""

    status: int
    message: str
    causes: tuple[Cause, ...]


class Answer(NamedTuple):
    """A status and a body, whole, before anything is read in it."""

    status: int
    body: bytes
    retry_after: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_worth_asking_again(self) -> bool:
        """True where the cluster is too busy or broken, not where it has judged."""
        return self.status == _TOO_MANY or (self.status >= _BROKEN and not self.is_untyped)

    @property
    def is_untyped(self) -> bool:
        """True where an object does not have the fields of its kind, which answers 500."""
        return self.status == _BROKEN and said(self).startswith(UNTYPED)

    @property
    def is_refusal(self) -> bool:
        """True where an object was judged and not taken; False where it was not even looked at."""
        return self.is_untyped or (self.status in _REFUSALS and not self.is_of_the_account)

    @property
    def is_of_the_account(self) -> bool:
        """True where the account may not ask, False where what it asks for is refused.

        Admission answers 403 too (k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go).
        """
        return self.status == 403 and _ACCOUNT.search(said(self)) is not None


_ACCOUNT = re.compile(r'is forbidden: User "[^"]*" cannot [a-z]+ (resource|path) ')


def read(answer: Answer, where: str) -> Mapping[str, Any]:
    """Read an answer as an object; raises Unanswered."""
    try:
        found = json.loads(answer.body)
    except RecursionError as error:
        raise Unanswered(FAILED, f"{where}: the answer is nested too deep to be read") from error
    except ValueError as error:
        raise Unanswered(FAILED, f"{where}: the answer is no JSON: {sentence(error)}") from error
    if not isinstance(found, dict):
        raise Unanswered(FAILED, f"{where}: the answer is no object")
    return found


def refused(answer: Answer) -> Refusal:
    """Read what is held against an object: the causes of a Status, else its message as the one cause."""
    causes = tuple(_causes(answer)) or (Cause("", "", said(answer)),)
    return Refusal(status=answer.status, message=said(answer), causes=causes)


def _causes(answer: Answer) -> Iterator[Cause]:
    found = _status(answer).get("details")
    told = found.get("causes") if isinstance(found, dict) else None
    for each in told if isinstance(told, list) else ():
        if isinstance(each, dict):
            yield Cause(*(str(each.get(key) or "") for key in Cause._fields))


def said(answer: Answer) -> str:
    """Give the message of a Status, else the text of whoever stands before the cluster."""
    message = _status(answer).get("message")
    if isinstance(message, str):
        return message
    return answer.body.decode(errors="replace") or "it does not say why"


def _status(answer: Answer) -> Mapping[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def sentence(error: object) -> str:
    """Put what a library or a server says on one line, without its full stop."""
    return " ".join(str(error).split())[:300].rstrip(".")
