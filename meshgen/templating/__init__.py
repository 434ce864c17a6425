"""Templates that only shape what a plan decided: one variable, whole scalars, no filters."""

from __future__ import annotations

import contextlib
import functools
import os
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2

from meshgen import __version__
from meshgen.datafiles import templates
from meshgen.manifest import Plan
from meshgen.scalars import Json, scalar


def renderer(
    mesh: str, *, folders: Sequence[Path] = (), shadows: Sequence[Path] = ()
) -> Callable[[Plan], str]:
    """Make the function that writes the plans of one mesh.

    A template, `<kind>.yaml.j2`, is looked for in `folders` before our own, and in each of them below
    `<mesh>/` before the folder itself. `shadows` come first of all; what lies there is a user's and not
    trusted: what is wrong with it raises `BadTemplate`.
    """
    own = jinja2.FileSystemLoader(
        [place for root in (*folders, templates()) for place in (root / mesh, root)]
    )
    if shadows:
        from meshgen.templating.shadows import shadowing

        return shadowing(shadows, mesh, own)
    environment = configured(_Environment(loader=own, bytecode_cache=_bytecode_cache()))

    def render(plan: Plan) -> str:
        return environment.get_template(file_of(plan)).render(plan=plan)

    return render


def file_of(plan: Plan) -> str:
    """Name the template of a plan."""
    return f"{plan.kind.lower()}.yaml.j2"


def configured(environment: jinja2.Environment) -> jinja2.Environment:
    """Give a fresh environment what the language of templates has, and nothing else."""
    environment.finalize = _finalize()
    environment.undefined = jinja2.StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.keep_trailing_newline = True
    environment.auto_reload = False
    environment.globals = {}
    environment.filters = {}
    environment.tests = {"none": environment.tests["none"]}
    return environment


class _Environment(jinja2.Environment):
    """Reads attributes alone; Jinja's own goes on to items, then to an undefined that just `is not none`."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return getattr(obj, attribute)


def _finalize() -> Callable[[Json], str]:
    """Apply the scalar rule to each `{{ }}`; the strings of a render come back many times."""
    string = functools.cache(scalar)  # of strings alone: 1, 1.0 and True are one key

    def write(value: Json) -> str:
        return string(value) if type(value) is str else scalar(value)

    return write


def _bytecode_cache() -> jinja2.BytecodeCache | None:
    """Keep compiled templates where nobody but the user can plant code; None: compile them each time."""
    homes = (os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser("~/.cache"))
    home = next(filter(os.path.isabs, homes), None)  # a relative one is to be ignored, says the XDG standard
    if home is None or sys.platform == "win32":  # where the mode does not tell who may write
        return None
    folder = Path(home, "meshgen", "templates")
    try:
        is_private = _make_private(folder.parent) and _make_private(folder)
    except OSError:
        return None
    return _BytecodeCache(str(folder), f"{__version__}-%s.cache") if is_private else None


def _make_private(folder: Path) -> bool:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and found.st_mode & 0o077 == 0


class _BytecodeCache(jinja2.FileSystemBytecodeCache):
    """A cache that may be full, read-only or gone."""

    def dump_bytecode(self, bucket: Any) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)
