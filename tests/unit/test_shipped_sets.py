"""The sets that are shipped: what upstream's definitions come to, small, whole, and sound."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jsonschema_rs import meta

from meshgen import datafiles, schemafiles
from meshgen.backend import backends
from meshgen.crd import index
from meshgen.crd.importer import Origin, imported
from meshgen.crd.index import INDEX, Index
from meshgen.crd.sets import newest_gateway_api, own_sets, sets
from meshgen.crd.store import set_folders
from meshgen.diagnostics import Findings
from meshgen.inputs import read_inputs
from meshgen.profile import Channel, GatewayApi

ROOT = datafiles.schemas()
SETS = {
    folder.relative_to(ROOT).as_posix(): index.read((folder / INDEX).read_bytes())
    for folder in set_folders(ROOT)
}
PROJECTS = sorted({each.project for each in SETS.values()})
MOST_BYTES = 3_000_000
LONGEST_INDEX = 12_000
EXPECTED = [
    *("consul/1.8", "consul/1.9", "consul/2.0", "core/v1"),
    *(f"gateway-api/1.{minor}-{each}" for minor in range(1, 7) for each in ("experimental", "standard")),
    *("istio/1.28", "istio/1.29", "istio/1.30"),
    *("linkerd/2.18", "linkerd/2.19", "linkerd/2.20", "linkerd-smi/0.2"),
]


def test_every_version_that_a_profile_may_name_is_shipped() -> None:
    assert sorted(EXPECTED) == sorted(SETS)
    assert list(SETS) == [each.name for each in SETS.values()]


def test_every_built_in_profile_finds_its_sets() -> None:
    profiles = [profile for backend in backends() for profile in backend.profiles]
    found = {each.name: sets(ROOT, each.mesh, each.version, each.gateway_api) for each in profiles}

    assert [] == [
        folder for folders in found.values() for folder in folders if not (folder / INDEX).is_file()
    ]
    assert {"linkerd/2.20", "linkerd-smi/0.2", "core/v1", "gateway-api/1.5-standard"} == {
        folder.relative_to(ROOT).as_posix() for folder in found["linkerd-gateway"]
    }


def test_the_newest_gateway_api_is_found_by_number() -> None:
    assert [ROOT / "gateway-api/1.6-standard", ROOT / "gateway-api/1.6-experimental"] == list(
        newest_gateway_api(ROOT)
    )
    assert ROOT / "gateway-api/1.1-experimental" in sets(
        ROOT, "core", "v1", GatewayApi("1.1", Channel.EXPERIMENTAL)
    )


@pytest.mark.parametrize("name", SETS)
def test_a_shipped_set_is_whole_and_its_index_short(name: str) -> None:
    findings = Findings()

    assert [ROOT / name] == list(own_sets(ROOT / name, findings=findings))
    assert [] == list(findings)
    assert (ROOT / name / INDEX).stat().st_size < LONGEST_INDEX
    assert SETS[name].licence in ("Apache-2.0", "MPL-2.0")


@pytest.mark.parametrize("project", PROJECTS)
def test_every_shipped_schema_is_named_and_is_json_schema(project: str) -> None:
    shipped = {path.name: json.loads(path.read_bytes()) for path in (ROOT / project / "kinds").iterdir()}
    named = {
        file
        for each in SETS.values()
        if each.project == project
        for entry in each.entries
        for file in entry.served.values()
    }

    assert named == set(shipped)
    assert [] == [name for name, schema in shipped.items() if not meta.is_valid(schema)]  # as draft 2020-12


def test_what_is_under_another_licence_says_so() -> None:
    others = {each.project for each in SETS.values() if each.licence != "Apache-2.0"}

    assert others == {path.parent.name for path in ROOT.glob("*/NOTICE")}


def test_the_sets_are_small() -> None:
    sizes = {
        project: sum(path.stat().st_size for path in (ROOT / project).rglob("*") if path.is_file())
        for project in PROJECTS
    }

    assert sum(sizes.values()) < MOST_BYTES


@pytest.mark.parametrize("project", PROJECTS)
def test_what_is_shipped_is_what_an_import_of_upstream_writes(project: str, tmp_path: Path) -> None:
    for each in SETS.values():
        if each.project == project:
            findings = Findings()
            origin = Origin(project=project, version=each.version, licence=each.licence, beside=each.beside)
            found = imported(
                read_inputs([str(_upstream(each))], findings=findings), origin, findings=findings
            )
            assert found is not None, list(findings)
            schemafiles.keep(found, tmp_path, findings=findings)

    assert _tree(tmp_path / project) == _tree(ROOT / project)


def _upstream(each: Index) -> Path:
    if each.project == "core":
        return ROOT / "core" / "service.yaml"
    if "MESHGEN_SHARED" not in os.environ:
        pytest.skip("MESHGEN_SHARED does not name a folder with upstream's definitions")
    return Path(os.environ["MESHGEN_SHARED"], "crds", each.project, each.version.replace("-", "/"))


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.json")}
