"""The smallest ClusterRole of each feature that asks a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from meshgen.backend import backends
from meshgen.cluster import CONFIG_MAPS, DEFINITIONS, DEPLOYMENTS, Kind
from meshgen.labelled import emitted
from meshgen.scalars import Json
from meshgen.surroundings import KINDS

_Rule = Mapping[str, Json]
_TRYING = ("create", "patch")  # a dry run needs what applying would


def roles() -> tuple[Mapping[str, Json], ...]:
    """Give a role for each feature, with every verb on every kind that it asks for."""
    maps = sorted({name for backend in backends() for name in backend.detection.config_maps})
    definitions = _rules([DEFINITIONS], "list")
    config = ({**rule, "resourceNames": maps} for rule in _rules([CONFIG_MAPS], "get"))
    return (
        _role("meshgen-schema-pull", definitions),
        _role("meshgen-profile-detect", [*definitions, *_rules([DEPLOYMENTS], "list"), *config]),
        _role("meshgen-render-live", _rules(KINDS.values(), "list")),
        _role("meshgen-validate-live", _rules(_emitted(), *_TRYING)),
        _role(
            "meshgen-diff-live",
            [*_rules(KINDS.values(), "list"), *_rules(_emitted(), "list", "get", *_TRYING)],
        ),
    )


def _emitted() -> set[Kind]:
    """List what meshes are told by, in no version: roles know none."""
    entries = (entry for backend in backends() for entry in emitted(backend))
    return {Kind(entry.group, "", entry.plural) for entry in entries}


def _rules(kinds: Iterable[Kind], *verbs: str) -> list[_Rule]:
    """Give the rule of each API group."""
    by_group = groupby(sorted(kinds), key=lambda kind: kind.group)
    return [
        {"apiGroups": [group], "resources": sorted({kind.plural for kind in several}), "verbs": list(verbs)}
        for group, several in by_group
    ]


def _role(name: str, rules: Sequence[_Rule]) -> Mapping[str, Json]:
    head: dict[str, Json] = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
    return {**head, "metadata": {"name": name}, "rules": rules}
