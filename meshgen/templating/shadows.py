"""Templates of users in place of ours: of the same language, in a sandbox, and bounded."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from meshgen.diagnostics import Span
from meshgen.manifest import Plan
from meshgen.templating import configured, file_of
from meshgen.templating.language import violations

_MAX_BYTES = 256 * 1024  # of one template; our largest has 8 KiB
_MAX_STEPS = 1_000_000  # rounds of loops and includes for one object
_MAX_CHARACTERS = 1_500_000  # of one object: etcd takes 1.5 MiB


class BadTemplate(Exception):
    """A user's template is none, leaves its folder or does not end; every line that is wrong is named."""

    def __init__(self, found: Iterable[tuple[str, Span]]) -> None:
        self.found = tuple(found)
        super().__init__("; ".join(message for message, _ in self.found))


def shadowing(folders: Sequence[Path], mesh: str, own: jinja2.BaseLoader) -> Callable[[Plan], str]:
    """Make the function that writes plans with the templates of some folders, and with `own` beside them.

    In each folder `<mesh>/` comes before the folder itself. Raises `BadTemplate`.
    """
    environment = _Shadowed(_Loader(folders, mesh, own), folders)

    def render(plan: Plan) -> str:
        environment.steps = 0
        try:
            return _joined(environment.get_template(file_of(plan)).generate(plan=plan))
        except BadTemplate:
            raise
        except (*_RUN_TIME, _Endless) as error:
            raise BadTemplate([(_said(error), environment.place(error, plan))]) from error

    return render


class _Endless(Exception):
    """A template does more than any object needs."""


# What a template of the language can still do wrong: name what is not there, include itself.
_RUN_TIME = (
    *(jinja2.TemplateError, AttributeError, TypeError, ValueError, RecursionError),
    *(SyntaxError, MemoryError),  # what Python makes of blocks or names that nest too deep
)


def _said(error: Exception) -> str:
    match error:
        case RecursionError():
            return "the template includes itself"
        case SyntaxError() | MemoryError():
            return "the template nests too deep"
        case jinja2.TemplateNotFound():
            return f"there is no template {error.name!r} in its folder or among ours"
        case _:
            return str(error) or type(error).__name__


def _joined(pieces: Iterable[str]) -> str:
    written: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > _MAX_CHARACTERS:
            raise _Endless(f"the object is longer than {_MAX_CHARACTERS} characters")
        written.append(piece)
    return "".join(written)


class _Shadowed(SandboxedEnvironment):
    """Reads a user's templates in the language of ours, and counts what they do."""

    def __init__(self, loader: jinja2.BaseLoader, folders: Sequence[Path]) -> None:
        super().__init__(loader=loader)
        configured(self)
        self.filters = {"counted": self._counted}  # written into loops below; the language has none
        self.steps = 0
        self._folders = folders

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a public attribute of a plan; nothing else is one."""
        if not self.is_safe_attribute(obj, attribute, None):
            raise AttributeError(f"the attribute {attribute!r} is out of reach of a template")
        return getattr(obj, attribute)

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> jinja2.Template:
        """Find a template, each time that it is included."""
        self._step()
        return super().get_template(name, parent, globals)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tuple(tree.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None)
        return tree

    def _counted(self, rounds: Iterable[Any]) -> Iterator[Any]:
        for each in rounds:
            self._step()
            yield each

    def _step(self) -> None:
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise _Endless(f"the template takes more than {_MAX_STEPS} steps for one object")

    def place(self, error: Exception, plan: Plan) -> Span:
        """Find the line of a user's template at which it failed; of one in ours, the template of the plan."""
        roots = tuple(f"{folder}/" for folder in self._folders)
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(roots)
        ]
        if frames and frames[-1].lineno is not None:
            return Span(frames[-1].filename, frames[-1].lineno, 1)
        return Span(file_of(plan), 1, 1)


class _Loader(jinja2.BaseLoader):
    """Looks in a user's folders, out of which no template leads, then in ours."""

    def __init__(self, folders: Sequence[Path], mesh: str, own: jinja2.BaseLoader) -> None:
        self._places = [(folder, place) for folder in folders for place in (folder / mesh, folder)]
        self._own = own

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        """Read a template; a user's is held against the language first."""
        for folder, place in self._places:
            path = place / template
            if path.is_file() or path.is_symlink():
                return _checked(path, folder), str(path), None
        return self._own.get_source(environment, template)


def _checked(path: Path, folder: Path) -> str:
    span = Span(path.as_posix(), 1, 1)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BadTemplate([("the template lies outside the folder of templates", span)])
    try:
        with path.open("rb") as file:
            source = file.read(_MAX_BYTES + 1).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadTemplate([(f"the template cannot be read: {error}", span)]) from error
    if len(source) > _MAX_BYTES:
        raise BadTemplate([(f"the template is longer than {_MAX_BYTES} characters", span)])
    found = violations(source)
    if found:
        raise BadTemplate((each.message, Span(path.as_posix(), each.line, 1)) for each in found)
    return source
