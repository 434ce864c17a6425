"""etcd and kube-apiserver as processes of a test: they listen on loopback, and end with their block."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "of-the-test"
_TRIES, _PAUSE = 600, 0.1  # at most a minute until a server is ready; two or three seconds are usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A process that listens."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that the server does by and by; fail if it ends before, or takes a minute."""
        for _ in range(_TRIES):
            if is_so():
                return
            try:
                self.process.wait(_PAUSE)
            except subprocess.TimeoutExpired:
                continue
            break
        raise RuntimeError(f"{self.process.args!r} was not ready: {self.log.read_text()[-2000:]}")


@contextmanager
def kube_apiserver(folder: Path) -> Iterator[Server]:
    """Run an API server over an etcd of its own; what they write lies in `folder`, an empty one."""
    port, key = _free_port(), folder / "accounts.key"
    subprocess.run([tool("openssl"), "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    (folder / "tokens.csv").write_text(f"{TOKEN},admin,admin,system:masters\n")
    with _etcd(folder) as etcd:
        command = [
            tool("kube-apiserver"),
            f"--etcd-servers=http://127.0.0.1:{etcd.port}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={folder / 'certificates'}",
            f"--token-auth-file={folder / 'tokens.csv'}",
            "--authorization-mode=AlwaysAllow",
            "--service-account-issuer=https://meshgen.test",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.0.0.0/16",
            "--endpoint-reconciler-type=none",
            # namespaces need not exist, and nobody makes accounts
            "--disable-admission-plugins=ServiceAccount,NamespaceLifecycle",
        ]
        with _running(command, port, folder / "kube-apiserver.log") as server:
            yield server


def tool(name: str) -> str:
    """Find a program of tests/tools.md, or of the system."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed; tests/tools.md tells how to")
    return found


@contextmanager
def _etcd(folder: Path) -> Iterator[Server]:
    port, peer = _free_port(), _free_port()
    client_url, peer_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
    command = [
        tool("etcd"),
        f"--data-dir={folder / 'etcd'}",
        "--unsafe-no-fsync",  # nothing of theirs is kept
        f"--listen-client-urls={client_url}",
        f"--advertise-client-urls={client_url}",
        f"--listen-peer-urls={peer_url}",
        f"--initial-advertise-peer-urls={peer_url}",
        f"--initial-cluster=default={peer_url}",
    ]
    with _running(command, port, folder / "etcd.log") as server:
        yield server


@contextmanager
def _running(command: Sequence[str], port: int, log: Path) -> Iterator[Server]:
    with log.open("wb") as stream, subprocess.Popen(command, stdout=stream, stderr=stream) as process:
        try:
            yield Server(port=port, process=process, log=log)
        finally:
            process.kill()  # a polite stop can take 20 s


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
