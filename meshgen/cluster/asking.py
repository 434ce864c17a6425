"""What a cluster can be asked: its kinds, its objects, and what would become of one that were applied."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from meshgen.cluster.answers import (
    FAILED,
    FORBIDDEN,
    NOT_FOUND,
    UNAUTHENTICATED,
    Answer,
    Applied,
    Refusal,
    Unanswered,
    read,
    refused,
    said,
    sentence,
)
from meshgen.cluster.connection import Access, Connection, Request, opened
from meshgen.cluster.kinds import Kind, Served, group_path, is_api_version, served_kinds

_SOUND = (200, 201, NOT_FOUND)
_WAITS_SECONDS = (0.5, 1.0, 2.0, 4.0)  # before each try after the first
_LONGEST_WAIT_SECONDS = 30.0  # whatever a server asks for with Retry-After


@contextmanager
def connected(
    access: Access,
    *,
    stage: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Cluster]:
    """Open a cluster and close it again; raises Unanswered, MG760 to MG766, here and while it is asked."""
    with opened(access) as connection:
        yield Cluster(connection=connection, stage=stage, sleep=sleep)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One cluster, asked within one time limit; every method raises Unanswered, and threads may share it."""

    connection: Connection
    stage: Callable[[str], None]
    sleep: Callable[[float], None]
    _served: dict[str, Mapping[str, Served]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def place(self) -> str:
        """Say where it is written how to reach it."""
        return self.connection.place

    @property
    def namespace(self) -> str:
        """Name the namespace of objects that name none."""
        return self.connection.namespace

    def list(self, kind: Kind, selector: str = "", *, namespace: str = "") -> Sequence[Mapping[str, Any]]:
        """Give all objects of a kind in one namespace, else in all, with the labels of a selector."""
        query = f"?{urlencode({'labelSelector': selector})}" if selector else ""
        asked = f"list {kind} in {namespace}" if namespace else f"list {kind}"
        answer = self._asked(Request(f"{kind.path(namespace)}{query}", asked))
        if answer.status == NOT_FOUND:
            raise Unanswered(FAILED, f"{self.place}: {asked}: the cluster does not have that kind")
        items = read(answer, f"{self.place}: {asked}").get("items")
        if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
            raise Unanswered(FAILED, f"{self.place}: {asked}: the answer is no list of objects")
        return items

    def find(self, kind: Kind, namespace: str, name: str) -> Mapping[str, Any] | None:
        """Give one object of a kind, None where there is none; without a namespace one of the cluster."""
        asked = f"get {kind} {_named(namespace, name)}"
        answer = self._asked(Request(kind.path(namespace, name), asked))
        return None if answer.status == NOT_FOUND else read(answer, f"{self.place}: {asked}")

    def served(self, api_version: str, kind: str) -> Served | None:
        """Tell what the cluster calls a kind, None where it has none; a group's version is asked once."""
        if not is_api_version(api_version):
            return None
        if api_version not in self._served:
            self._served[api_version] = self._kinds(api_version)
        return self._served[api_version].get(kind)

    def _kinds(self, api_version: str) -> Mapping[str, Served]:
        asked = f"get the kinds of {api_version}"
        answer = self._asked(Request(group_path(api_version), asked))
        if answer.status == NOT_FOUND:
            return {}
        try:
            return served_kinds(api_version, read(answer, f"{self.place}: {asked}"))
        except (KeyError, TypeError) as error:
            message = f"{self.place}: {asked}: the answer is no list of kinds"
            raise Unanswered(FAILED, message) from error

    def dry_run(
        self, served: Served, body: Mapping[str, Any], *, manager: str, is_forced: bool = False
    ) -> Applied | Refusal:
        """Ask what would become of an object, were a manager to apply it; nothing does.

        The object has a name. One that names no namespace is meant for that of the connection. `is_forced`
        takes fields over that another manager owns, which otherwise is a Refusal.
        """
        kind, name = served.kind, body["metadata"]["name"]
        namespace = (body["metadata"].get("namespace") or self.namespace) if served.is_namespaced else ""
        query = {"dryRun": "All", "fieldManager": manager, "fieldValidation": "Strict"}
        query |= {"force": "true"} if is_forced else {}
        asked = f"patch {kind} {_named(namespace, name)}"
        path = f"{kind.path(namespace, name)}?{urlencode(query)}"
        answer = self._asked(Request(path, asked, json.dumps(body).encode()), may_refuse=True)
        if answer.is_refusal:
            return refused(answer)
        return Applied(body=read(answer, f"{self.place}: {asked}"), warnings=answer.warnings)

    def _asked(self, request: Request, *, may_refuse: bool = False) -> Answer:
        """Ask until there is an answer; what the credentials or the path forbid is not asked again."""
        self.stage(f"{self.place}: {request.asked}")
        answer = self.connection.send(request)
        for wait in _WAITS_SECONDS:
            if not answer.is_worth_asking_again:
                break
            self._wait(max(wait, _seconds(answer.retry_after)), request)
            answer = self.connection.send(request)
        if not (may_refuse and answer.is_refusal):
            self._check(answer, request)
        return answer

    def _wait(self, seconds: float, request: Request) -> None:
        if time.monotonic() + seconds >= self.connection.deadline:
            raise self.connection.late(request)
        self.sleep(seconds)

    def _check(self, answer: Answer, request: Request) -> None:
        """Raise what a status says; a missing object is for the caller to judge."""
        if answer.status in _SOUND:
            return
        where = f"{self.place}: {request.asked}"
        why = sentence(said(answer))
        match answer.status:
            case 401:
                message = f"{where}: the cluster does not take the credentials: {why}"
                raise Unanswered(UNAUTHENTICATED, message, "log in again, or choose another --context")
            case 403:
                hint = "meshgen profile detect --permissions prints the roles that suffice"
                raise Unanswered(FORBIDDEN, f"{where}: the cluster forbids it: {why}", hint)
            case status:
                raise Unanswered(FAILED, f"{where}: the cluster answers {status}: {why}")


def _named(namespace: str, name: str) -> str:
    return f"{namespace}/{name}" if namespace else name


def _seconds(retry_after: str) -> float:
    """Read the header as seconds; a date is not worth a parser, our own wait stands."""
    return min(float(retry_after), _LONGEST_WAIT_SECONDS) if retry_after.isdecimal() else 0.0
