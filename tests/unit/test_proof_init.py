"""What `init` writes means the same on every built-in profile."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from meshgen.cli import run
from meshgen.profiles import built_in

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOWN = {
    "the example": (),
    "bookinfo": ("services.yaml", "workloads.yaml"),
    "online-boutique": ("services.yaml", "workloads.yaml"),
}


@pytest.mark.parametrize("profile", [choice.profile.name for choice in built_in()])
@pytest.mark.parametrize("source", SHOWN)
def test_what_init_writes_verifies(
    source: str,
    profile: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SHOWN[source]:
        shutil.copy(EXAMPLES / source / name, tmp_path)
    written = run(["init", *SHOWN[source], "-o", "intent.yaml"])
    _, told = capfd.readouterr()

    code = run(["verify", "intent.yaml", *SHOWN[source], "-m", profile])
    out, err = capfd.readouterr()

    assert (written, code) == (0, 0), told + err
    assert ": equal; " in out.partition("\n")[0]
    assert "compared  nothing" not in out
