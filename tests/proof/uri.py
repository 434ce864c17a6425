"""URLs as Kubernetes' CEL library reads them: by the rules of Go's net/url ParseRequestURI."""

from __future__ import annotations

import re

from .grammar import is_ip

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"""([A-Za-z0-9\-._~!$&'()*+,;=:\[\]<>"]|[^\x00-\x7f]|%[89A-Fa-f][0-9A-Fa-f])*""")
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")


def scheme_of(text: str) -> str | None:
    """Return the scheme of a request URI, empty for a bare path; None where Go refuses the text."""
    if not text or re.search(r"[\x00-\x1f\x7f]", text) or text.startswith(":"):
        return None
    if text == "*":
        return ""
    scheme, rest = _split_scheme(text)
    path = rest.partition("?")[0]
    if not path.startswith("/"):
        return scheme or None  # mailto:x is opaque; a relative path is no request URI
    if scheme and path.startswith("//"):
        authority, slash, tail = path[2:].partition("/")
        if not _is_authority(authority):
            return None
        path = slash + tail
    return None if _BAD_ESCAPE.search(path) else scheme


def _split_scheme(text: str) -> tuple[str, str]:
    head, colon, rest = text.partition(":")
    return (head.lower(), rest) if colon and _SCHEME.fullmatch(head) else ("", text)


def _is_authority(authority: str) -> bool:
    user, at, host = authority.rpartition("@")
    if at and (not _USER.fullmatch(user) or _BAD_ESCAPE.search(user)):
        return False
    name, port = _split_port(host)
    if name.startswith("["):
        return name.endswith("]") and is_ip(name[1:-1].partition("%")[0]) and _is_port(port)
    return _HOST.fullmatch(name) is not None and _is_port(port)


def _split_port(host: str) -> tuple[str, str]:
    end = host.rfind("]") + 1
    name, colon, port = host[end:].rpartition(":")
    return (host[:end] + name, colon + port) if colon else (host, "")


def _is_port(text: str) -> bool:
    return re.fullmatch(r"(:[0-9]*)?", text) is not None
