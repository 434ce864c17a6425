"""What Consul rejects in the ProxyDefaults: its name, its access logs and the settings of all proxies."""

from __future__ import annotations

import json
from collections.abc import Iterator

from meshgen.backends.consul.admission.extensions import extensions
from meshgen.backends.consul.admission.names import named
from meshgen.backends.consul.admission.proxies import PROXY, settings
from meshgen.backends.consul.admission.resolver import failover_mode, locality
from meshgen.backends.consul.admission.terms import Ground, apart, server, unknown, webhook
from meshgen.backends.consul.parts import Part
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

_WEBHOOK = Ground(PROXY, webhook("proxydefaults"))
_SERVER = Ground(PROXY, server("config_entry"))
_LOGS = Ground(PROXY, "hashicorp/consul agent/xds/accesslogs/accesslogs.go")
_NAMED = "hashicorp/consul-k8s control-plane/api/v1alpha1/proxydefaults_webhook.go"

_SINKS = ("stdout", "stderr", "file")
_METRICS_FOLDER = "envoy_hcp_metrics_bind_socket_dir"
_LONGEST_FOLDER = 70


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of the ProxyDefaults."""
    spec = Part.spec_of(resource)
    yield from named(_NAMED, resource, "global")
    yield from settings(spec)
    yield from _access_logs(spec.part("accessLogs"))
    yield from failover_mode(spec.part("failoverPolicy"))
    yield from locality(spec, profile)
    yield from extensions(spec, profile)
    folder = spec.part("config").fields.get(_METRICS_FOLDER)
    if isinstance(folder, str) and len(folder) > _LONGEST_FOLDER:
        message = f"the folder's name has {len(folder)} characters, over {_LONGEST_FOLDER}"
        yield _SERVER.against(spec.at("config", _METRICS_FOLDER), message, "write a shorter one")


def _access_logs(logs: Part) -> Iterator[Complaint]:
    sink = logs.text("type")
    yield from unknown(_WEBHOOK, logs, "type", _SINKS)
    if sink == "file" and not logs.text("path"):
        yield _WEBHOOK.against(logs.path, "logs of type file have no path", "write path")
    if sink in ("", "stdout", "stderr") and logs.text("path"):
        message = f"path {logs.text('path')!r} is of type file, and the type is {sink or 'not written'}"
        yield _WEBHOOK.against(logs.at("path"), message, "write type: file or drop path")
    yield from apart(_WEBHOOK, logs, "jsonFormat", ("textFormat",))
    if logs.text("jsonFormat"):
        yield from _json_format(logs.at("jsonFormat"), logs.text("jsonFormat"))


def _json_format(path: Path, text: str) -> Iterator[Complaint]:
    hint = 'write an object such as {"path": "%REQ(:PATH)%"}'
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        yield _WEBHOOK.against(path, f"{text!r} is no JSON", hint)
    else:
        if not isinstance(value, dict):
            yield _LOGS.against(path, f"{text!r} is no object, and proxies get no listeners", hint)


def _no_constant(name: str) -> None:
    """Refuse NaN and the infinities, which Go's decoder does not know."""
    raise ValueError(name)
