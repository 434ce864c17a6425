"""`meshgen kustomize init`: files that put meshgen into a kustomization."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from meshgen import folder
from meshgen.api import Reading, read_files, render
from meshgen.cli.clusters import choose, mesh_option, settings_option
from meshgen.cli.help import Verbatim
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.datafiles import name_references
from meshgen.diagnostics import Code, Findings
from meshgen.krm import kustomization
from meshgen.krm.kustomization import NAMES, RENDER, SENTINEL, Form
from meshgen.rendering import Rendering
from meshgen.scalars import Json, dump

NOTHING_TO_GUARD = Code(
    number="MG725",
    slug="nothing-to-guard",
    meaning="An intent yields no object, so no patch can tell a build with meshgen from one without.",
)

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@click.command("init", cls=Verbatim)
@inputs("INTENT")
@mesh_option(
    "A mesh, or a profile: built in, or of the set; leave it out to see the choices.",
)
@settings_option
@click.option("--partial", "is_partial", is_flag=True, help="Render with --partial.")
@click.option("--pin-defaults", "is_pinned", is_flag=True, help="Render with --pin-defaults.")
@click.option(
    "--form",
    type=click.Choice([form.value for form in Form]),
    default=Form.LEGACY.value,
    show_default=True,
    help="How kustomize runs meshgen: as an exec plugin of the older kind, the one that kubectl knows "
    "too; as an exec function; or as a container function.",
)
@click.option("--transformer", "is_transformer", is_flag=True, help="Run last, on the final objects.")
@click.option("--image", metavar="IMAGE", help="The image of --form container.")
@click.option("-d", "--dir", "place", default=".", metavar="DIR", help="The folder of the kustomization.")
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    form: str,
    is_transformer: bool,
    image: str | None,
    place: str,
    is_partial: bool,
    is_pinned: bool,
    telling: Telling,
) -> int:
    """Write the files that put meshgen into a kustomization.

    INTENT is a file or folder in DIR or below, with all that meshgen render would be
    given. Three files are written beside it: meshgen.yaml says what is rendered, for
    kustomize; meshgen-sentinel.yaml is a patch that names one generated object, so
    that a build which leaves meshgen out fails instead of printing less;
    meshgen-names.conf tells kustomize where generated objects name each other and
    Services, so that namePrefix and nameSuffix reach them. A kustomization.yaml is
    written where there is none, else what to add to it goes to stdout. Nothing that
    lies there already is written over.

    For example:
      meshgen kustomize init intent.yaml -m linkerd
      meshgen kustomize init intent.yaml services.yaml -m istio --form exec
      meshgen kustomize init intent.yaml -m consul --transformer -d overlays/prod

    Exit codes:
      0  done
      1  a finding is an error, or something is in the way; nothing is written
      2  the command line is wrong
      3  a bug of meshgen
    """
    how = Form(form)
    _refuse(how, image, mesh)
    below = tuple(_below(name, Path(place)) for name in names)
    findings = Findings()
    reading = read_files(names, is_pinned=is_pinned, findings=findings)
    rendering = _rendering(reading, mesh, settings, is_partial=is_partial, findings=findings)
    text = ""
    if rendering is not None and rendering.manifests and not telling.fails(findings):
        options = _options(settings, is_partial=is_partial, is_pinned=is_pinned)
        config = kustomization.render_config(
            how, image=image or "", mesh=mesh or rendering.profile.name, intents=below, options=options
        )
        check = kustomization.sentinel(rendering.manifests[0], is_transformer=is_transformer)
        files = {RENDER: config, SENTINEL: check, NAMES: name_references().read_text("utf-8")}
        text = _write(Path(place), files, how, is_transformer=is_transformer, findings=findings)
    is_read = write_out(text, findings)
    telling.tell(findings, summary="nothing written" if telling.fails(findings) else "done")
    return int(telling.fails(findings)) if is_read else BROKEN_PIPE


def _refuse(how: Form, image: str | None, mesh: str | None) -> None:
    """Refuse what no kustomization can say."""
    if (how is Form.CONTAINER) != (image is not None):
        raise misuse("--image and --form container go together", hint="add --form container --image IMAGE")
    if mesh == "all":
        raise misuse("a kustomization is for one mesh", hint="run init once for each mesh, in its own folder")
    if mesh is not None and os.path.isfile(mesh):
        hint = "name the profile, and its file among the intents"
        raise misuse(f"{mesh!r} is a file, and a function knows profiles by name", hint=hint)


def _below(name: str, place: Path) -> str:
    """Write a name as the function will look for it, from the folder of the kustomization."""
    path = os.path.relpath(os.path.realpath(name), os.path.realpath(place))
    if name == "-" or path.split(os.sep)[0] == os.pardir:
        raise misuse(
            f"{name!r} does not lie below {place.as_posix()!r}, where kustomize would find it",
            hint="copy it there, or name another folder with --dir",
        )
    return Path(path).as_posix()


def _rendering(
    reading: Reading,
    mesh: str | None,
    settings: tuple[str, ...],
    *,
    is_partial: bool,
    findings: Findings,
) -> Rendering | None:
    """Render as the function will, for an object to name; None where an error stands in the way."""
    chosen = choose(mesh, settings, reading.documents, findings)
    if findings.has_errors or not chosen:
        return None
    ((backend, profile),) = chosen
    rendering = render(reading, backend, profile, is_partial=is_partial)
    findings.extend(rendering.findings)
    if not rendering.manifests and not findings.has_errors:
        findings.add(NOTHING_TO_GUARD, "the intents yield no object, so no patch can name one")
    return rendering


def _options(settings: tuple[str, ...], *, is_partial: bool, is_pinned: bool) -> Mapping[str, Json]:
    flags = {"partial": is_partial, "pinDefaults": is_pinned}
    given = {key: True for key, is_given in flags.items() if is_given}
    return {**({"set": list(settings)} if settings else {}), **given}


def _write(
    place: Path, files: Mapping[str, str], form: Form, *, is_transformer: bool, findings: Findings
) -> str:
    """Write what is not there, and give what is to be said of a kustomization that is."""
    whole = kustomization.kustomization(form, is_transformer=is_transformer)
    first, *others = (place / name for name in _KUSTOMIZATIONS)
    own = _is_other(first, whole) or any(map(os.path.lexists, others))
    wanted = files if own else {_KUSTOMIZATIONS[0]: whole, **files}
    foreign = [name for name in sorted(wanted) if _is_other(place / name, wanted[name])]
    if foreign:
        message = f"in {place.as_posix()} lies already, and stays: {', '.join(foreign)}"
        findings.add(folder.FOREIGN_FILE, message, hint="move it away, or name another folder with --dir")
        return ""
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, text in wanted.items():
            (place / name).write_text(text, encoding="utf-8")
    except OSError as error:
        findings.add(folder.UNWRITABLE, f"{error.filename} cannot be written: {error.strerror}")
        return ""
    added = dump(kustomization.entries(is_transformer=is_transformer))
    return f"# Add to the kustomization, and build with: {form.command}\n{added}" if own else ""


def _is_other(file: Path, text: str) -> bool:
    try:
        return os.path.lexists(file) and (not file.is_file() or file.read_bytes() != text.encode())
    except OSError:  # what cannot be read is somebody else's
        return True
