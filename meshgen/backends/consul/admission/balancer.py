"""What Consul and Envoy reject in the load balancer of a ServiceResolver."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.terms import (
    Ground,
    apart,
    duration,
    listed,
    server,
    unknown,
    unsigned,
    webhook,
)
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.grammar import duration_ns
from meshgen.resources import Complaint

BALANCER = Code(
    number="MG481",
    slug="consul-balancer",
    meaning="Each way to balance load has settings of its own, and Consul refuses those of another way.",
)

_WEBHOOK = Ground(BALANCER, webhook("serviceresolver"))
_SERVER = Ground(BALANCER, server("config_entry_discoverychain"))
_ENVOY = Ground(BALANCER, "envoyproxy/envoy api/envoy/config/cluster/v3/cluster.proto")
_SENT = Ground(BALANCER, "hashicorp/consul agent/xds/clusters.go")

_ROUTED = Ground(BALANCER, "hashicorp/consul agent/xds/routes.go")

_POLICIES = ("random", "round_robin", "least_request", "ring_hash", "maglev")
_OWNERS = (
    ("ringHashConfig", ("ring_hash",)),
    ("leastRequestConfig", ("least_request",)),
    ("hashPolicies", ("ring_hash", "maglev")),
)
_FIELDS = ("header", "cookie", "query_parameter")
_LARGEST_RING = 8_388_608
_FEWEST_CHOICES = 2


def balancer(settings: Part) -> Iterator[Complaint]:
    """Complain of a policy, of settings that are not the policy's, and of what requests are hashed by."""
    policy = settings.text("policy")
    yield from unknown(_SERVER, settings, "policy", _POLICIES)
    for key, policies in _OWNERS:
        is_written = bool(settings.said((key,))) if key == "hashPolicies" else settings.has(key)
        if is_written and policy not in policies and policy in ("", *_POLICIES):
            hint = f"write policy: {listed(policies, 'or')}"
            yield _SERVER.against(settings.at(key), f"policy {policy!r} has no {key}", hint)
    yield from _ring(settings.part("ringHashConfig"))
    if settings.has("leastRequestConfig"):
        yield from _choices(settings.part("leastRequestConfig"))
    for hashed in settings.parts("hashPolicies"):
        yield from _hashed(hashed)


def _ring(ring: Part) -> Iterator[Complaint]:
    smallest, largest = ring.number("minimumRingSize"), ring.number("maximumRingSize")
    for key in ("minimumRingSize", "maximumRingSize"):
        if not 0 <= ring.number(key) <= _LARGEST_RING:
            message = f"{ring.number(key)} is no size of a ring that Envoy takes"
            yield _ENVOY.against(ring.at(key), message, f"write at most {_LARGEST_RING}")
    if smallest > largest:  # what is not written is sent as 0
        message = f"minimumRingSize {smallest} is over maximumRingSize {largest}, and Envoy rejects it"
        yield _SENT.against(ring.at("minimumRingSize"), message, f"write maximumRingSize: {_LARGEST_RING}")


def _choices(settings: Part) -> Iterator[Complaint]:
    yield from unsigned(_WEBHOOK, settings, ("choiceCount",))
    if 0 <= settings.number("choiceCount") < _FEWEST_CHOICES:
        message = f"{settings.number('choiceCount')} leaves nothing to choose, and Envoy rejects it"
        yield _SENT.against(settings.at("choiceCount"), message, f"write {_FEWEST_CHOICES} or more")


def _hashed(hashed: Part) -> Iterator[Complaint]:
    field, cookie = hashed.text("field"), hashed.part("cookieConfig")
    yield from unknown(_WEBHOOK, hashed, "field", _FIELDS)
    yield from apart(_WEBHOOK, hashed, "sourceIP", ("field",))
    if hashed.flag("sourceIP") and not field:
        yield from apart(_SERVER, hashed, "sourceIP", ("fieldValue",))
    elif field and not hashed.text("fieldValue") and not hashed.flag("sourceIP"):
        yield _WEBHOOK.against(hashed.path, f"no fieldValue names the {field}", "write fieldValue")
    elif not field and not hashed.flag("sourceIP") and not hashed.text("fieldValue"):
        hint = "write a field with its fieldValue, or sourceIP: true"
        yield _ROUTED.against(hashed.path, "nothing is hashed, and callers get no routes", hint)
    elif hashed.text("fieldValue") and not field:
        message = f"fieldValue {hashed.text('fieldValue')!r} is of no field"
        yield _SERVER.against(hashed.at("fieldValue"), message, f"write field: {listed(_FIELDS, 'or')}")
    if hashed.has("cookieConfig") and field != "cookie":
        message = "cookieConfig is written, and no cookie is hashed by"
        yield _SERVER.against(cookie.path, message, "write field: cookie or drop it")
    yield from duration(_WEBHOOK.source, cookie, "ttl", may_be_negative=True)
    if cookie.flag("session") and duration_ns(cookie.text("ttl")) not in (None, 0):
        yield _WEBHOOK.against(cookie.at("ttl"), "a cookie of a session has no ttl", "drop ttl or session")
