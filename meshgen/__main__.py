"""The way in: the version by itself, everything else through the command line."""

from __future__ import annotations

import gc
import sys

from meshgen import __version__


def main() -> None:
    """Run `meshgen` on the arguments of this process; `--version` alone must not wait for click."""
    if sys.argv[1:] == ["--version"]:
        print(f"meshgen {__version__}")
        return
    gc.disable()  # one short run: walking all trees again and again takes up to four times the rest
    from meshgen.cli import main as command

    command()


if __name__ == "__main__":
    main()
