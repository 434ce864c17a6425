"""One Envoy, from its configuration to the moment that it serves, and its end."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.envoy.configured import Tree
from tests.envoy.places import ADMIN

_PATIENCE_S = 120


@contextmanager
def envoy(program: str, configuration: Tree, folder: Path) -> Iterator[None]:
    """Run Envoy while the block lasts."""
    file, log = folder / "envoy.json", folder / "envoy.log"
    file.write_text(json.dumps(configuration))
    options = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "error", "--log-path", str(log)]
    process = subprocess.Popen([program, "--config-path", str(file), *options], stderr=subprocess.DEVNULL)
    try:
        _wait(process, log)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not _is_ready():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.02)


def _is_ready() -> bool:
    address, port = ADMIN
    try:
        with urllib.request.urlopen(f"http://{address}:{port}/ready", timeout=5) as answer:
            return bool(answer.read().startswith(b"LIVE"))
    except OSError:
        return False
