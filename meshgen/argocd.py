"""What Argo CD tells a plugin: the parameters of an Application, and what its cluster serves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, takewhile
from typing import Any

from meshgen.diagnostics import Code, Diagnostic, Findings, Severity, near_miss
from meshgen.manifest import Manifest
from meshgen.scalars import Json

BAD_PARAMETER = Code(
    number="MG741",
    slug="bad-parameter",
    meaning="An Application of Argo CD has a parameter that nobody announced, or not as it was announced.",
)
UNSERVED_KIND = Code(
    number="MG742",
    slug="unserved-kind",
    meaning="The cluster that Argo CD writes to does not serve the kind of an object.",
    severity=Severity.WARNING,
)

_JSON = "ARGOCD_APP_PARAMETERS"
# JSON can spell them, and no file has such a name; \udc80 to \udcff are bytes that are no UTF-8 (PEP 383).
_UNREADABLE = re.compile("[\x00-\x1f\x7f\ud800-\udc7f\udd00-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter as the user interface of Argo CD shows it."""

    name: str
    title: str
    tooltip: str
    default: str | tuple[str, ...] = ""  # a tuple: the parameter is a list
    choices: tuple[str, ...] = ()  # all that it may be; empty: anything

    @property
    def is_list(self) -> bool:
        """True where it has any number of values."""
        return isinstance(self.default, tuple)

    @property
    def variable(self) -> str:
        """Spell the name as variables of the environment have it."""
        return self.name.upper().replace("-", "_")


_FLAG = ("true", "false")
PARAMETERS = (
    Parameter(name="mesh", title="Mesh", tooltip="A profile among the files, or a built-in one"),
    Parameter(
        name="set", title="Profile fields", tooltip="Fields to replace, such as version=1.29", default=()
    ),
    Parameter(
        name="intents",
        title="Files",
        tooltip="Files and folders below the path of the source",
        default=(".",),
    ),
    Parameter(
        name="partial",
        title="Partial",
        tooltip="Leave out what the mesh cannot carry, where that lets nothing more through",
        default="false",
        choices=_FLAG,
    ),
    Parameter(
        name="pin-defaults",
        title="Pin defaults",
        tooltip="Ask for nothing where nothing is written of timeout, retries or outlierDetection",
        default="false",
        choices=_FLAG,
    ),
    Parameter(
        name="fail-on",
        title="Fail on",
        tooltip="The least severity that fails; Argo CD shows no other",
        default=Severity.ERROR.value,
        choices=tuple(severity.value for severity in Severity),
    ),
)
_KNOWN = {parameter.name: parameter for parameter in PARAMETERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an Application asks for; its announced defaults stand in for what it leaves out."""

    mesh: str | None = None  # None: the only profile among the files
    settings: tuple[str, ...] = ()
    paths: tuple[str, ...] = (".",)
    is_partial: bool = False
    is_pinned: bool = False
    fail_on: Severity = Severity.ERROR


def read_request(environment: Mapping[str, str], *, findings: Findings) -> Request:
    """Read parameters: as JSON, else as PARAM_*, else as the variables that an Application sets itself.

    What is missing or empty is what was announced: argo-cd docs/operator-manual/config-management-plugins.md
    says that no default is ever sent. Reports MG741.
    """
    written = {**dict(_variables(environment)), **_parameters(environment.get(_JSON, ""), findings)}
    values = {name: values for name, values in written.items() if values}
    for name, each in values.items():
        _check(_KNOWN[name], each, findings)
    if findings.has_errors:
        return Request()
    one = {name: value for name, (value, *_) in values.items()}
    return Request(
        mesh=one.get("mesh"),
        settings=values.get("set", ()),
        paths=values.get("intents", (".",)),
        is_partial=one.get("partial") == "true",
        is_pinned=one.get("pin-defaults") == "true",
        fail_on=Severity(one.get("fail-on", "error")),
    )


def _variables(environment: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Find PARAM_MESH, PARAM_SET_0 and the like, and ARGOCD_ENV_MESH, in which a list has one a line."""
    for parameter in PARAMETERS:
        own = environment.get(f"ARGOCD_ENV_{parameter.variable}", "")
        name = f"PARAM_{parameter.variable}"
        if parameter.is_list:
            names = (f"{name}_{index}" for index in count())
            sent = tuple(environment[each] for each in takewhile(environment.__contains__, names))
            yield parameter.name, _filled(sent or own.splitlines())
        else:
            yield parameter.name, _filled([environment.get(name, own)])


def _filled(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value.strip() for value in values if value.strip())


def _parameters(text: str, findings: Findings) -> dict[str, tuple[str, ...]]:
    try:
        entries = json.loads(text or "[]")
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, list):
        findings.add(BAD_PARAMETER, f"{_JSON} is no list of parameters: {text[:40]!r}")
        return {}
    return {name: values for entry in entries for name, values in _read(entry, findings)}


