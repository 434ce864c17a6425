"""What an editor shows of a first intent, asked of the YAML language server as editors ask it."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshgen.cli import run

TOOL = "yaml-language-server"
SETTINGS = {"schemaStore": {"enable": False}, "validate": True, "completion": True, "hover": True}
LONGEST = 120  # seconds after which a server that keeps silent is ended


class Editor:
    """Speaks the language server protocol over pipes; whatever the server asks meanwhile is answered."""

    def __init__(self, server: subprocess.Popen[bytes], folder: Path) -> None:
        self._server = server
        self._ids = itertools.count(1)
        folders = [{"uri": folder.as_uri(), "name": "intents"}]
        able = {"workspace": {"configuration": True}, "textDocument": {"hover": {}, "completion": {}}}
        hello = {"processId": os.getpid(), "rootUri": folder.as_uri(), "workspaceFolders": folders}
        self.ask("initialize", hello | {"capabilities": able})
        self.tell("initialized", {})

    def diagnoses(self, path: Path, text: str) -> list[tuple[int, str]]:
        """Open a text as a file, and give the line of each complaint with its message."""
        item = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        while True:
            message = self._read()
            of = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and of["uri"] == path.as_uri():
                return [(each["range"]["start"]["line"], each["message"]) for each in of["diagnostics"]]

    def at(self, what: str, path: Path, line: int, character: int) -> Any:
        """Ask for a hover or a completion."""
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{what}", {"textDocument": {"uri": path.as_uri()}, "position": place})

    def ask(self, method: str, params: Any) -> Any:
        number = next(self._ids)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                return message["result"]

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        length = 0
        while (line := self._server.stdout.readline()) != b"\r\n":
            assert line, "the server has ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(self._server.stdout.read(length))
        if "id" in message and "method" in message:
            asked = message.get("params", {}).get("items", [])
            self._send({"id": message["id"], "result": [SETTINGS for _ in asked] or None})
        return message


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    """Start the server in a folder with a first intent and its schema."""
    assert shutil.which(TOOL) is not None, f"{TOOL} of tests/tools.md is not installed"
    assert run(["init", "-o", str(tmp_path / "shop.yaml"), "--schema", "-q"]) == 0
    with subprocess.Popen(
        [TOOL, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr.fileno()
    ) as server:
        watchdog = threading.Timer(LONGEST, server.kill)
        watchdog.start()
        yield Editor(server, tmp_path)
        watchdog.cancel()
        server.kill()


def _place(text: str, words: str) -> tuple[int, int]:
    """Find the line of some words and where they end in it."""
    line = next(number for number, each in enumerate(text.splitlines()) if words in each)
    return line, text.splitlines()[line].index(words) + len(words)


@pytest.mark.long
def test_an_editor_finds_nothing_in_a_first_intent(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"

    assert [] == editor.diagnoses(path, path.read_text())


@pytest.mark.long
def test_an_editor_complains_of_a_word_and_a_key_that_do_not_exist(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    text = path.read_text().replace("mode: strict", "mode: strikt").replace("timeout: 10s", "timeouts: 10s")

    found = editor.diagnoses(path, text)

    assert {_place(text, "strikt")[0], _place(text, "timeouts")[0]} == {line for line, _ in found}


@pytest.mark.long
def test_an_editor_completes_words_and_says_what_they_mean(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    text = path.read_text().replace("mtls: {mode: strict}", "mtls:\n    mode: ")
    editor.diagnoses(path, text)

    offered = editor.at("completion", path, *_place(text, "    mode: "))["items"]
    line, end = _place(text, "      timeout")
    hover = editor.at("hover", path, line, end - 2)

    assert {"strict", "permissive", "disabled"} <= {item["label"] for item in offered}
    assert "mTLS alone, plaintext is refused" in json.dumps(offered)
    assert "longest time of a request, retries included" in json.dumps(hover)
