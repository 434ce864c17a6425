"""A live cluster, asked over its API for what it has; nothing is ever written to it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from meshgen.diagnostics import Code, Diagnostic

if TYPE_CHECKING:
    from kubernetes.client import ApiClient, Configuration

NO_CLIENT = Code(
    number="MG760",
    slug="no-cluster-client",
    meaning="The Python package that speaks to clusters is not installed, so none can be asked.",
)
NO_ACCESS = Code(
    number="MG761",
    slug="no-cluster-access",
    meaning="No kubeconfig says how to reach a cluster, or what it says is of no use.",
)
UNREACHABLE = Code(
    number="MG762", slug="cluster-unreachable", meaning="There is no connection to the cluster."
)
UNAUTHENTICATED = Code(
    number="MG763",
    slug="cluster-unauthenticated",
    meaning="The cluster does not take the credentials: they are wrong, or they have expired.",
)
FORBIDDEN = Code(
    number="MG764", slug="cluster-forbidden", meaning="The credentials do not permit what was asked."
)
FAILED = Code(
    number="MG765",
    slug="cluster-failed",
    meaning="The cluster answers with a failure, or with what is no answer to what was asked.",
)
BROKEN_OFF = Code(
    number="MG766",
    slug="cluster-broke-off",
    meaning="An answer broke off or did not come in time; half an answer is none.",
)

_WAITS_SECONDS = (0.5, 1.0, 2.0, 4.0)  # before each try after the first
_LONGEST_WAIT_SECONDS = 30.0  # whatever a server asks for with Retry-After
_PIECE_BYTES = 65_536
_NOT_FOUND, _TOO_MANY, _BROKEN = 404, 429, 500


class Kind(NamedTuple):
    """What the API calls the objects of a kind."""

    group: str
    version: str
    plural: str

    def __str__(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def root(self) -> str:
        """The path below which they are found."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"


