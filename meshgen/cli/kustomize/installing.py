"""`meshgen kustomize install-plugin`: launchers where kustomize and kubectl look for exec plugins."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from meshgen import folder
from meshgen.cli.help import Verbatim
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.diagnostics import Findings
from meshgen.intent.load import API_VERSION
from meshgen.krm.order import KINDS

_MARK = "# Written by meshgen kustomize install-plugin."


@click.command("install-plugin", cls=Verbatim)
@telling_options
def command(*, telling: Telling) -> int:
    """Put launchers where kustomize and kubectl look for exec plugins.

    That is the first folder that exists of $KUSTOMIZE_PLUGIN_HOME,
    $XDG_CONFIG_HOME/kustomize/plugin, ~/.config/kustomize/plugin and
    ~/kustomize/plugin; where none does, the first that the environment names is made.
    A launcher runs the meshgen that wrote it. What lies there already and was not
    written by meshgen stays. The paths go to stdout.

    For example:
      meshgen kustomize install-plugin
      KUSTOMIZE_PLUGIN_HOME=$PWD/.plugins meshgen kustomize install-plugin

    Exit codes:
      0  done
      1  something is in the way
      2  the command line is wrong
      3  a bug of meshgen
    """
    findings = Findings()
    home = plugin_home(os.environ, Path(os.path.expanduser("~")))
    files = [home / API_VERSION / kind.lower() / kind for kind in KINDS]
    foreign = [file for file in files if os.path.lexists(file) and not _is_ours(file)]
    for file in foreign:
        message = f"{file.as_posix()} was not written by meshgen, so it stays"
        findings.add(folder.FOREIGN_FILE, message, hint="move it away")
    written = () if foreign else tuple(_written(files, findings))
    is_read = write_out("".join(f"{file.as_posix()}\n" for file in written), findings)
    telling.tell(findings, summary=f"{len(written)} launchers")
    return int(telling.fails(findings)) if is_read else BROKEN_PIPE


def plugin_home(environment: Mapping[str, str], user: Path) -> Path:
    """Find the folder of plugins as kustomize does; the first that could be where none is there."""
    # kustomize api/konfig/plugins.go: the first of the four that exists
    named = [
        Path(environment["KUSTOMIZE_PLUGIN_HOME"]) if environment.get("KUSTOMIZE_PLUGIN_HOME") else None,
        _below(Path(environment["XDG_CONFIG_HOME"])) if environment.get("XDG_CONFIG_HOME") else None,
        _below(user / ".config"),
        _below(user),
    ]
    homes = [home for home in named if home is not None]
    return next(filter(Path.is_dir, homes), homes[0])


def _below(path: Path) -> Path:
    return path / "kustomize" / "plugin"


def launcher(python: str) -> str:
    """Write the script that runs meshgen; the folder it is run in is nobody that Python may import from."""
    return f'#!/bin/sh\n{_MARK}\nexec {shlex.quote(python)} -P -m meshgen kustomize plugin "$@"\n'


def _is_ours(file: Path) -> bool:
    return file.is_file() and not file.is_symlink() and _MARK.encode() in file.read_bytes()[:4096]


def _written(files: list[Path], findings: Findings) -> Iterator[Path]:
    for file in files:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(launcher(sys.executable), encoding="utf-8")
            file.chmod(0o755)
        except OSError as error:
            message = f"{file.as_posix()} cannot be written: {error.strerror}"
            findings.add(folder.UNWRITABLE, message)
            continue
        yield file
