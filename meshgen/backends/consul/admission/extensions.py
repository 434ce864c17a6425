"""What Consul rejects in `envoyExtensions`: names that it has not, and arguments that build none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from meshgen.backends.consul.admission.terms import Ground, listed, of_enterprise, webhook
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_enterprise
from meshgen.diagnostics import Code, near_miss
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path

EXTENSION = Code(
    number="MG489",
    slug="consul-extension",
    meaning="Consul has some extensions of Envoy built in, and refuses others and arguments of no use.",
)

_FOLDER = "hashicorp/consul agent/envoyextensions"
_WEBHOOK = Ground(EXTENSION, webhook("shared"))
_REGISTRY = Ground(EXTENSION, f"{_FOLDER}/registered_extensions.go")

_OF_ENTERPRISE = "builtin/fault-injection"
_UNJUDGED = (
    "builtin/ext-proc",
    "builtin/otel-access-logging",
)  # built in, with arguments that differ by version
_DIRECTIONS = ("inbound", "outbound")


def extensions(spec: Part, profile: Profile) -> Iterator[Complaint]:
    """Complain of each extension of a service or of all."""
    for extension in spec.parts("envoyExtensions"):
        yield from _name(extension, profile)
        arguments = extension.part("arguments")
        if not extension.has("arguments"):
            yield _WEBHOOK.against(arguments.path, "no arguments are written", "write arguments")
        elif extension.text("name") in _ARGUMENTS:
            yield from _ARGUMENTS[extension.text("name")](arguments)


def _name(extension: Part, profile: Profile) -> Iterator[Complaint]:
    """Ask for a built-in extension; what the enterprise edition adds is not published."""
    name, path = extension.text("name"), extension.at("name")
    if not name:
        yield _REGISTRY.against(path, "the extension has no name", "write one such as builtin/lua")
    elif is_enterprise(profile) or name in (*_ARGUMENTS, *_UNJUDGED):
        return
    elif name == _OF_ENTERPRISE:
        yield of_enterprise(_REGISTRY.source, path, name)
    else:
        known = (*_ARGUMENTS, *_UNJUDGED)
        hint = near_miss(name, known) or f"write {listed(sorted(known), 'or')}"
        yield _REGISTRY.against(path, f"{name!r} is no built-in extension", hint)


def _at(arguments: Part, *keys: str) -> tuple[Path, Any]:
    """Follow keys of any letter case, as mapstructure does; what is not there is None."""
    value: Any = arguments.fields
    path = arguments.path
    for key in keys:
        members = value if isinstance(value, Mapping) else {}
        written = next((each for each in members if each.lower() == key.lower()), key)
        value, path = members.get(written), (*path, written)
    return path, value


def _said(ground: Ground, arguments: Part, *keys: str) -> Iterator[Complaint]:
    """Ask for a text."""
    path, value = _at(arguments, *keys)
    if not isinstance(value, str) or not value:
        yield ground.against(path, f"{keys[-1]} is not written", f"write {keys[-1]}")


def _word(
    ground: Ground, arguments: Part, keys: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[Complaint]:
    """Ask for one of some words."""
    path, value = _at(arguments, *keys)
    if value not in known:
        message = f"{keys[-1]} is not written" if value is None else f"{value!r} is no {keys[-1]}"
        yield ground.against(path, message, f"write {keys[-1]}: {listed(known, 'or')}")


def _lua(arguments: Part) -> Iterator[Complaint]:
    ground = Ground(EXTENSION, f"{_FOLDER}/builtin/lua/lua.go")
    yield from _said(ground, arguments, "Script")
    yield from _word(ground, arguments, ("ProxyType",), ("connect-proxy", "api-gateway"))
    yield from _word(ground, arguments, ("Listener",), _DIRECTIONS)


def _lambda(arguments: Part) -> Iterator[Complaint]:
    yield from _said(Ground(EXTENSION, f"{_FOLDER}/builtin/aws-lambda/aws_lambda.go"), arguments, "ARN")


def _wasm(arguments: Part) -> Iterator[Complaint]:
    ground = Ground(EXTENSION, f"{_FOLDER}/builtin/wasm/structs.go")
    yield from _word(ground, arguments, ("Protocol",), ("tcp", "http"))
    yield from _word(ground, arguments, ("ListenerType",), _DIRECTIONS)
    code = ("PluginConfig", "VmConfig", "Code")
    path, _ = _at(arguments, *code)
    _, file = _at(arguments, *code, "Local", "Filename")
    _, uri = _at(arguments, *code, "Remote", "HttpURI", "URI")
    if bool(file) == bool(uri):
        message = "both Local and Remote code are written" if file else "no code is written"
        yield ground.against(path, message, "write Local.Filename or Remote.HttpURI")
    elif uri:
        yield from _said(ground, arguments, *code, "Remote", "HttpURI", "Service", "Name")
        yield from _said(ground, arguments, *code, "Remote", "SHA256")


def _authorization(arguments: Part) -> Iterator[Complaint]:
    ground = Ground(EXTENSION, f"{_FOLDER}/builtin/ext-authz/structs.go")
    path, _ = _at(arguments, "Config")
    written = [key for key in ("GrpcService", "HttpService") if _at(arguments, "Config", key)[1] is not None]
    if len(written) != 1:
        message = f"{listed(written, 'and')} are written together" if written else "no service is asked"
        yield ground.against(path, message, "write GrpcService or HttpService")
    for key in written:
        target = ("Config", key, "Target")
        path, _ = _at(arguments, *target)
        _, service = _at(arguments, *target, "Service", "Name")
        _, uri = _at(arguments, *target, "URI")
        if bool(service) == bool(uri):
            message = "both a Service and a URI are the target" if uri else "the service has no target"
            yield ground.against(path, message, "write Target.Service.Name or Target.URI")


def _override(arguments: Part) -> Iterator[Complaint]:
    ground = Ground(EXTENSION, f"{_FOLDER}/builtin/property-override/property_override.go")
    path, patches = _at(arguments, "Patches")
    if not isinstance(patches, list) or not patches:
        yield ground.against(path, "no patch is written", "write Patches")
        return
    for index, fields in enumerate(patches):
        yield from _patch(ground, Part(fields if isinstance(fields, Mapping) else {}, (*path, index)))


def _patch(ground: Ground, patch: Part) -> Iterator[Complaint]:
    kinds = ("cluster", "cluster-load-assignment", "listener", "route")
    yield from _word(ground, patch, ("ResourceFilter", "ResourceType"), kinds)
    yield from _word(ground, patch, ("ResourceFilter", "TrafficDirection"), _DIRECTIONS)
    yield from _word(ground, patch, ("Op",), ("add", "remove"))
    yield from _said(ground, patch, "Path")
    path, services = _at(patch, "ResourceFilter", "Services")
    if services and _at(patch, "ResourceFilter", "TrafficDirection")[1] == "inbound":
        yield ground.against(path, "Services are of outbound traffic", "drop them")
    path, value = _at(patch, "Value")
    if value is not None and _at(patch, "Op")[1] == "remove":
        yield ground.against(path, "a value is written to be removed", "drop Value")


_ARGUMENTS: Mapping[str, Callable[[Part], Iterator[Complaint]]] = MappingProxyType(
    {
        "builtin/aws/lambda": _lambda,
        "builtin/ext-authz": _authorization,
        "builtin/lua": _lua,
        "builtin/property-override": _override,
        "builtin/wasm": _wasm,
    }
)
