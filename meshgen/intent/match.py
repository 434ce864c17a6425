"""Which requests are meant: methods, paths, headers, query parameters and ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from meshgen.intent.constraints import AtLeastOne, Constraint
from meshgen.intent.features import Located, feature, plain
from meshgen.intent.words import Word
from meshgen.values import PORT, Text

HTTP_TOKEN = Text(what="a header name", pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", longest=256)
QUERY_NAME = Text(what="the name of a query parameter", longest=256)
VALUE = Text(what="a value", longest=4096)
PATH = Text(what="a path that begins with '/'", pattern=r"^/", longest=1024, example="/reviews")
REGEX = Text(what="an RE2 expression", longest=1024)
PORT_NAME = Text(
    what="the name or number of a port",
    pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    longest=63,
    number=PORT,
)


class Method(Word):
    """The nine methods of HTTP; a mesh compares them with case."""

    GET = "GET", "read a resource without changing it"
    HEAD = "HEAD", "as GET, but without the body"
    POST = "POST", "hand data over to a resource"
    PUT = "PUT", "replace a resource as a whole"
    PATCH = "PATCH", "change a part of a resource"
    DELETE = "DELETE", "take a resource away for good"
    CONNECT = "CONNECT", "open a tunnel through the proxy"
    OPTIONS = "OPTIONS", "ask what a resource allows, as preflights do"
    TRACE = "TRACE", "have the request sent back as received"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathExact(Located):
    """The whole path, without the query string."""

    exact: Annotated[str, PATH] = feature("the whole path, compared literally")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPrefix(Located):
    """Whole segments: `/a` covers `/a` and `/a/b`, never `/ab`."""

    prefix: Annotated[str, PATH] = feature("leading segments of the path, compared literally")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRegex(Located):
    """An RE2 expression that covers the whole path."""

    regex: Annotated[str, REGEX] = feature("RE2 expression that covers the whole path")


PathMatch = PathExact | PathPrefix | PathRegex


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact(Located):
    """The whole value, compared with case."""

    exact: Annotated[str, VALUE] = feature("the whole value, compared literally and with case")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix(Located):
    """How the value begins, compared with case."""

    prefix: Annotated[str, VALUE] = feature("how the value begins, compared literally and with case")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex(Located):
    """An RE2 expression that covers the whole value."""

    regex: Annotated[str, REGEX] = feature("RE2 expression that covers the whole value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Present(Located):
    """It is there, with whatever value."""

    present: Literal[True] = feature("it is there, whatever its value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent(Located):
    """It is not there."""

    absent: Literal[True] = feature("it is not there at all")


HeaderMatch = Exact | Prefix | Regex | Present | Absent
QueryMatch = Exact | Regex | Present
HeaderMatches = Mapping[Annotated[str, HTTP_TOKEN], HeaderMatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Located):
    """One alternative: every condition that is written holds."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtLeastOne("paths", "methods", "headers", "queryParams", "ports"),
    )

    paths: tuple[PathMatch, ...] = plain("paths, any of which may match", default=())
    methods: tuple[Method, ...] = feature("methods, any of which may match", default=())
    headers: HeaderMatches | None = plain("headers by name, all of which must match", default=None)
    query_params: Mapping[Annotated[str, QUERY_NAME], QueryMatch] | None = plain(
        "query parameters by name, all of which must match", default=None
    )
    ports: tuple[Annotated[str, PORT_NAME], ...] = feature(
        "Service ports of the service on which the route holds", default=()
    )