def _read(entry: Any, findings: Findings) -> Iterator[tuple[str, tuple[str, ...]]]:
    match entry:
        case {"name": str(name)} if name not in _KNOWN:
            hint = near_miss(name, _KNOWN) or f"the parameters are {', '.join(_KNOWN)}"
            findings.add(BAD_PARAMETER, f"there is no parameter {name!r}", hint=hint)
        case {"name": str(name), "string": str(value)} if not _KNOWN[name].is_list:
            yield name, _filled([value])
        case {"name": str(name), "array": [*values]} if _KNOWN[name].is_list and _are_texts(values):
            yield name, _filled(values)
        case {"name": str(name)}:
            form = "an array" if _KNOWN[name].is_list else "a string"
            findings.add(BAD_PARAMETER, f"the parameter {name!r} is not {form}")
        case _:
            findings.add(BAD_PARAMETER, "a parameter has no name")


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _check(parameter: Parameter, values: Iterable[str], findings: Findings) -> None:
    for value in values:
        if _UNREADABLE.search(value):
            message = f"the parameter {parameter.name!r} holds what is no character of a text: {value!r}"
            findings.add(BAD_PARAMETER, message)
        if parameter.choices and value not in parameter.choices:
            choices = ", ".join(parameter.choices)
            message = f"the parameter {parameter.name!r} is {value!r}, not one of {choices}"
            findings.add(BAD_PARAMETER, message, hint=near_miss(value, parameter.choices) or None)


def announcement(profiles: Sequence[str]) -> list[Json]:
    """Announce the parameters; `profiles` are those among the files, of which a single one is the mesh."""
    mesh = profiles[0] if len(profiles) == 1 else ""
    announced = (replace(each, default=mesh) if each.name == "mesh" else each for each in PARAMETERS)
    return [_announced(parameter) for parameter in announced]


def _announced(parameter: Parameter) -> Json:
    kind = "array" if parameter.is_list else "string"
    return {
        "name": parameter.name,
        "title": parameter.title,
        "tooltip": parameter.tooltip,
        "required": parameter.default == "",
        "itemType": "boolean" if parameter.choices == _FLAG else "string",
        "collectionType": kind,
        kind: parameter.default,
    }


def unserved(manifests: Iterable[Manifest], environment: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Tell of each kind that the cluster lacks, MG742, where Argo CD says which it serves."""
    served = frozenset(environment.get("KUBE_API_VERSIONS", "").replace(" ", "").split(","))
    told: set[str] = set()
    for manifest in manifests if served != {""} else ():
        kind = f"{manifest.api_version}/{manifest.kind}"
        if kind not in served and kind not in told:
            told.add(kind)
            yield _unserved(manifest)


def _unserved(manifest: Manifest) -> Diagnostic:
    return Diagnostic(
        code=UNSERVED_KIND,
        message=f"{manifest.title}: the cluster serves no {manifest.kind} of {manifest.api_version}",
        severity=UNSERVED_KIND.severity,
        hint="install its definition before, or name the version of the mesh with the parameter set",
        source="argoproj/argo-cd docs/user-guide/build-environment.md",
    )
