"""The document of requests and what should become of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from meshgen.intent.access import ACCOUNT, CIDR, CLAIM, SERVICE_NAME, WORD
from meshgen.intent.constraints import AtLeastOne, Constraint, ExactlyOne
from meshgen.intent.features import Located, Written, plain
from meshgen.intent.match import HTTP_TOKEN, PATH, VALUE, Method
from meshgen.intent.policy import Retries
from meshgen.intent.traffic import SERVICE_TARGET, Fault, Headers, Mirror, Redirect, Split
from meshgen.intent.words import Word
from meshgen.values import DNS_LABEL, ONE_OR_MORE, Duration, Text

ADDRESS = Text(what="an IP address", pattern=r"^[0-9a-fA-F.:]+$", longest=45, example="203.0.113.7")
TEST_NAME = Text(what="the name of a test", longest=253)


class Expected(Word):
    """What should become of a request as a whole."""

    ALLOWED = "allowed", "it reaches the service, or is redirected"
    DENIED = "denied", "it is refused, by mTLS or by authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender(Located):
    """Who sends the request, named in exactly one way."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        ExactlyOne(
            "service",
            "serviceAccount",
            "caller",
            "namespace",
            "authenticated",
            "cidr",
            "plaintext",
            "kubelet",
        ),
    )
    shorthand: ClassVar[str] = "service"

    service: Annotated[str, SERVICE_NAME] | None = plain("pods of a service of the set", default=None)
    service_account: Annotated[str, ACCOUNT] | None = plain("pods with a service account", default=None)
    caller: Annotated[str, DNS_LABEL] | None = plain("a caller that the profile names", default=None)
    namespace: Annotated[str, DNS_LABEL] | None = plain(
        "pods of a namespace, with an account that nobody names", default=None
    )
    authenticated: Literal[True] | None = plain("pods of the mesh that nobody names in any way", default=None)
    cidr: Annotated[str, CIDR] | None = plain("a caller without identity from a block", default=None)
    plaintext: Literal[True] | None = plain("a caller without identity", default=None)
    kubelet: Literal[True] | None = plain("the kubelet of the node, which has none", default=None)
    ip: Annotated[str, ADDRESS] | None = plain("address that the sender has", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenToken(Located):
    """A valid token that the request carries."""

    provider: Annotated[str, DNS_LABEL] = plain("provider that issued it")
    claims: Mapping[Annotated[str, CLAIM], tuple[Annotated[str, WORD], ...]] | None = plain(
        "claims by name, each with its values", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedRequest(Located):
    """What is asked for; without method and path it is a connection."""

    to: Annotated[str, SERVICE_TARGET] = plain("Service that is called, and its port where it has several")
    method: Annotated[tuple[Method, ...], ONE_OR_MORE] = plain("one method, or several in turn", default=())
    path: Annotated[tuple[Annotated[str, PATH], ...], ONE_OR_MORE] = plain(
        "one path with its query string, or several in turn", default=()
    )
    headers: Mapping[Annotated[str, HTTP_TOKEN], Annotated[str, VALUE]] | None = plain(
        "headers by name, host among them", default=None
    )
    jwt: GivenToken | None = plain("token that the request carries", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect(Located):
    """What should become of the request; a facet that is not written is not compared."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtLeastOne(
            "verdict",
            "split",
            "service",
            "redirect",
            "path",
            "timeout",
            "retries",
            "mirror",
            "fault",
            "headers",
            "mtls",
        ),
    )

    verdict: Expected | None = plain("whether it gets through", default=None)
    split: Split | None = plain("shares by version of the service that is called", default=None)
    service: Annotated[str, SERVICE_TARGET] | None = plain("Service whose pods get it", default=None)
    redirect: Redirect | Written | None = plain("redirect that answers it", default=None)
    path: Annotated[str, PATH] | None = plain("path and query string as they are sent on", default=None)
    timeout: Duration | Written | None = plain("longest time, retries included", default=None)
    retries: Retries | Written | None = plain("tries after the first one", default=None)
    mirror: Mirror | Written | None = plain("copies that are sent elsewhere", default=None)
    fault: Fault | Written | None = plain("faults that are injected", default=None)
    headers: Headers | Written | None = plain("edits of headers on the way", default=None)
    mtls: bool | None = plain("whether it travels in mTLS", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Test(Located):
    """One request, or some that differ in method and path alone, and what should become of each."""

    __test__ = False  # no test of ours, whatever a test runner makes of the name

    name: Annotated[str, TEST_NAME] = plain("name of the test, unique in its document")
    from_: Sender = plain("who sends the request")
    request: TestedRequest = plain("what is asked for")
    expect: Expect = plain("what should become of it")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsSpec(Located):
    """The tests of one document."""

    __test__ = False

    tests: tuple[Test, ...] = plain("requests, each with what should become of it")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsMetadata(Located):
    """The name of a document of tests."""

    __test__ = False

    name: Annotated[str, DNS_LABEL] = plain("name of the tests, as reports show it")
    namespace: Annotated[str, DNS_LABEL] | None = plain(
        "namespace of services that name none, that of the intents unless written", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshTest(Located):
    """Requests and what should become of them, on every mesh alike."""

    __test__ = False

    api_version: Literal["meshgen.dev/v1alpha1"] = plain("version of the language")
    kind: Literal["MeshTest"] = plain("kind of the document")
    metadata: TestsMetadata = plain("name of the tests")
    spec: TestsSpec = plain("requests, each with what should become of it")
