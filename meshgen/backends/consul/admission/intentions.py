"""What Consul rejects in ServiceIntentions: names, actions, permissions and tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meshgen.backends.consul.admission.matches import comparisons, letter_case, methods, path_kinds
from meshgen.backends.consul.admission.terms import (
    Ground,
    apart,
    enterprise,
    required,
    server,
    twice,
    unknown,
    webhook,
)
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

INTENTION = Code(
    number="MG485",
    slug="consul-intention",
    meaning="A source of intentions is named once and has an action or permissions; the rest Consul refuses.",
)

_WEBHOOK = Ground(INTENTION, webhook("serviceintentions"))
_SERVER = Ground(INTENTION, server("config_entry_intentions"))

EVERY = "*"
_ACTIONS = ("allow", "deny")
_COMPARISONS = ("present", "exact", "prefix", "suffix", "contains", "regex")
_REQUEST = ("pathExact", "pathPrefix", "pathRegex", "header", "methods")
_LONGEST = 512  # bytes of a description


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of ServiceIntentions."""
    spec = Part.spec_of(resource)
    destination, sources = spec.part("destination"), tuple(spec.parts("sources"))
    yield from _name(destination)
    yield from enterprise(_WEBHOOK.source, destination, ("namespace",), profile)
    if not sources:
        yield _WEBHOOK.against(spec.at("sources"), "no source is written", "write who calls")
    for source in sources:
        yield from _source(source, profile)
        if destination.text("name") == EVERY or destination.text("namespace") == EVERY:
            yield from _permissions_of_every(source)
    yield from _named_twice(sources)
    yield from _providers(spec.part("jwt"))


def _name(part: Part) -> Iterator[Complaint]:
    """Ask for a whole name or `*`, and for no name in every namespace."""
    yield from required(_SERVER, part, "name")
    for key in ("name", "namespace"):
        if EVERY in part.text(key) and part.text(key) != EVERY:
            message = f"{part.text(key)!r} is a pattern, and Consul knows names and {EVERY!r} alone"
            yield _SERVER.against(part.at(key), message, "write each name")
    if part.text("namespace") == EVERY and part.text("name") not in ("", EVERY):
        message = f"{part.text('name')!r} is one name in every namespace"
        yield _SERVER.against(part.at("name"), message, f"write name: {EVERY!r} or one namespace")


def _source(source: Part, profile: Profile) -> Iterator[Complaint]:
    yield from _name(source)
    yield from _action_or_permissions(source)
    for permission in source.parts("permissions"):
        yield from _permission(permission)
    yield from _whereabouts(source)
    yield from enterprise(_WEBHOOK.source, source, ("namespace", "partition"), profile)
    yield from enterprise(server("config_entry_intentions_ce"), source, ("samenessGroup",), profile)
    length = len(source.text("description").encode(errors="replace"))
    if length > _LONGEST:
        message = f"the description has {length} bytes, over {_LONGEST}"
        yield _WEBHOOK.against(source.at("description"), message, "write a shorter one")


def _action_or_permissions(source: Part) -> Iterator[Complaint]:
    match bool(source.text("action")), bool(source.said(("permissions",))):
        case True, True:
            message = f"action {source.text('action')!r} and permissions exclude each other"
            yield _WEBHOOK.against(source.at("action"), message, "drop action: permissions decide")
        case False, False:
            message = "neither action nor permissions are written"
            yield _WEBHOOK.against(source.path, message, "write action: allow or deny")
        case _:
            yield from unknown(_WEBHOOK, source, "action", _ACTIONS)


def _permission(permission: Part) -> Iterator[Complaint]:
    http = permission.part("http")
    if not permission.text("action"):
        yield _WEBHOOK.against(permission.path, "the permission has no action", "write action: allow or deny")
    yield from unknown(_WEBHOOK, permission, "action", _ACTIONS)
    if not http.said(_REQUEST):
        message = "the permission speaks of no request"
        yield _SERVER.against(permission.at("http"), message, "write http: {pathPrefix: /} for all of them")
    yield from path_kinds(_WEBHOOK.source, http)
    yield from methods(_WEBHOOK.source, http.at("methods"), http.texts("methods"))
    yield from comparisons(_SERVER.source, http.parts("header"), _COMPARISONS)
    yield from letter_case(_WEBHOOK.source, http.parts("header"))
    yield from _providers(permission.part("jwt"))


def _whereabouts(source: Part) -> Iterator[Complaint]:
    """Ask for at most one of peer, partition and sameness group, by their whole names."""
    yield from apart(_WEBHOOK, source, "peer", ("partition",))
    yield from apart(_WEBHOOK, source, "samenessGroup", ("partition", "peer"))
    for key in ("peer", "partition", "samenessGroup"):
        if EVERY in source.text(key):
            message = f"{source.text(key)!r} is a pattern, and a {key} has a name"
            yield _WEBHOOK.against(source.at(key), message, f"write the name of one {key}")


def _permissions_of_every(source: Part) -> Iterator[Complaint]:
    if source.said(("permissions",)):
        message = "permissions are written for every destination"
        yield _SERVER.against(source.at("permissions"), message, "write an action, or name the destination")


def _named_twice(sources: Sequence[Part]) -> Iterator[Complaint]:
    yield from twice(_SERVER, (_identity(source) for source in sources if source.text("name")))


def _identity(source: Part) -> tuple[Path, tuple[str, ...], str]:
    name = source.text("name")
    whereabouts = tuple(source.text(key) for key in ("namespace", "partition", "peer", "samenessGroup"))
    return source.at("name"), (name, *whereabouts), f"source {name!r}"


def _providers(tokens: Part) -> Iterator[Complaint]:
    for provider in tokens.parts("providers"):
        yield from required(_WEBHOOK, provider, "name")
