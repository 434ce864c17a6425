"""Where nothing is written a mesh does as it likes; pinned, it is asked to do nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from meshgen.intent.features import Written
from meshgen.intent.model import Defaults, Protocol, Service


def pinned(service: Service, defaults: Defaults | None) -> Service:
    """Write `none` for timeout, retries and outlierDetection of a service that says nothing of them.

    `ambient` says something, so does `spec.defaults`. The ports of the service are known by now: timeout and
    retries are of requests, and a headless service has neither.
    """
    ports = [port for port in service.ports if port.port is not None]
    has_requests = any((port.protocol or Protocol.HTTP).is_http for port in ports)
    names = ("timeout", "retries") if has_requests and service.headless is None else ()
    pins: dict[str, Any] = {
        name: Written.NONE
        for name in (*names, *(("outlier_detection",) if ports else ()))
        if getattr(service, name) is None and getattr(defaults, name, None) is None
    }
    return replace(service, **pins)
