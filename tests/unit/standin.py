"""A stand-in for an API server on this machine: answers what a test writes, and breaks as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
DEPLOYMENTS = "/apis/apps/v1/deployments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes back: `cut` ends it in the middle, `silent` never begins it, `endless` never ends it."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    silent: bool = False
    endless: bool = False


def listed(*items: Any) -> Answer:
    """Answer with a list of objects."""
    return Answer(body={"items": items})


def kinds(*several: tuple[str, str, bool]) -> Answer:
    """Answer with the kinds of a group's version: name, plural, and whether they have namespaces."""
    resources = [{"kind": kind, "name": name, "namespaced": is_named} for kind, name, is_named in several]
    return Answer(body={"kind": "APIResourceList", "resources": resources})


def status(code: int, message: str, **headers: str) -> Answer:
    """Answer with a Status, as API servers fail."""
    return Answer(status=code, body={"kind": "Status", "message": message}, headers=headers)


@dataclass(slots=True, kw_only=True)
class StandIn:
    """A server that runs, and what it was asked."""

    kubeconfig: Path
    url: str
    asked: list[str]


@contextmanager
def stand_in(answers: Mapping[str, Sequence[Answer]], folder: Path) -> Iterator[StandIn]:
    """Serve answers by path, one after the other and then the last; what has none is not found."""
    asked: list[str] = []
    over = threading.Event()
    asking = threading.Lock()
    left = {path: list(several) for path, several in answers.items()}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing on stderr."""

        def do_GET(self) -> None:
            """Answer."""
            asked.append(f"{self.command} {self.path} {self.headers.get('Authorization')}")
            with asking:
                several = left.get(self.path, [status(404, "not found")])
                answer = several.pop(0) if len(several) > 1 else several[0]
            self._send(answer)

        def do_PATCH(self) -> None:
            """Answer a dry run, as a server does that keeps nothing."""
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def _send(self, answer: Answer) -> None:
            if answer.silent:
                over.wait()
                return
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(2**60 if answer.endless else len(body)))
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if answer.cut else body)
            with suppress(ConnectionError):
                while answer.endless and not over.is_set():
                    self.wfile.write(b" " * 1000)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield StandIn(kubeconfig=kubeconfig(folder, url), url=url, asked=asked)
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def kubeconfig(folder: Path, url: str) -> Path:
    """Write a kubeconfig with the context shop."""
    user = {"name": "ann", "user": {"token": "secret"}}
    shop = {"name": "shop", "context": {"cluster": "here", "user": "ann"}}
    file = folder / "kubeconfig"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "here", "cluster": {"server": url}}],
        "users": [user],
        "contexts": [shop],
        "current-context": "shop",
    }
    file.write_text(json.dumps(document), "utf-8")
    return file
