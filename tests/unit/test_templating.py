"""Templates see one plan, write whole scalars, and are compiled once a user."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jinja2
import pytest

from meshgen.manifest import Manifest, Meta, Plan
from meshgen.templating import renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    city: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """An object of no mesh."""

    api_version: ClassVar[str] = "travel.example/v1"
    kind: ClassVar[str] = "Journey"

    meta: Meta = Meta(name="summer", namespace="holidays")
    title: Any = "on"
    stops: tuple[Stop, ...] = ()
    rooms: Any = None


JOURNEY = """\
apiVersion: {{ plan.api_version }}
kind: {{ plan.kind }}
{% include "metadata.yaml.j2" %}
spec:
  title: {{ plan.title }}
  {% if plan.rooms is not none %}
  rooms: {{ plan.rooms }}
  {% endif %}
  stops:
  {% for stop in plan.stops %}
  - {{ stop.city }}:
    {% if stop.minutes is none %}
      stay: true
    {% else %}
      minutes: {{ stop.minutes }}
    {% endif %}
  {% endfor %}
"""


Write = Callable[[str], Callable[[Plan], str]]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Compile into a folder that no other test has."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "meshgen" / "templates"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Make the renderer of a template for journeys."""

    def write(source: str) -> Callable[[Plan], str]:
        folder = tmp_path / "templates"
        (folder / "rail").mkdir(parents=True, exist_ok=True)
        (folder / "rail" / "journey.yaml.j2").write_text(source, encoding="utf-8")
        return renderer("rail", folders=[folder])

    return write


def test_a_template_shapes_what_the_plan_decided(write: Write) -> None:
    plan = Journey(
        meta=Meta(
            name="summer",
            namespace="holidays",
            labels=(("app.kubernetes.io/managed-by", "meshgen"), ("team", "on")),
            annotations=(("note", "a: b"),),
        ),
        title="1e3",
        stops=(Stop(city="Bern", minutes=0), Stop(city="12:30"), Stop(city="Ulm", minutes=5)),
        rooms=("101", "a b", {"no": None}),
    )

    assert write(JOURNEY)(plan) == (
        """\
apiVersion: travel.example/v1
kind: Journey
metadata:
  name: summer
  namespace: holidays
  labels:
    app.kubernetes.io/managed-by: meshgen
    team: "on"
  annotations:
    note: "a: b"
spec:
  title: "1e3"
  rooms: ["101", a b, {"no": null}]
  stops:
  - Bern:
      minutes: 0
  - "12:30":
      stay: true
  - Ulm:
      minutes: 5
"""
    )


def test_metadata_without_labels_and_annotations_is_a_name(write: Write) -> None:
    assert write('{% include "metadata.yaml.j2" %}\n')(Journey()) == (
        """\
metadata:
  name: summer
  namespace: holidays
"""
    )


@pytest.mark.parametrize(
    ("title", "written"),
    [
        (1, "1"),
        (True, "true"),
        (1.0, "1.0"),
        ("1", '"1"'),
        ("True", '"True"'),
        (0, "0"),
        ("", '""'),
        ("<&>", '"<&>"'),
        ("{{ plan.kind }}", '"{{ plan.kind }}"'),
    ],
)
def test_equal_values_of_two_types_are_written_apart(write: Write, title: Any, written: str) -> None:
    render = write("title: {{ plan.title }}\n")
    everything = [1, True, 1.0, "1", "True", 0, False, 0.0, "0"]
    seen = [render(Journey(title=each)) for each in everything]

    assert render(Journey(title=title)) == f"title: {written}\n"
    assert seen == [render(Journey(title=each)) for each in everything]


def test_a_value_that_yaml_lacks_is_our_bug(write: Write) -> None:
    with pytest.raises(TypeError, match=r"^b'x' is no value of YAML and JSON but a bytes$"):
        write("title: {{ plan.title }}\n")(Journey(title=b"x"))


@pytest.mark.parametrize(
    "source", ["a: {{ plan.titel }}\n", "{% if plan.titel is none %}\na: 1\n{% endif %}\n"]
)
def test_a_field_that_the_plan_lacks_is_our_bug(write: Write, source: str) -> None:
    with pytest.raises(AttributeError, match=r"^'Journey' object has no attribute 'titel'$"):
        write(source)(Journey())


def test_an_entry_is_no_attribute(write: Write) -> None:
    with pytest.raises(AttributeError, match=r"^'dict' object has no attribute 'city'$"):
        write("a: {{ plan.rooms.city }}\n")(Journey(rooms={"city": "Bern"}))


@pytest.mark.parametrize("name", ["range", "dict", "lipsum", "cycler", "joiner", "namespace", "intent"])
def test_a_template_sees_the_plan_alone(write: Write, name: str) -> None:
    with pytest.raises(jinja2.UndefinedError, match=f"^'{name}' is undefined$"):
        write(f"a: {{{{ {name}.x }}}}\n")(Journey())


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a: {{ plan.title|upper }}\n", "No filter named 'upper'."),
        ("a: {{ plan.title|safe }}\n", "No filter named 'safe'."),
        ("{% if plan.title is defined %}\n{% endif %}\n", "No test named 'defined' found."),
    ],
)
def test_a_template_has_no_filter_and_one_test(write: Write, source: str, message: str) -> None:
    with pytest.raises(jinja2.TemplateError, match=f"^{message}$"):
        write(source)(Journey())


