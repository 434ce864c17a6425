"""Templates of users shadow ours, and can do no harm: each way to try is one finding."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from meshgen.manifest import Meta
from meshgen.templating import renderer
from meshgen.templating.shadows import BadTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """An object of no mesh."""

    api_version: ClassVar[str] = "travel.example/v1"
    kind: ClassVar[str] = "Journey"

    meta: Meta = Meta(name="summer", namespace="holidays")
    stops: Any = tuple(range(1000))
    rounds: Any = (_ for _ in ())


def write(folder: Path, **templates: str) -> str:
    """Write a journey with templates by name, the double underscore a slash."""
    for name, source in templates.items():
        path = folder / f"{name.replace('__', '/')}.yaml.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return renderer("rail", shadows=[folder])(Journey())


def refused(folder: Path, **templates: str) -> list[tuple[str, str, int]]:
    with pytest.raises(BadTemplate) as bad:
        write(folder, **templates)
    return [(message, span.file.removeprefix(f"{folder}/"), span.line) for message, span in bad.value.found]


def test_a_template_of_the_mesh_comes_before_one_of_all_and_both_before_ours(tmp_path: Path) -> None:
    ours = '{% include "metadata.yaml.j2" %}\n'

    assert write(tmp_path, journey=ours) == "metadata:\n  name: summer\n  namespace: holidays\n"
    assert write(tmp_path, metadata="metadata: {}\n") == "metadata: {}\n"
    assert write(tmp_path, rail__journey="a: 1\n") == "a: 1\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a: {{ plan.rounds.gi_frame }}\n", "the attribute 'gi_frame' is out of reach of a template"),
        ("a: {{ plan.titel }}\n", "'Journey' object has no attribute 'titel'"),
        ('{% include "gone.yaml.j2" %}\n', "there is no template 'gone.yaml.j2' in its folder or among ours"),
        ('{% include "journey.yaml.j2" %}\n', "the template includes itself"),
        (
            "{% for a in plan.stops %}\n" * 3 + "{% endfor %}\n" * 3,
            "the template takes more than 1000000 steps for one object",
        ),
        (
            "{% for a in plan.stops %}\n" * 2 + f"- {'x' * 99}\n" + "{% endfor %}\n" * 2,
            "the object is longer than 1500000 characters",
        ),
        ("{% if plan.stops is none %}\n" * 120 + "{% endif %}\n" * 120, "the template nests too deep"),
    ],
)
def test_what_a_template_cannot_do_is_told_at_its_line(tmp_path: Path, source: str, message: str) -> None:
    ((said, file, _),) = refused(tmp_path, journey=source)

    assert (said, file) == (message, "journey.yaml.j2")


def test_the_line_is_that_of_the_template_that_failed(tmp_path: Path) -> None:
    part = "{# of a journey #}\na: {{ plan.titel }}\n"

    assert refused(tmp_path, journey='b: 1\n{% include "part.yaml.j2" %}\n', part=part) == [
        ("'Journey' object has no attribute 'titel'", "part.yaml.j2", 2)
    ]


@pytest.mark.parametrize(
    "source",
    [
        "a: {{ plan.stops|length }}\n",
        "a: {{ plan.__class__ }}\n",
        "a: {{ plan.meta._x }}\n",
        "a: {{ plan.meta.__init__.__globals__ }}\n{% set x = 1 %}\n",
        "a: {{ ''.__class__.__mro__[1].__subclasses__() }}\n",
        "{% macro m() %}\n{{ m() }}\n{% endmacro %}\n",
        'a: "{{ plan.kind }}"\n',
        "a: 1\n---\na: 2\n",
        "{% for x in %}\n",
        "{% if plan.stops is none %}\n" * 4000,
    ],
)
def test_what_is_not_of_the_language_never_runs(tmp_path: Path, source: str) -> None:
    assert refused(tmp_path, journey=source) != []


def test_every_line_that_is_wrong_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path, journey="a: {{ plan.a|x }}\nb: {{ plan.b() }}\n") == [
        ("Filter is logic: the plan should hold the result", "journey.yaml.j2", 1),
        ("a line is one key, one value, one entry or one tag, each whole", "journey.yaml.j2", 1),
        ("Call is logic: the plan should hold the result", "journey.yaml.j2", 2),
        ("a line is one key, one value, one entry or one tag, each whole", "journey.yaml.j2", 2),
    ]


@pytest.mark.parametrize("name", ["../secret.yaml.j2", "/etc/hostname", "link.yaml.j2"])
def test_no_include_leaves_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (tmp_path / "secret.yaml.j2").write_text("a: 1\n")
    (folder / "link.yaml.j2").symlink_to(tmp_path / "secret.yaml.j2")
    (found,) = refused(folder, journey=f'{{% include "{name}" %}}\n')

    assert found[0] == "the template lies outside the folder of templates"


def test_a_template_that_cannot_be_read_or_is_too_long_is_told(tmp_path: Path) -> None:
    (tmp_path / "journey.yaml.j2").write_bytes(b"a: \xff\n")

    with pytest.raises(BadTemplate, match=r"^the template cannot be read: 'utf-8' codec"):
        renderer("rail", shadows=[tmp_path])(Journey())

    assert refused(tmp_path, journey="# long\n" * 40_000) == [
        ("the template is longer than 262144 characters", "journey.yaml.j2", 1)
    ]
