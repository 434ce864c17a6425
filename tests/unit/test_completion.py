"""TAB offers what could come next, and imports nothing that it can do without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from meshgen.cli import COMMANDS

ROOT = Path(__file__).parents[2]
NAMED = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
# What reads YAML, writes templates or judges manifests has no part in a name.
DENIED = frozenset({"yaml", "jinja2", "jsonschema", "jsonschema_rs", "re2", "json", "meshgen.api"})


def tab(line: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """Press TAB at the end of a line, as bash does."""
    words = line.split(" ")
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_MESHGEN_COMPLETE": "bash_complete"}
    clean = {name: os.environ[name] for name in os.environ if not name.startswith(("PYTHON", "COVERAGE_"))}
    return subprocess.run(
        [sys.executable, *flags, "-c", "from meshgen.cli import main; main()"],
        cwd=ROOT,
        env=clean | asked,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("meshgen ", list(COMMANDS)),
        ("meshgen va", ["validate"]),
        ("meshgen ve", ["verify"]),
        ("meshgen t", ["test", "trace"]),
        ("meshgen verify --facet re", ["redirect", "retries", "rewrite"]),
        ("meshgen verify old --against ol", ["ol"]),
        ("meshgen trace GET http://cart/ -f int", ["int"]),
        ("meshgen test --manifests is", ["is"]),
        ("meshgen render -m li", ["linkerd", "linkerd-gateway"]),
        ("meshgen render -m ./pro", ["./pro"]),
        ("meshgen validate --mesh a", ["all"]),
        ("meshgen capabilities -m con", ["consul"]),
        ("meshgen profile show is", ["istio"]),
        ("meshgen explain MG10", [f"MG10{last}" for last in range(1, 10)]),
        ("meshgen explain mg101", ["MG101"]),
        ("meshgen explain split-s", ["split-sum"]),
        ("meshgen explain retries.b", ["retries.backoff.base", "retries.backoff.max"]),
        ("meshgen schema show MeshI", ["MeshIntent"]),
        ("meshgen schema show VirtualS", ["VirtualService"]),
        ("meshgen completion ", ["bash", "zsh", "fish"]),
        ("meshgen render intent", ["intent"]),
        ("meshgen init man", ["man"]),
        ("meshgen fmt --ch", ["--check"]),
    ],
)
def test_tab_offers_what_could_come_next(line: str, expected: list[str]) -> None:
    done = tab(line)

    assert (0, "") == (done.returncode, done.stderr)
    assert expected == re.findall(r"^[a-z]+,(.*)$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("line", ["meshgen ", "meshgen completion "])
def test_a_name_costs_no_import_of_what_it_names(line: str) -> None:
    done = tab(line, "-X", "importtime")
    imported = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, flags=re.MULTILINE))

    assert "meshgen.cli" in imported
    assert set() == imported & (DENIED | {"meshgen.cli.render", "meshgen.intent.model"})


@NAMED
def test_a_script_is_of_its_shell_and_asks_meshgen(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "meshgen", "completion", shell],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert f"_MESHGEN_COMPLETE={shell}_complete" in done.stdout


def test_bash_completes_by_the_script(tmp_path: Path) -> None:
    (tmp_path / "meshgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m meshgen "$@"\n')
    (tmp_path / "meshgen").chmod(0o755)
    lines = [
        "source <(meshgen completion bash)",
        "COMP_WORDS=(meshgen render -m linkerd-) COMP_CWORD=3",
        "_meshgen_completion meshgen linkerd- -m",
        'echo "${COMPREPLY[@]}"',
    ]
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)], env=env, check=True, capture_output=True, text=True
    )

    assert "linkerd-gateway\n" == done.stdout