def test_a_kind_without_a_template_is_our_bug() -> None:
    with pytest.raises(jinja2.TemplateNotFound) as missing:
        renderer("rail")(Journey())

    assert missing.value.name == "journey.yaml.j2"


def test_the_first_folder_wins_and_in_it_the_mesh(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, first / "rail", second / "rail", second):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "journey.yaml.j2").write_text(f"from: {folder.relative_to(tmp_path)}\n", encoding="utf-8")
    looked = []
    for folder in (first / "rail", first, second / "rail", second):
        looked.append(renderer("rail", folders=[first, second])(Journey()))
        (folder / "journey.yaml.j2").unlink()

    assert looked == ["from: first/rail\n", "from: first\n", "from: second/rail\n", "from: second\n"]


def test_templates_are_compiled_into_a_folder_of_the_user_alone(write: Write, cache: Path) -> None:
    render = write("a: 1\n")

    assert render(Journey()) == "a: 1\n"
    assert [stat.filemode(folder.stat().st_mode) for folder in (cache.parent, cache)] == ["drwx------"] * 2
    assert [stat.filemode(file.stat().st_mode) for file in cache.iterdir()] == ["-rw-------"]


def test_a_compiled_template_is_used_until_its_source_changes(write: Write, cache: Path) -> None:
    first = write("a: 1\n")(Journey())
    (compiled,) = cache.iterdir()
    compiled.write_bytes(compiled.read_bytes().replace(b"a: 1", b"a: 2"))
    second = write("a: 1\n")(Journey())
    third = write("a: 3\n")(Journey())

    assert (first, second, third) == ("a: 1\n", "a: 2\n", "a: 3\n")


@pytest.mark.parametrize("mode", [0o755, 0o770])
@pytest.mark.parametrize("opened", ["meshgen", "meshgen/templates"])
def test_a_cache_that_is_open_to_others_is_left_alone(
    write: Write, cache: Path, opened: str, mode: int
) -> None:
    for folder in (cache.parent, cache):
        folder.mkdir(mode=0o700, parents=True)
    (cache.parents[1] / opened).chmod(mode)

    assert write("a: 1\n")(Journey()) == "a: 1\n"
    assert list(cache.iterdir()) == []
    assert stat.S_IMODE((cache.parents[1] / opened).stat().st_mode) == mode


def test_a_cache_behind_a_link_is_left_alone(write: Write, cache: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    cache.parent.mkdir(mode=0o700, parents=True)
    cache.symlink_to(elsewhere)

    assert write("a: 1\n")(Journey()) == "a: 1\n"
    assert list(elsewhere.iterdir()) == []


def test_a_cache_that_cannot_be_made_is_done_without(write: Write, cache: Path) -> None:
    cache.parents[1].mkdir()
    cache.parent.write_text("a file", encoding="utf-8")

    assert write("a: 1\n")(Journey()) == "a: 1\n"
    assert cache.parent.read_text(encoding="utf-8") == "a file"


def test_a_cache_that_goes_away_is_done_without(write: Write, cache: Path) -> None:
    render = write("a: 1\n")
    cache.rmdir()

    assert render(Journey()) == "a: 1\n"


@pytest.mark.parametrize("base", ["", "relative"])
def test_the_cache_of_the_home_folder_stands_in(
    write: Write, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    assert write("a: 1\n")(Journey()) == "a: 1\n"
    assert len(list((tmp_path / "home" / ".cache" / "meshgen" / "templates").iterdir())) == 1
    assert not (tmp_path / "relative").exists()


def test_without_a_home_nothing_is_kept(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "relative")

    assert write("a: 1\n")(Journey()) == "a: 1\n"
    assert list(work.iterdir()) == []


def test_a_manifest_is_known_by_its_plan() -> None:
    manifest = Manifest.of(Journey(), "a: 1\n")

    assert manifest == Manifest(
        api_version="travel.example/v1", kind="Journey", namespace="holidays", name="summer", text="a: 1\n"
    )
    assert manifest.file_name == "holidays_journey_summer.yaml"


def test_objects_with_different_names_have_different_files() -> None:
    names = [("a", "b-journey-c"), ("a-journey-b", "c"), ("a", "b.c"), ("con", "a"), ("a", "con")]
    plans = [Journey(meta=Meta(name=name, namespace=namespace)) for namespace, name in names]

    assert [Manifest.of(plan, "").file_name for plan in plans] == [
        "a_journey_b-journey-c.yaml",
        "a-journey-b_journey_c.yaml",
        "a_journey_b.c.yaml",
        "con_journey_a.yaml",
        "a_journey_con.yaml",
    ]
