"""etcd and kube-apiserver as processes of a test: they listen on loopback, and end with their `with` block."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Etcd:
    """A running etcd, the folder of all that runs on it, and names for those who keep something in it."""

    port: int
    folder: Path
    names: count[int] = field(default_factory=count)


@contextmanager
def etcd(folder: Path) -> Iterator[Etcd]:
    """Run etcd for as long as servers are wanted."""
    port, peer = _free_port(), _free_port()
    client_url, peer_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
    key = folder / "accounts.key"
    subprocess.run([tool("openssl"), "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    (folder / "tokens.csv").write_text(f"{TOKEN},admin,admin,system:masters\n")
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
    with _running(command, port, folder / "etcd.log"):
        yield Etcd(port=port, folder=folder)


@contextmanager
def kube_apiserver(etcd: Etcd) -> Iterator[Server]:
    """Run an API server of its own definitions, which takes orders before it is ready for them."""
    name, port = f"server-{next(etcd.names)}", _free_port()
    key = etcd.folder / "accounts.key"
    command = [
        tool("kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{etcd.port}",
        f"--etcd-prefix=/{name}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={etcd.folder / name}",
        f"--token-auth-file={etcd.folder / 'tokens.csv'}",
        "--authorization-mode=AlwaysAllow",
        "--service-account-issuer=https://meshgen.test",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=10.0.0.0/16",
        "--endpoint-reconciler-type=none",
        # namespaces need not exist, nor does anybody make accounts
        "--disable-admission-plugins=ServiceAccount,NamespaceLifecycle",
    ]
    with _running(command, port, etcd.folder / f"{name}.log") as server:
        yield server


def tool(name: str) -> str:
    """Find a program of tests/tools.md, or of the system."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed; tests/tools.md tells how to")
    return found


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
