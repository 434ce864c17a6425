"""A connection to a cluster by the kubernetes package: how it is reached, and one request over it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from meshgen.cluster.answers import (
    BROKEN_OFF,
    NO_ACCESS,
    NO_CLIENT,
    UNREACHABLE,
    Answer,
    Unanswered,
    sentence,
)

if TYPE_CHECKING:
    from kubernetes.client import Configuration
    from urllib3 import BaseHTTPResponse, PoolManager

CONNECTIONS = 8  # beyond them an API server on two cores answers no faster

_APPLYING = {"Content-Type": "application/apply-patch+yaml"}
_PIECE_BYTES = 65_536
_DEFAULT_NAMESPACE = "default"
_OWN_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')  # RFC 7234, section 5.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which cluster is meant, and how long it may take in all; None: as kubectl would choose."""

    kubeconfig: str | None = None
    context: str | None = None
    seconds: float = 60.0


class Request(NamedTuple):
    """What is asked; with a body it is a dry run of applying it, else it is read."""

    path: str
    asked: str  # the verb, the kind and the object, for people
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where requests are sent within one time limit; may be used by several threads."""

    pool: PoolManager
    server: str
    headers: Mapping[str, str]  # with the credentials
    place: str  # where it is written how to reach it
    namespace: str  # of objects that name none
    deadline: float  # of time.monotonic

    def send(self, request: Request) -> Answer:
        """Send a request once; raises Unanswered where nothing whole comes back in time."""
        from urllib3 import exceptions

        where = f"{self.place}: {request.asked}"
        try:
            return self._got(request)
        except exceptions.ReadTimeoutError as error:
            raise self.late(request) from error
        except exceptions.ProtocolError as error:
            raise Unanswered(BROKEN_OFF, f"{where}: the connection broke off: {sentence(error)}") from error
        except (exceptions.HTTPError, OSError) as error:
            message = f"{where}: there is no connection to {self.server}: {sentence(error)}"
            raise Unanswered(UNREACHABLE, message) from error

    def late(self, request: Request) -> Unanswered:
        """Say that the time limit is over."""
        message = f"{self.place}: {request.asked}: the answer did not come in time"
        return Unanswered(BROKEN_OFF, message, "--timeout gives it longer")

    def _got(self, request: Request) -> Answer:
        response = self._begun(request)
        pieces = []
        for piece in response.stream(_PIECE_BYTES):
            pieces.append(piece)
            if time.monotonic() > self.deadline:
                response.close()
                raise self.late(request)
        return Answer(
            status=response.status,
            body=b"".join(pieces),
            retry_after=response.headers.get("Retry-After", ""),
            warnings=tuple(_warnings(response)),
        )

    def _begun(self, request: Request) -> BaseHTTPResponse:
        from urllib3 import Timeout

        left = self.deadline - time.monotonic()
        if left <= 0:
            raise self.late(request)
        is_read = request.body is None
        return self.pool.urlopen(
            "GET" if is_read else "PATCH",
            f"{self.server}{request.path}",
            body=request.body,
            headers=self.headers if is_read else {**self.headers, **_APPLYING},
            timeout=Timeout(total=left),
            redirect=False,  # it would be followed with the credentials
            preload_content=False,
        )


def _warnings(response: BaseHTTPResponse) -> Iterator[str]:
    for header in response.headers.getlist("Warning"):
        for text in _WARNING.findall(header):
            yield re.sub(r"\\(.)", r"\1", text)


@contextmanager
def opened(access: Access) -> Iterator[Connection]:
    """Open a connection and close it again; raises Unanswered, MG760 to MG766, here and while it is used."""
    place, namespace, configuration = _configured(access)
    import urllib3
    from kubernetes.client import ApiClient

    if not configuration.verify_ssl:  # as the kubeconfig says; kubectl does not speak of it either
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    configuration.retries = False  # its own are no business of ours to tell
    configuration.connection_pool_maxsize = CONNECTIONS
    client = ApiClient(configuration)
    headers = {"Accept": "application/json", "User-Agent": "meshgen"}
    client.update_params_for_auth(headers, [], ["BearerToken"], "", "", None)
    try:
        yield Connection(
            pool=client.rest_client.pool_manager,
            server=configuration.host,
            headers=headers,
            place=place,
            namespace=namespace,
            deadline=time.monotonic() + access.seconds,
        )
    finally:
        client.rest_client.close()


def _configured(access: Access) -> tuple[str, str, Configuration]:
    """Read how to reach the cluster; say where that is written, and which namespace is meant."""
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
        return *_load(file, access.context, configuration), configuration
    if is_named or "KUBERNETES_SERVICE_HOST" not in os.environ:
        hint = "name one with --kubeconfig or KUBECONFIG"
        raise Unanswered(NO_ACCESS, f"there is no kubeconfig {file}", hint)
    try:
        config.load_incluster_config(client_configuration=configuration)
    except config.ConfigException as error:
        message = f"the pod's service account is of no use: {sentence(error)}"
        raise Unanswered(NO_ACCESS, message) from error
    own = _OWN_NAMESPACE.read_text("utf-8").strip() if _OWN_NAMESPACE.is_file() else _DEFAULT_NAMESPACE
    return "the pod's own cluster", own, configuration


def _load(file: str, context: str | None, configuration: Configuration) -> tuple[str, str]:
    from kubernetes.config import ConfigException, kube_config

    unreadable = kube_config.yaml.YAMLError  # by way of the package: what it reads with is its own matter
    try:
        contexts, current = kube_config.list_kube_config_contexts(file)
        named = context or current["name"]
        kube_config.load_kube_config(file, named, configuration, persist_config=False)
        namespaces = {each["name"]: each["context"].get("namespace") for each in contexts}
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
        raise Unanswered(NO_ACCESS, f"{which} {file} is of no use: {sentence(error)}", hint) from error
    return f"{file}, context {named!r}", namespaces.get(named) or _DEFAULT_NAMESPACE
