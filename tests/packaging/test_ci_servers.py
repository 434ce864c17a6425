"""CI servers: our files by their schemas, and what they run by stand-ins that give it hostile words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.kustomize import Done, run
from tests.packaging.servers import ROOT
from tests.packaging.servers import clone as clone
from tests.packaging.servers import env as env

TEMPLATE = ROOT / "integrations" / "gitlab" / "meshgen.gitlab-ci.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


@pytest.mark.parametrize(
    "arguments",
    [
        ["check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"],
        ["check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(TEMPLATE)],
        ["pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"],
    ],
    ids=["GitHub", "GitLab", "pre-commit"],
)
def test_a_file_is_what_its_server_reads(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, check=False)

    assert 0 == done.returncode, done.stdout


@pytest.mark.parametrize(
    ("page", "arguments"),
    [
        ("github", ["check_jsonschema", "--builtin-schema", "vendor.github-workflows"]),
        ("gitlab", ["check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"]),
        ("pre-commit", ["pre_commit", "validate-config"]),
    ],
)
def test_what_a_page_shows_first_is_what_its_server_reads(
    page: str, arguments: list[str], tmp_path: Path
) -> None:
    text = (ROOT / "integrations" / page / "README.md").read_text("utf-8")
    first, *_ = re.findall(r"^```yaml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "shown.yaml").write_text(first)
    words = [sys.executable, "-m", *arguments, "shown.yaml"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)

    assert 0 == done.returncode, done.stdout


@pytest.fixture
def repository(clone: Path, env: Mapping[str, str]) -> Path:
    """Make a git repository whose hooks are ours, from this machine: nothing is installed."""
    hooks = yaml.safe_load(HOOKS.read_text("utf-8"))
    given = {"meshgen-render-check": ["intent.yaml", "--mesh=istio", "--output-dir=deploy"]}
    local = [{**hook, "language": "system", "args": given.get(hook["id"], [])} for hook in hooks]
    config = {"repos": [{"repo": "local", "hooks": local}]}
    (clone / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    for command in (
        ["meshgen", "render", *given["meshgen-render-check"], "-q"],
        ["git", "init", "--quiet"],
        ["git", "add", "."],
    ):
        assert 0 == run(command, cwd=clone, env=env).code
    return clone


def _hooks(repository: Path, env: Mapping[str, str]) -> Done:
    home = {"PRE_COMMIT_HOME": str(repository.parent / "pre-commit"), "PRE_COMMIT_COLOR": "never"}
    words = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    return run(words, cwd=repository, env={**env, **home})


def test_hooks_pass_and_are_quiet(repository: Path, env: Mapping[str, str]) -> None:
    done = _hooks(repository, env)

    assert (0, ["meshgen validate", "meshgen render --check"], 2) == (
        done.code,
        re.findall(r"^(meshgen .*?)\.{3,}Passed$", done.output, flags=re.MULTILINE),
        len(done.output.splitlines()),
    )


def test_hooks_fail_with_what_is_wrong(repository: Path, env: Mapping[str, str]) -> None:
    (repository / "deploy" / "bookinfo_peerauthentication_details.yaml").write_text(
        "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: x}\nspec: {mtl: {}}\n"
    )

    done = _hooks(repository, env)

    assert 1 == done.code
    assert ["MG402", "MG705"] == sorted(set(re.findall(r"error\[(MG\d+)", done.output)))


def _job(name: str) -> dict[str, Any]:
    """Read a job as GitLab does: what it extends, and its own keys over that."""
    jobs = yaml.safe_load(TEMPLATE.read_text("utf-8"))
    own: dict[str, Any] = jobs[name]
    return {**jobs[own["extends"]], **own}


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("meshgen-validate", {"MESHGEN_OPTIONS": "-m istio"}),
        ("meshgen-check", {"MESHGEN_OPTIONS": "-m istio", "MESHGEN_OUTPUT_DIR": "deploy"}),
    ],
)
def test_a_job_of_gitlab_writes_the_reports_that_it_names(
    name: str, variables: Mapping[str, str], clone: Path, env: Mapping[str, str]
) -> None:
    job = _job(name)
    render = run(["meshgen", "render", ".", "-m", "istio", "-d", "deploy", "-q"], cwd=clone, env=env)

    done = run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])], cwd=clone, env={**env, **variables}
    )
    reports = job["artifacts"]["reports"]

    assert (0, 0, "") == (render.code, done.code, done.output)
    assert isinstance(json.loads((clone / reports["codequality"]).read_text("utf-8")), list)
    assert (clone / reports["junit"]).read_text("utf-8").startswith("<?xml ")
