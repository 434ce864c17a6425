"""The action for GitHub, run as its runner does: what it tells, sums up and compares."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.kustomize import Done, run
from tests.packaging.servers import HOSTILE, ROOT
from tests.packaging.servers import clone as clone
from tests.packaging.servers import env as env


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a step of the action left behind."""

    done: Done
    summary: str
    outputs: str


def _steps() -> tuple[dict[str, Any], ...]:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return tuple(action["runs"]["steps"])


def _act(clone: Path, env: Mapping[str, str], **inputs: str) -> Run:
    """Run the step of the action as actions/runner does: bash, inputs by environment, files to append to."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    given = {name: each["default"] for name, each in action["inputs"].items()} | inputs
    temporary = clone.parent / "temporary"
    (temporary / "meshgen" / "bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(clone.parent / "bin" / "meshgen", temporary / "meshgen" / "bin")
    summary, outputs = temporary / "summary.md", temporary / "outputs"
    runner = {
        "RUNNER_TEMP": str(temporary),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(outputs),
    }
    step = _steps()[1]
    own = {key: _evaluated(value, given) for key, value in step["env"].items()}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    for file in (summary, outputs):
        file.write_text("")
    done = run(command, cwd=clone, env={**env, **runner, **own})
    told = re.sub(r"\d+ (classes of requests, each asked)", r"N \1", summary.read_text("utf-8"))
    return Run(done=done, summary=told, outputs=outputs.read_text("utf-8"))


def _evaluated(expression: str, inputs: Mapping[str, str]) -> str:
    name = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", expression)
    assert name is not None
    return inputs[name[1]]


def _outputs(changed: str) -> str:
    end = "meshgen-end-of-name"
    return f"changed={changed}\nsarif<<{end}\nmeshgen.sarif\n{end}\n"


def test_scripts_of_the_action_get_inputs_by_their_environment_alone() -> None:
    steps = _steps()

    assert [] == [step["name"] for step in steps if "${{" in step["run"] or step["shell"] != "bash"]
    assert [] == [
        key
        for step in steps
        for key, value in step["env"].items()
        if f"${{{{ inputs.{key.removeprefix('INPUT_').lower().replace('_', '-')} }}}}" != value
    ]


def test_one_run_annotates_writes_sarif_and_sums_up(clone: Path, env: Mapping[str, str]) -> None:
    intent = clone / "intent.yaml"
    text = intent.read_text("utf-8").replace("timeout: 5s", "timout: 5s")
    intent.write_text(text)
    line = text.partition("timout")[0].count("\n") + 1

    ran = _act(clone, env, files="intent.yaml", mesh="istio")
    sarif = json.loads((clone / "meshgen.sarif").read_text("utf-8"))

    told = (
        f"::error file=intent.yaml,line={line},col=7,endColumn=17,title=MG120 unknown-key"
        "::unknown key 'timout'%0Ahint: did you mean 'timeout'?\n"
    )
    assert (1, "", told) == (ran.done.code, ran.done.output, ran.done.errors)
    assert ["MG120"] == [found["ruleId"] for found in sarif["runs"][0]["results"]]
    assert _outputs("false") == ran.outputs
    assert (
        "**meshgen**: 1 error\n"
        "\n"
        "### Findings\n"
        "\n"
        "| severity | code | place | message |\n"
        "|---|---|---|---|\n"
        f"| error | MG120 unknown-key | intent.yaml:{line} | unknown key 'timout'"
        "<br>did you mean 'timeout'? |\n"
    ) == ran.summary


def test_manifests_that_are_out_of_step_are_told_as_changed_objects(
    clone: Path, env: Mapping[str, str]
) -> None:
    told = {
        "files": "intent.yaml\n  services.yaml\nworkloads.yaml\n",
        "mesh": "istio",
        "output-dir": "deploy",
    }
    render = ["meshgen", "render", ".", "-m", "istio", "-d", "deploy", "--kustomization", "-q"]
    written = run(render, cwd=clone, env=env)
    in_step = _act(clone, env, **told, kustomization="true")
    (clone / "deploy" / "bookinfo_peerauthentication_details.yaml").unlink()

    out_of_step = _act(clone, env, **told, kustomization="true")

    assert (0, 0, _outputs("false")) == (written.code, in_step.done.code, in_step.outputs)
    assert (1, _outputs("true")) == (out_of_step.done.code, out_of_step.outputs)
    assert "**meshgen**: 1 error" == out_of_step.summary.splitlines()[0].partition(",")[0]
    assert [
        "### Changed objects",
        "",
        "- deploy/bookinfo&#95;peerauthentication&#95;details.yaml is missing",
    ] == out_of_step.summary.splitlines()[2:5]


@pytest.fixture
def proposal(clone: Path, env: Mapping[str, str]) -> Path:
    """Make a repository with a branch `main`, and a change beside it that takes longer."""
    who = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    intent = clone / "intent.yaml"
    changed = intent.read_text("utf-8").replace("timeout: 5s", "timeout: 8s")
    _all(clone, env, ["git", "init", "--quiet", "--initial-branch=main"], ["git", "add", "."])
    _all(clone, env, [*who, "commit", "--quiet", "--message=old"], ["git", "switch", "--quiet", "-c", "new"])
    intent.write_text(changed)
    _all(
        clone,
        env,
        [*who, "commit", "--quiet", "--all", "--message=new"],
        ["git", "remote", "add", "origin", "."],
    )
    return clone


def _all(folder: Path, env: Mapping[str, str], *commands: list[str]) -> None:
    assert [] == [command for command in commands if run(command, cwd=folder, env=env).code != 0]


LONGER = "| may take longer | bookinfo/reviews | timeout | 5s | 8s |"
PLAIN = "GET /reviews from bookinfo/bookinfo-productpage to bookinfo/reviews:9080"
HEAD = """
### What the change does to requests

