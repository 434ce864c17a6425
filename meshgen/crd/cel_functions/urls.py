"""URLs: the library `urls` (apiserver pkg/cel/library/urls.go), which reads them as Go's net/url does."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_to_bytes

from meshgen import grammar
from meshgen.crd.cel_functions.function import Function, Record

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"""(?:[A-Za-z0-9\-._~!$&'()*+,;=\[\]<>"]|[^\x00-\x7f]|%[89A-Fa-f][0-9A-Fa-f])*+""")
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
_PORT = re.compile(r"(?::[0-9]*)?")
_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/\[\]%]*")
_UNESCAPED_IN_A_PATH = "$&+,/:;=@"


class _Url(NamedTuple):
    scheme: str = ""
    host: str = ""  # with the port
    path: str = ""
    query: str = ""


def is_url(text: str) -> bool:
    """Tell what Go's ParseRequestURI takes: an absolute URL or an absolute path."""
    return _parsed(text) is not None


def _url(text: str) -> Record:
    # ParseRequestURI checks the text, fragment and all; what can be asked for is what Parse makes of it.
    url = _parsed(text.partition("#")[0], is_request=False) if is_url(text) else None
    if url is None:
        raise ValueError(f"{text!r} is not a URL")
    return url._asdict()


def _parsed(text: str, *, is_request: bool = True) -> _Url | None:
    if not text or _CONTROL.search(text) or text.startswith(":"):
        return None
    if text == "*":
        return _Url(path="*")
    scheme, rest = _split_scheme(text)
    path, _, query = rest.partition("?")
    if not path.startswith("/"):
        return _Url(scheme=scheme, query=query) if scheme else None  # mailto:x is opaque
    host = ""
    if path.startswith("//") and (scheme or not (is_request or path.startswith("///"))):
        authority, slash, tail = path[2:].partition("/")
        if not _is_authority(authority):
            return None
        host, path = authority.rpartition("@")[2], slash + tail
    return None if _BAD_ESCAPE.search(path) else _Url(scheme=scheme, host=host, path=path, query=query)


def _split_scheme(text: str) -> tuple[str, str]:
    head, colon, rest = text.partition(":")
    return (head.lower(), rest) if colon and _SCHEME.fullmatch(head) else ("", text)


def _is_authority(authority: str) -> bool:
    user, at, host = authority.rpartition("@")
    if at and (not _USER.fullmatch(user) or _BAD_ESCAPE.search(user)):
        return False
    name, port = _split_port(host)
    if not _PORT.fullmatch(port):
        return False
    if name.startswith("["):
        address = name[1:-1].partition("%25")[0]  # behind it stands a zone
        return name.endswith("]") and ":" in address and grammar.is_ip(address)
    return _HOST.fullmatch(name) is not None


def _split_port(host: str) -> tuple[str, str]:
    end = host.rfind("]") + 1
    name, colon, port = host[end:].rpartition(":")
    return (host[:end] + name, colon + port) if colon else (host, "")


def _hostname(url: Record) -> str:
    return unquote(_split_port(url["host"])[0].removeprefix("[").removesuffix("]"))


def _port(url: Record) -> str:
    return _split_port(url["host"])[1].removeprefix(":")


def _escaped_path(url: Record) -> str:
    path = url["path"]
    if path == "*" or _PATH.fullmatch(path):
        return path
    return quote(unquote_to_bytes(path), safe=_UNESCAPED_IN_A_PATH)


def _query(url: Record) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for pair in url["query"].split("&"):
        name, _, value = pair.partition("=")
        if pair and ";" not in pair and not _BAD_ESCAPE.search(pair):
            query.setdefault(_unescaped(name), []).append(_unescaped(value))
    return query


def _unescaped(text: str) -> str:
    return unquote(text.replace("+", " "))


FUNCTIONS = (
    Function("isURL", ("string",), "bool", is_url, is_member=False),
    Function("url", ("string",), "map", _url, is_member=False),
    Function("getScheme", ("map",), "string", lambda url: url["scheme"]),
    Function("getHost", ("map",), "string", lambda url: unquote(url["host"])),
    Function("getHostname", ("map",), "string", _hostname),
    Function("getPort", ("map",), "string", _port),
    Function("getEscapedPath", ("map",), "string", _escaped_path),
    Function("getQuery", ("map",), "map", _query),
)
