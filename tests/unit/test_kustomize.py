"""`meshgen kustomize` writes what is not there, and overwrites nothing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from meshgen.cli import run
from meshgen.cli.kustomize.installing import launcher, plugin_home

ROOT = Path(__file__).parents[2]
INTENT = ROOT / "integrations" / "kustomize" / "legacy" / "intent.yaml"
KINDS = ("MeshRender", "MeshIntent")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with an intent."""
    shutil.copy(INTENT, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _launchers(home: Path) -> list[Path]:
    return [home / "meshgen.dev" / "v1alpha1" / kind.lower() / kind for kind in KINDS]


@pytest.mark.parametrize(
    ("variables", "existing", "expected"),
    [
        ({"KUSTOMIZE_PLUGIN_HOME": "a", "XDG_CONFIG_HOME": "b"}, ("a", "b/kustomize/plugin"), "a"),
        (
            {"KUSTOMIZE_PLUGIN_HOME": "a", "XDG_CONFIG_HOME": "b"},
            ("b/kustomize/plugin",),
            "b/kustomize/plugin",
        ),
        ({"XDG_CONFIG_HOME": "b"}, ("u/.config/kustomize/plugin",), "u/.config/kustomize/plugin"),
        ({}, ("u/kustomize/plugin",), "u/kustomize/plugin"),
        ({}, (), "u/.config/kustomize/plugin"),
        ({"KUSTOMIZE_PLUGIN_HOME": ""}, (), "u/.config/kustomize/plugin"),
        ({"XDG_CONFIG_HOME": "b"}, (), "b/kustomize/plugin"),
        ({"KUSTOMIZE_PLUGIN_HOME": "a", "XDG_CONFIG_HOME": "b"}, (), "a"),
    ],
)
def test_the_first_folder_of_plugins_that_exists_is_the_home(
    here: Path, variables: dict[str, str], existing: tuple[str, ...], expected: str
) -> None:
    for name in existing:
        (here / name).mkdir(parents=True)

    assert Path(expected) == plugin_home(variables, Path("u"))


def test_launchers_are_written_and_written_again(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = here / "plugins"
    monkeypatch.setenv("KUSTOMIZE_PLUGIN_HOME", str(home))
    files = _launchers(home)
    listed = "".join(f"{file.as_posix()}\n" for file in files)

    first = run(["kustomize", "install-plugin"])
    files[0].write_text(launcher("/gone/python"))
    again = run(["kustomize", "install-plugin"])

    assert (0, 0, (listed * 2, "")) == (first, again, tuple(capsys.readouterr()))
    assert [launcher(sys.executable)] * 2 == [file.read_text() for file in files]
    assert [0o755] * 2 == [file.stat().st_mode & 0o777 for file in files]


def test_a_launcher_keeps_python_out_of_the_folder_that_it_runs_in() -> None:
    expected = (
        "#!/bin/sh\n# Written by meshgen kustomize install-plugin.\n"
        "exec '/a b/python' -P -m meshgen kustomize plugin \"$@\"\n"
    )

    assert expected == launcher("/a b/python")


@pytest.mark.parametrize("what", ["file", "folder", "link"])
def test_what_is_not_ours_stays_and_no_launcher_is_written(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    monkeypatch.setenv("KUSTOMIZE_PLUGIN_HOME", str(here / "plugins"))
    theirs, other = _launchers(here / "plugins")
    theirs.parent.mkdir(parents=True)
    match what:
        case "file":
            theirs.write_text("#!/bin/sh\n")
        case "folder":
            theirs.mkdir()
        case _:
            theirs.symlink_to(here / "nowhere")

    code = run(["kustomize", "install-plugin"])

    told = f"error[MG705 foreign-file]: {theirs.as_posix()} was not written by meshgen, so it stays\n"
    assert (1, ("", f"{told}  hint: move it away\n")) == (code, tuple(capsys.readouterr()))
    assert not other.exists()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_a_finding(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUSTOMIZE_PLUGIN_HOME", str(here))
    here.chmod(0o500)

    code = run(["kustomize", "install-plugin"])

    here.chmod(0o700)
    assert (1, 2) == (code, capsys.readouterr().err.count("error[MG704 unwritable-file]"))


def test_a_home_below_a_file_is_a_finding(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUSTOMIZE_PLUGIN_HOME", str(here / "intent.yaml"))

    code = run(["kustomize", "install-plugin"])

    told = [
        f"error[MG704 unwritable-file]: {file.as_posix()} cannot be written: Not a directory"
        for file in sorted(_launchers(here / "intent.yaml"))
    ]
    assert (1, told) == (code, capsys.readouterr().err.splitlines())


def test_init_twice_writes_the_same(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init = ["kustomize", "init", "intent.yaml", "-m", "istio"]

    first = run(init)
    written = _files(here)
    again = run(init)

    assert (0, 0, written) == (first, again, _files(here))
    assert "" == capsys.readouterr().out
    assert [
        "intent.yaml",
        "kustomization.yaml",
        "meshgen-names.conf",
        "meshgen-sentinel.yaml",
        "meshgen.yaml",
    ] == (sorted(written))


def test_init_tells_what_to_add_to_a_kustomization(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = here / "kustomization.yml"
    theirs.write_text("resources: []\n")

    code = run(["kustomize", "init", "intent.yaml", "-m", "istio", "--form", "exec", "--transformer"])

    expected = (
        "# Add to the kustomization, and build with: "
        "kustomize build --enable-alpha-plugins --enable-exec .\n"
        "configurations:\n- meshgen-names.conf\ntransformers:\n- meshgen.yaml\n- meshgen-sentinel.yaml\n"
    )
    assert (0, (expected, "")) == (code, tuple(capsys.readouterr()))
    assert "resources: []\n" == theirs.read_text()
    assert not (here / "kustomization.yaml").exists()


def test_init_overwrites_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "meshgen.yaml").write_text("mine\n")
    (here / "meshgen-names.conf").mkdir()
    before = _files(here)

    code = run(["kustomize", "init", "intent.yaml", "-m", "istio"])

    told = (
        "error[MG705 foreign-file]: in . lies already, and stays: meshgen-names.conf, meshgen.yaml\n"
        "  hint: move it away, or name another folder with --dir\n"
    )
    assert (1, ("", told), before) == (code, tuple(capsys.readouterr()), _files(here))


def test_init_writes_paths_from_the_folder_of_the_kustomization(here: Path) -> None:
    (here / "overlay" / "intents").mkdir(parents=True)
    (here / "intent.yaml").rename(here / "overlay" / "intents" / "shop.yaml")
    options = ["--set", "version=1.29", "--partial", "--pin-defaults"]

    code = run(["kustomize", "init", "overlay/intents", "-m", "istio", "-d", "overlay", *options])

    expected = 'spec:\n  mesh: istio\n  intents:\n  - intents\n  set:\n  - "version=1.29"\n'
    expected += "  partial: true\n  pinDefaults: true\n"
    assert (0, True) == (code, (here / "overlay" / "meshgen.yaml").read_text().endswith(expected))


def test_init_writes_nothing_where_the_intent_is_wrong(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (here / "intent.yaml").read_text()
    (here / "intent.yaml").write_text(text.replace("timeout: 5s", "timeout: 5x"))
    before = _files(here)

    code = run(["kustomize", "init", "intent.yaml", "-m", "istio"])

    what = "'timeout': '5x' is not a duration such as 500ms, 1.5s or 1m30s"
    told = f"intent.yaml:26:16: error[MG122 invalid-value]: {what}\n"
    assert (1, ("", told), before) == (code, tuple(capsys.readouterr()), _files(here))


def test_init_writes_nothing_where_nothing_is_generated(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = (here / "intent.yaml").read_text().partition("spec:")[0]
    (here / "intent.yaml").write_text(f"{head}spec:\n  services:\n    cart:\n      port: 80\n")

    code = run(["kustomize", "init", "intent.yaml", "-m", "istio"])

    told = "error[MG725 nothing-to-guard]: the intents yield no object, so no patch can name one\n"
    assert (1, ("", told)) == (code, tuple(capsys.readouterr()))


def test_init_writes_nothing_where_a_warning_is_to_fail(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _files(here)

    code = run(["kustomize", "init", "intent.yaml", "-m", "linkerd", "--fail-on", "warning"])

    assert (1, "", before) == (code, capsys.readouterr().out, _files(here))


def test_what_cannot_be_read_is_not_written_over(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "meshgen.yaml").symlink_to("/proc/self/mem")

    code = run(["kustomize", "init", "intent.yaml", "-m", "istio"])

    told = "error[MG705 foreign-file]: in . lies already, and stays: meshgen.yaml"
    assert (1, told) == (code, capsys.readouterr().err.splitlines()[0])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["intent.yaml", "-m", "all"], "a kustomization is for one mesh"),
        (["intent.yaml", "-m", "istio", "--form", "container"], "--image and --form container go together"),
        (["intent.yaml", "-m", "istio", "--image", "x"], "--image and --form container go together"),
        (
            ["intent.yaml", "-m", "istio", "-d", "other"],
            "'intent.yaml' does not lie below 'other', where kustomize would find it",
        ),
        (
            ["intent.yaml", "-m", "intent.yaml"],
            "'intent.yaml' is a file, and a function knows profiles by name",
        ),
        (["-", "-m", "istio"], "'-' does not lie below '.', where kustomize would find it"),
    ],
)
def test_init_refuses_what_no_kustomization_can_say(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    code = run(["kustomize", "init", *arguments])

    assert (2, f"error[MG710 usage]: {told}") == (code, capsys.readouterr().err.splitlines()[0])
