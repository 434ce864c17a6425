"""What asking a cluster costs: `validate --live` beside kubectl, which sends the same objects one by one.

Every figure is a ratio of two measurements of one run, since machines are noisy; the exit code says whether
it holds: 1,000 different objects of Istio take at most half the wall time that `kubectl apply --server-side
--dry-run=server` takes for the same file. Between both and the API server lies the way to a cluster nearby.
Without it, where the server and its clients share the cores of one machine, the ratio is printed alone: then
it says how many cores there are.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.validate import DEFINITIONS, SMALL, write
from tests.conformance.judges.apiserver import read, serving
from tests.conformance.judges.processes import TOKEN

RUNS = 3
MOST_OF_KUBECTL = 0.5
ONE_WAY_SECONDS = 0.0025  # as between a runner of CI and a cluster of its region


def main() -> int:
    """Measure, print, and compare with what is promised."""
    shared = os.environ.get("MESHGEN_SHARED")
    missing = [name for name in ("etcd", "kube-apiserver", "kubectl") if shutil.which(name) is None]
    if shared is None or missing:
        print(f"not to be had: {', '.join(missing) or 'MESHGEN_SHARED'}")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifests = write(folder / "objects", SMALL)
        file = folder / "objects.yaml"
        file.write_text("---\n".join(each.read_text() for each in sorted(manifests.iterdir())))
        (folder / "server").mkdir()
        with serving(read([Path(shared) / DEFINITIONS]), folder / "server") as server:
            beside = _ratio(_kubeconfig(folder, server.port), file, runs=1)
            with _away(server.port) as port:
                away = _ratio(_kubeconfig(folder, port), file, runs=RUNS)
    print(f"{SMALL} objects : kubectl, on one machine {beside:6.3f}")
    there_and_back = f"{2_000 * ONE_WAY_SECONDS:g} ms away"
    print(f"{SMALL} objects : kubectl, {there_and_back:14} {away:6.3f} (at most {MOST_OF_KUBECTL:g})")
    return int(away > MOST_OF_KUBECTL)


def _kubeconfig(folder: Path, port: int) -> Path:
    cluster = {
        "server": f"https://127.0.0.1:{port}",
        "certificate-authority": str(folder / "server" / "certificates" / "apiserver.crt"),
    }
    file = folder / f"kubeconfig-{port}"
    file.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "here", "cluster": cluster}],
                "users": [{"name": "admin", "user": {"token": TOKEN}}],
                "contexts": [{"name": "here", "context": {"cluster": "here", "user": "admin"}}],
                "current-context": "here",
            }
        )
    )
    return file


@contextmanager
def _away(port: int) -> Iterator[int]:
    """Put a way between clients and a server."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        way = multiprocessing.Process(target=_carry, args=(listening, port))
        way.start()
        try:
            yield listening.getsockname()[1]
        finally:
            way.terminate()
            way.join()


def _carry(listening: socket.socket, port: int) -> None:
    """Carry what is sent to a server and back; it arrives later, in its order."""

    async def one_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            asyncio.get_running_loop().call_later(ONE_WAY_SECONDS, writer.write, data)
        asyncio.get_running_loop().call_later(ONE_WAY_SECONDS, writer.close)

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # which asyncio sets on sockets of its own making alone
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(one_way(reader, back), one_way(there, writer))

    async def serve() -> None:
        await (await asyncio.start_server(join, sock=listening)).serve_forever()

    asyncio.run(serve())


def _ratio(kubeconfig: Path, file: Path, *, runs: int) -> float:
    """Compare wall times, in turns."""
    ours = [sys.executable, "-m", "meshgen", "validate", str(file), "--live", "--quiet"]
    theirs = ["kubectl", "apply", "--server-side", "--dry-run=server", "-f", str(file)]
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for seconds, command in zip(spent, (ours, theirs), strict=True):
            seconds.append(_wall_seconds(command, kubeconfig))
    mine, other = (statistics.median(seconds) for seconds in spent)
    print(f"seconds of {SMALL} objects: meshgen {mine:.2f}, kubectl {other:.2f}")
    return mine / other


def _wall_seconds(command: list[str], kubeconfig: Path) -> float:
    before = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "KUBECONFIG": str(kubeconfig)}
    )
    return time.perf_counter() - before


if __name__ == "__main__":
    sys.exit(main())
