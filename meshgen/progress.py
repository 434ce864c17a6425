"""One line on a terminal that says what takes so long; it comes after a second and goes when work is done."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self, TextIO

_PATIENCE_SECONDS = 1.0
_CLEARED = "\r\x1b[K"


class Progress:
    """Shows the stage that work is in; `terminal` None shows nothing."""

    def __init__(self, terminal: TextIO | None, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._terminal = terminal
        self._stage = ""
        self._is_shown = False
        self._lock = threading.Lock()  # between the timer's thread and the working one
        self._timer = threading.Timer(patience_seconds, self._begin)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if self._terminal is not None:
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._show("")
            self._terminal = None

    def stage(self, stage: str) -> None:
        """Say what is being done now."""
        with self._lock:
            self._stage = f"{stage} ..."
            self._show(self._stage)

    def _begin(self) -> None:
        with self._lock:
            self._is_shown = True
            self._show(self._stage)

    def _show(self, text: str) -> None:
        if self._terminal is not None and self._is_shown:
            self._terminal.write(f"{_CLEARED}{text}")
            self._terminal.flush()