DEFINITIONS = Kind("apiextensions.k8s.io", "v1", "customresourcedefinitions")
DEPLOYMENTS = Kind("apps", "v1", "deployments")
CONFIG_MAPS = Kind("", "v1", "configmaps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which cluster is meant, and how long it may take in all; None: as kubectl would choose."""

    kubeconfig: str | None = None
    context: str | None = None
    seconds: float = 60.0


class Unanswered(Exception):
    """A cluster that cannot be asked: the finding says why."""

    def __init__(self, code: Code, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.finding = Diagnostic(code=code, message=message, hint=hint, severity=code.severity)


@contextmanager
def connected(
    access: Access,
    *,
    stage: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Cluster]:
    """Open a cluster and close it again; raises Unanswered, MG760 to MG766, here and while it is asked."""
    place, configuration = _configured(access)
    from kubernetes.client import ApiClient

    # Its own retries are no business of ours to tell, and it would follow redirects with credentials.
    configuration.retries = False
    client = ApiClient(configuration)
    try:
        deadline = time.monotonic() + access.seconds
        yield Cluster(client=client, place=place, deadline=deadline, stage=stage, sleep=sleep)
    finally:
        client.rest_client.close()


def _configured(access: Access) -> tuple[str, Configuration]:
    """Read how to reach the cluster, and say where that is written."""
    try:
        from kubernetes import config
        from kubernetes.client import Configuration
    except ImportError as error:
        hint = "install it: pip install 'meshgen[cluster]'"
        raise Unanswered(NO_CLIENT, "meshgen needs the package kubernetes to ask a cluster", hint) from error
    configuration = Configuration()
    file = access.kubeconfig or os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())
    is_named = bool(access.kubeconfig or os.environ.get("KUBECONFIG"))
    if any(os.path.exists(each) for each in file.split(os.pathsep)):
        return _load(file, access.context, configuration), configuration
    if is_named or "KUBERNETES_SERVICE_HOST" not in os.environ:
        hint = "name one with --kubeconfig or KUBECONFIG"
        raise Unanswered(NO_ACCESS, f"there is no kubeconfig {file}", hint)
    try:
        config.load_incluster_config(client_configuration=configuration)
    except config.ConfigException as error:
        message = f"the pod's service account is of no use: {_sentence(error)}"
        raise Unanswered(NO_ACCESS, message) from error
    return "the pod's own cluster", configuration


def _load(file: str, context: str | None, configuration: Configuration) -> str:
    from kubernetes.config import ConfigException, kube_config

    unreadable = kube_config.yaml.YAMLError  # by way of the package: what it reads with is its own matter
    try:
        named = context or kube_config.list_kube_config_contexts(file)[1]["name"]
        kube_config.load_kube_config(file, named, configuration, persist_config=False)
    except (
        ConfigException,
        unreadable,
        AttributeError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
    ) as error:
        which = f"the context {context!r} of the kubeconfig" if context else "the kubeconfig"
        hint = "kubectl config get-contexts lists what there is"
        raise Unanswered(NO_ACCESS, f"{which} {file} is of no use: {_sentence(error)}", hint) from error
    return f"{file}, context {named!r}"


def _sentence(error: object) -> str:
    """Put what a library or a server says on one line, without its full stop."""
    return " ".join(str(error).split())[:300].rstrip(".")


class _Answer(NamedTuple):
    status: int
    body: bytes
    retry_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One cluster, asked within one time limit; every method raises Unanswered."""

    client: ApiClient
    place: str  # where it is written how to reach it
    deadline: float  # of time.monotonic
    stage: Callable[[str], None]
    sleep: Callable[[float], None]

    def list(self, kind: Kind, selector: str = "") -> Sequence[Mapping[str, Any]]:
        """Give all objects of a kind in all namespaces, with the labels of a selector."""
        query = f"?{urlencode({'labelSelector': selector})}" if selector else ""
        asked = f"list {kind}"
        answer = self._asked(f"{kind.root}/{kind.plural}{query}", asked)
        if answer.status == _NOT_FOUND:
            raise Unanswered(FAILED, f"{self.place}: {asked}: the cluster does not have that kind")
        items = self._read(answer, asked).get("items")
        if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
            raise Unanswered(FAILED, f"{self.place}: {asked}: the answer is no list of objects")
        return items

    def find(self, kind: Kind, namespace: str, name: str) -> Mapping[str, Any] | None:
        """Give one object of a kind, None where there is none."""
        asked = f"get {kind} {namespace}/{name}"
        answer = self._asked(f"{kind.root}/namespaces/{namespace}/{kind.plural}/{name}", asked)
        return None if answer.status == _NOT_FOUND else self._read(answer, asked)

    def _asked(self, path: str, asked: str) -> _Answer:
        """Ask until there is an answer; what the credentials or the path forbid is not asked again."""
        self.stage(f"{self.place}: {asked}")
        answer = self._once(path, asked)
        for wait in _WAITS_SECONDS:
            if answer.status != _TOO_MANY and answer.status < _BROKEN:
                break
            self._wait(max(wait, _seconds(answer.retry_after)), asked)
            answer = self._once(path, asked)
        self._refuse(answer, asked)
        return answer

    def _wait(self, seconds: float, asked: str) -> None:
        if time.monotonic() + seconds >= self.deadline:
            raise self._late(asked)
        self.sleep(seconds)

    def _late(self, asked: str) -> Unanswered:
        message = f"{self.place}: {asked}: the answer did not come in time"
        return Unanswered(BROKEN_OFF, message, "--timeout gives it longer")

    def _once(self, path: str, asked: str) -> _Answer:
        from kubernetes.client import ApiException
        from urllib3 import exceptions

        try:
            return self._got(path, asked)
        except exceptions.ReadTimeoutError as error:
            raise self._late(asked) from error
        except exceptions.ProtocolError as error:
            message = f"{self.place}: {asked}: the connection broke off: {_sentence(error)}"
            raise Unanswered(BROKEN_OFF, message) from error
        except (exceptions.HTTPError, ApiException, OSError) as error:
            server = self.client.configuration.host
            message = f"{self.place}: {asked}: there is no connection to {server}: {_sentence(error)}"
            raise Unanswered(UNREACHABLE, message) from error

    def _got(self, path: str, asked: str) -> _Answer:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise self._late(asked)
        headers = {"Accept": "application/json", "User-Agent": "meshgen"}
        self.client.update_params_for_auth(headers, [], ["BearerToken"], path, "GET", None)
        url = f"{self.client.configuration.host}{path}"
        response = self.client.rest_client.request(
            "GET", url, headers=headers, _request_timeout=left
        ).response
        pieces = []
        for piece in response.stream(_PIECE_BYTES):
            pieces.append(piece)
            if time.monotonic() > self.deadline:
                response.close()
                raise self._late(asked)
        return _Answer(response.status, b"".join(pieces), response.headers.get("Retry-After", ""))

    def _refuse(self, answer: _Answer, asked: str) -> None:
        """Raise what a status says; a missing object is for the caller to judge."""
        where = f"{self.place}: {asked}"
        why = _sentence(_said(answer))
        match answer.status:
            case 200 | 404:
                return
            case 401:
                message = f"{where}: the cluster does not take the credentials: {why}"
                raise Unanswered(UNAUTHENTICATED, message, "log in again, or choose another --context")
            case 403:
                hint = "meshgen profile detect --permissions prints the roles that suffice"
                raise Unanswered(FORBIDDEN, f"{where}: the cluster forbids it: {why}", hint)
            case status:
                raise Unanswered(FAILED, f"{where}: the cluster answers {status}: {why}")

    def _read(self, answer: _Answer, asked: str) -> Mapping[str, Any]:
        try:
            found = json.loads(answer.body)
        except ValueError as error:
            message = f"{self.place}: {asked}: the answer is no JSON: {_sentence(error)}"
            raise Unanswered(FAILED, message) from error
        if not isinstance(found, dict):
            raise Unanswered(FAILED, f"{self.place}: {asked}: the answer is no object")
        return found


def _seconds(retry_after: str) -> float:
    """Read the header as seconds; a date is not worth a parser, our own wait stands."""
    return min(float(retry_after), _LONGEST_WAIT_SECONDS) if retry_after.isdecimal() else 0.0


def _said(answer: _Answer) -> str:
    """Give the message of a Status, else the text of whoever stands before the cluster."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if isinstance(found, dict) and isinstance(found.get("message"), str):
        return str(found["message"])
    return answer.body.decode(errors="replace") or "it does not say why"
