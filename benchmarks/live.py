"""What asking a cluster costs: `validate --live` beside kubectl, which sends the same objects one by one.

Every figure is the median ratio of pairs of measurements of one run, since machines are noisy; the exit code
says whether it holds: for 1,000 different objects of Istio, `validate --live` takes at most half the wall
time of `kubectl apply --server-side --dry-run=server` where a way to a cluster nearby lies between both and
the API server, and no more than kubectl where the server shares the cores of its clients.

There half is not reached. With two cores to themselves kubectl took 2.7 s, and meshgen 0.75 of it: the
server computes for 1.9 s, `validate` for 0.6 s without a cluster, importing kubernetes takes 0.15 s, and
asking 0.5 s; before the first object is sent, 0.5 s are over, in which one core does nothing.
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
from typing import NamedTuple

from benchmarks.validate import DEFINITIONS, SMALL, write
from tests.conformance.judges.apiserver import read, serving
from tests.conformance.judges.processes import TOKEN

RUNS = 3
MOST_OF_KUBECTL, MOST_ON_ONE_MACHINE = 0.5, 1.0
ONE_WAY_SECONDS = 0.0025  # as between a runner of CI and a cluster of its region


class _Seconds(NamedTuple):
    """What one command took."""

    wall: float
    cpu: float


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
            beside = _ratio(_kubeconfig(folder, server.port), file)
            with _away(server.port) as port:
                away = _ratio(_kubeconfig(folder, port), file)
    rows = (
        (f"{2_000 * ONE_WAY_SECONDS:g} ms away", away, MOST_OF_KUBECTL),
        (f"on the same {os.cpu_count()} cores", beside, MOST_ON_ONE_MACHINE),
    )
    for where, ratio, most in rows:
        print(f"{SMALL} objects : kubectl, {where:20} {ratio:6.3f} (at most {most:g})")
    return int(any(ratio > most for _, ratio, most in rows))


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


def _ratio(kubeconfig: Path, file: Path) -> float:
    """Compare wall times, in turns."""
    ours = [sys.executable, "-m", "meshgen", "validate", str(file), "--live", "--quiet"]
    theirs = ["kubectl", "apply", "--server-side", "--dry-run=server", "-f", str(file)]
    pairs = [(_spent(ours, kubeconfig), _spent(theirs, kubeconfig)) for _ in range(RUNS)]
    for name, spent in zip(("meshgen", "kubectl"), zip(*pairs, strict=True), strict=True):
        wall, cpu = (statistics.median(seconds) for seconds in zip(*spent, strict=True))
        print(f"{name}: {wall:.2f} s, of which {cpu:.2f} s of CPU are its own")
    return statistics.median(mine.wall / other.wall for mine, other in pairs)


def _spent(command: list[str], kubeconfig: Path) -> _Seconds:
    before = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, "KUBECONFIG": str(kubeconfig)}
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return _Seconds(wall, usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
