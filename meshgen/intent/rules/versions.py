"""Versions: pods told apart, each with a Service name that is its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, Span
from meshgen.intent.model import Version
from meshgen.intent.resolved import ServiceKey
from meshgen.intent.rules.subjects import Scene, Subject

LABELS_CONTRADICT = Code(
    number="MG222",
    slug="labels-contradict-selector",
    meaning="The labels of a version contradict the service's selector, so it has no pods.",
)
POD_OF_TWO_VERSIONS = Code(
    number="MG223",
    slug="pod-of-two-versions",
    meaning="Every pod of one version is a pod of another, so shares between them mean nothing.",
)
SERVICE_NAME_TAKEN = Code(
    number="MG224",
    slug="service-name-taken",
    meaning="The Service of a version has the name of another Service.",
)
SERVICE_NAME_REFUSED = Code(
    number="MG225",
    slug="service-name-refused",
    meaning="The Service of a version has a name that Kubernetes does not accept.",
)

# kubernetes/kubernetes pkg/apis/core/validation/validation.go: a Service's name is a DNS label of RFC 1035
_LONGEST = 63


class _Named(NamedTuple):
    """The Service of a version."""

    subject: Subject
    version: str
    service: str

    @property
    def field(self) -> str:
        return f"{self.subject.field}.versions.{self.version}"

    @property
    def span(self) -> Span | None:
        versions = self.subject.service.versions or {}
        return versions[self.version].span("service")


def check(scene: Scene, findings: Findings) -> None:
    """Report MG222 to MG225."""
    for subject in scene.subjects.values():
        versions = subject.service.versions
        if versions is not None:
            selector = scene.selector(subject)
            _check_labels(subject, selector, findings)
            _check_apart(subject, selector, findings)
    _check_names(scene, findings)


def _labels(name: str, version: Version) -> Mapping[str, str]:
    if version.labels is not None:
        return version.labels
    return {} if version.create_service is False else {"version": name}


def _check_labels(subject: Subject, selector: Mapping[str, str], findings: Findings) -> None:
    for name, version in (subject.service.versions or {}).items():
        for key, value in {} if version.selector is not None else _labels(name, version).items():
            if selector.get(key, value) != value:
                field = f"{subject.field}.versions.{name}.labels.{key}"
                findings.add(
                    LABELS_CONTRADICT,
                    f"{field} is {value!r}, and the selector of {subject.key} asks for {selector[key]!r}",
                    span=version.span("labels", key),
                    field=field,
                    hint=f"choose a label other than {key}, or write the version's own selector",
                )


def _check_apart(subject: Subject, selector: Mapping[str, str], findings: Findings) -> None:
    pods: dict[str, frozenset[tuple[str, str]]] = {}
    for name, version in (subject.service.versions or {}).items():
        labels = version.selector or {**selector, **_labels(name, version)}
        if version.selector is not None or _labels(name, version):
            pods[name] = frozenset(labels.items())
    for one, other in combinations(pods, 2):
        if pods[one] <= pods[other] or pods[other] <= pods[one]:
            is_same = pods[one] == pods[other]
            versions = subject.service.versions or {}
            there = versions[one].span()
            findings.add(
                POD_OF_TWO_VERSIONS,
                f"versions {one} and {other} of {subject.key} have "
                + ("the same labels" if is_same else "labels of which one's are all among the other's"),
                span=versions[other].span(),
                field=f"{subject.field}.versions.{other}",
                hint="give each version a label with a value of its own",
                related=() if there is None else ((f"version {one}", there),),
            )


def _check_names(scene: Scene, findings: Findings) -> None:
    first: dict[ServiceKey, _Named] = {}
    for named in _services(scene):
        _check_name(named, findings)
        key = ServiceKey(named.subject.key.namespace, named.service)
        other = first.setdefault(key, named)
        taken_by = scene.subjects[key].span if key in scene.subjects else None
        if key in scene.subjects or other is not named:
            there = other.span if taken_by is None else taken_by
            findings.add(
                SERVICE_NAME_TAKEN,
                f"the Service of {named.field} is called {named.service!r}, and so is another one",
                span=named.span,
                field=named.field,
                hint=f"write a name that is free: {named.version}: {{service: name}}",
                related=() if there is None else (("the other one", there),),
            )


def _check_name(named: _Named, findings: Findings) -> None:
    is_long = len(named.service) > _LONGEST
    if is_long or not named.service[0].isalpha():
        why = f"{len(named.service)} characters where {_LONGEST} are allowed"
        findings.add(
            SERVICE_NAME_REFUSED,
            f"the Service of {named.field} would be called {named.service!r}, "
            + (why if is_long else "which does not begin with a letter"),
            span=named.span,
            field=named.field,
            hint=f"write {'a shorter' if is_long else 'another'} name: {named.version}: {{service: name}}",
        )


def _services(scene: Scene) -> Iterator[_Named]:
    for subject in scene.subjects.values():
        for name, version in (subject.service.versions or {}).items():
            yield _Named(subject, name, version.service or f"{subject.key.name}-{name}")
