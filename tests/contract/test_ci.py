"""`.ci/run` runs the two command lines of the README as printed; `.ci/long` allots its hour."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PAGE = """\
# A page

```sh
echo 'one line' && echo "$PWD"
```

Prose, and a session that nobody runs:

```console
$ echo session
```

```sh
{second}
```

```sh
echo third
```
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Make a clone that holds `.ci/run` alone; its README is for the test to write."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    return tmp_path


def _run(clone: Path, page: str) -> tuple[int, str, str]:
    (clone / "README.md").write_text(page)
    done = subprocess.run(
        [clone / ".ci" / "run"], cwd="/", capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_readme_opens_with_two_command_lines() -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), flags=re.DOTALL | re.MULTILINE
    )

    assert [1, 1] == [len(block.splitlines()) for block in blocks[:2]]


def test_ci_runs_both_lines_as_printed_and_no_other(clone: Path) -> None:
    actual = _run(clone, PAGE.format(second="echo 'second  line'"))

    lines = [
        "$ echo 'one line' && echo \"$PWD\"",
        "one line",
        str(clone),
        "$ echo 'second  line'",
        "second  line",
    ]
    assert (0, "".join(f"{line}\n" for line in lines), "") == actual


def test_ci_fails_with_a_line_that_fails(clone: Path) -> None:
    first = f"$ echo 'one line' && echo \"$PWD\"\none line\n{clone}\n"

    assert (7, first + "$ exit 7 && echo more\n", "") == _run(
        clone, PAGE.format(second="exit 7 && echo more")
    )


def test_ci_fails_where_the_readme_does_not_open_with_two_lines(clone: Path) -> None:
    actual = _run(clone, PAGE.format(second="echo a\necho b"))

    assert (1, "", "README.md opens with 3 command lines, not 2\n") == actual


def test_the_long_lanes_share_less_than_an_hour() -> None:
    minutes = re.findall(r"^lane \S+ (\d+) ", (ROOT / ".ci" / "long").read_text(), flags=re.MULTILINE)

    assert 0 < sum(map(int, minutes)) < 60
