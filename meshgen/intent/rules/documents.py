"""Documents of a set: each asks for something, and none contradicts another about a whole namespace."""

from __future__ import annotations

from meshgen.diagnostics import Code, Findings, Span
from meshgen.intent.model import MeshIntent
from meshgen.intent.rules.subjects import Scene

NOTHING_ASKED = Code(
    number="MG200",
    slug="nothing-asked",
    meaning="An intent lists no services and extends nothing to its namespace, so it asks for nothing.",
)
SCOPE_CONFLICT = Code(
    number="MG206",
    slug="scope-conflict",
    meaning="Two documents extend different modes or defaults to every pod of one namespace.",
)
SCOPE_WITHOUT_DEFAULT = Code(
    number="MG207",
    slug="scope-without-default",
    meaning="A scope stands beside rules alone; it extends a default, and there is none.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG200, MG206 and MG207."""
    first: dict[tuple[str, str], tuple[object, Span | None]] = {}
    for intent in scene.intents:
        _check_asks(intent, findings)
        _check_default(intent, findings)
        for key, field, value, span in _wide(intent):
            there = first.setdefault((intent.metadata.namespace, key), (value, span))
            if there[0] is not value:
                findings.add(
                    SCOPE_CONFLICT,
                    f"{field} is {_word(value)} for every pod of {intent.metadata.namespace}, "
                    f"and another document says {_word(there[0])}",
                    span=span,
                    field=field,
                    hint=f"write {_word(there[0])} here too, or leave scope out of one of them",
                    related=() if there[1] is None else (("the other one", there[1]),),
                )


def _check_asks(intent: MeshIntent, findings: Findings) -> None:
    spec = intent.spec
    scopes = [part.scope for part in (spec.mtls, spec.authorization) if part is not None]
    if not spec.services and not any(scope is not None for scope in scopes):
        findings.add(
            NOTHING_ASKED,
            f"the intent {intent.metadata.name!r} lists no services",
            span=spec.span(),
            field="spec",
            hint="list services, or write scope: namespace beside mtls.mode or authorization.default",
        )


def _check_default(intent: MeshIntent, findings: Findings) -> None:
    authorization = intent.spec.authorization
    if authorization is not None and authorization.scope is not None and authorization.default is None:
        findings.add(
            SCOPE_WITHOUT_DEFAULT,
            "spec.authorization.scope extends a default, and none is written",
            span=authorization.span("scope"),
            field="spec.authorization.scope",
            hint="add default: deny beside it",
        )


def _wide(intent: MeshIntent) -> tuple[tuple[str, str, object, Span | None], ...]:
    mtls, authorization = intent.spec.mtls, intent.spec.authorization
    found: list[tuple[str, str, object, Span | None]] = []
    if mtls is not None and mtls.scope is not None:
        found.append(("mtls", "spec.mtls.mode", mtls.mode, mtls.span("mode")))
    if authorization is not None and authorization.scope is not None and authorization.default is not None:
        span = authorization.span("default")
        found.append(("authorization", "spec.authorization.default", authorization.default, span))
    return tuple(found)


def _word(value: object) -> str:
    return str(getattr(value, "value", value))
