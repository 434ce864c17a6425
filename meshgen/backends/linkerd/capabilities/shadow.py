"""A TrafficSplit that the profile asks for hides the routes, timeouts and retries of its service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from meshgen.backends.linkerd.capabilities.axes import TRAFFIC_SPLIT
from meshgen.support import Full, Row, Unsupported

_HIDDEN = Unsupported(
    why="the service has a TrafficSplit, beside which the proxies read nothing else",
    hint="--set linkerd.traffic=auto writes an HTTPRoute where a service wishes for more than a split",
)


def hidden_by_a_split(rows: Iterable[Row]) -> Iterator[Row]:
    """Let rows hold where no TrafficSplit hides what they answer for; what is refused anyway stays so."""
    for row in rows:
        is_unasked = isinstance(row.answer, Full) and row.answer.is_unasked
        if is_unasked or isinstance(row.answer, Unsupported):
            yield row
            continue
        yield replace(row, when={**(row.when or {}), **TRAFFIC_SPLIT.within("seen")})
        yield replace(
            row,
            answer=_HIDDEN,
            source="linkerd/linkerd2 controller/api/destination/profile_translator.go",
            requires=(),
            when={**(row.when or {}), **TRAFFIC_SPLIT.within("hidden")},
        )