**different: N classes of requests, each asked**

| what | service | facet | before | after | requests | for example |
|---|---|---|---|---|---|---|
"""


@pytest.mark.parametrize(
    ("files", "mesh", "told"),
    [
        pytest.param(
            "intent.yaml\n  services.yaml\nworkloads.yaml",
            "istio",
            f"{HEAD}{LONGER} 4 | {PLAIN} |\n{LONGER} 2 | {PLAIN} with end-user: jason |\n",
            id="named files on a mesh",
        ),
        pytest.param(".", "all", f"{HEAD}{LONGER} 6 | {PLAIN} |\n", id="by itself"),
    ],
)
def test_a_summary_tells_what_a_change_does_to_requests(
    files: str, mesh: str, told: str, proposal: Path, env: Mapping[str, str]
) -> None:
    ran = _act(proposal, env, files=files, mesh=mesh, base="main")

    assert (0, told) == (ran.done.code, ran.summary[ran.summary.index("\n### What the change") :])


def test_a_pull_request_is_compared_with_its_own_base(proposal: Path, env: Mapping[str, str]) -> None:
    ran = _act(proposal, {**env, "GITHUB_BASE_REF": "main"}, files=".", mesh="all")

    assert ran.summary.endswith(f"{HEAD}{LONGER} 6 | {PLAIN} |\n")


def test_what_cannot_be_compared_fails_no_step(proposal: Path, env: Mapping[str, str]) -> None:
    ran = _act(proposal, env, files="intent.yaml", mesh="istio", base="nowhere")

    assert 0 == ran.done.code
    assert ran.summary.endswith(
        "\n### What the change does to requests\n\nIt could not be compared; the log says why.\n"
    )


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize(
    "name", ["base", "files", "mesh", "set", "output-dir", "kustomization", "fail-on", "sarif"]
)
def test_no_input_is_more_than_a_word(name: str, word: str, clone: Path, env: Mapping[str, str]) -> None:
    before = {path.name for path in clone.parent.rglob("*")}
    sound = {"files": "intent.yaml", "mesh": "istio"}

    ran = _act(clone, env, **{**sound, name: word})
    made = {path.name for path in clone.parent.rglob("*")} - before

    assert ran.done.code in (0, 1, 2)
    assert "pwned" not in made
    assert 4 == len(ran.outputs.splitlines())
    assert "" == ran.done.output
    assert [] == [line for line in ran.done.errors.splitlines() if line.startswith("::stop")]


def test_an_input_of_several_lines_is_no_further_output(clone: Path, env: Mapping[str, str]) -> None:
    ran = _act(clone, env, mesh="istio", sarif="a.sarif\nmeshgen-end-of-name\nchanged=pwned")

    assert ["changed=false", "sarif<<meshgen-end-of-name"] == ran.outputs.splitlines()[:2]
    assert 4 == len(ran.outputs.splitlines())


def test_the_action_installs_itself_into_a_folder_of_the_run(tmp_path: Path, env: Mapping[str, str]) -> None:
    python = tmp_path / "bin" / "python3"
    python.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$0" "$@" >>"$LOG"\nmkdir -p "$3/bin" && cp "$0" "$3/bin/python"\n'
    )
    python.chmod(0o755)
    step = _steps()[0]
    runner = {"RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": "/action", "LOG": str(tmp_path / "log")}

    done = run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={**env, **runner, "INPUT_PYTHON": "python3"},
    )
    log = (tmp_path / "log").read_text().splitlines()

    folder = f"{tmp_path}/meshgen"
    assert 0 == done.code
    assert [str(python), "-m", "venv", folder] == log[:4]
    assert [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "/action"] == log[4:]
