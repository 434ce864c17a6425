"""The two verdicts on a route: refused or breaking traffic, and accepted but read past."""

from __future__ import annotations

from meshgen.diagnostics import Code, Severity
from meshgen.resources import Complaint, Path

ROUTE = Code(
    number="MG469",
    slug="linkerd-route",
    meaning="Linkerd's webhook refuses this route, or requests by it fail.",
)
UNREAD = Code(
    number="MG470",
    slug="linkerd-unread-route",
    meaning="Linkerd accepts this route and does not do what it says.",
    severity=Severity.WARNING,
)


def refused(path: Path, message: str, hint: str, source: str) -> Complaint:
    """Complain of what is refused, or makes requests fail."""
    return Complaint(code=ROUTE, path=path, message=message, hint=hint, source=source)


def ignored(path: Path, message: str, hint: str, source: str) -> Complaint:
    """Complain of what is accepted and does nothing."""
    return Complaint(code=UNREAD, path=path, message=message, hint=hint, source=source)
