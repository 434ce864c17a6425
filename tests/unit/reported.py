"""Findings that every form of a report must cope with."""

from __future__ import annotations

from meshgen.diagnostics import Code, Diagnostic, Severity, Span

SUM = Code(number="MG202", slug="split-sum", meaning="Shares do not sum to 100.")
CARRIED = Code(number="MG302", slug="approximated-feature", meaning="Nearly.", severity=Severity.WARNING)

ERROR = Diagnostic(
    code=SUM,
    message="the shares of split sum to 90, not 100",
    span=Span("shop.yaml", 3, 3),
    severity=Severity.ERROR,
    field="spec.services.reviews.split",
    hint="give what is missing to one version",
    related=(("the versions [v1]", Span("shop.yaml", 2, 1)),),
)
WARNING = Diagnostic(
    code=CARRIED,
    message="carried nearly",
    span=Span("shop.yaml", 1, 1),
    severity=Severity.WARNING,
    feature="retries.retryOn.reset",
    mesh="istio",
    source="istio/istio pilot/retry.go",
)
NOWHERE = Diagnostic(code=SUM, message="there is no file 'x'", severity=Severity.NOTE)

SHOP = "reviews:\n  versions: {v1: {}}\n  split: {v1: 90}  \n"
