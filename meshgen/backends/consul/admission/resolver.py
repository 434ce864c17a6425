"""What Consul rejects in a ServiceResolver: where it redirects and fails over to."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.balancer import balancer
from meshgen.backends.consul.admission.subsets import subsets
from meshgen.backends.consul.admission.terms import (
    Ground,
    apart,
    duration,
    enterprise,
    of_enterprise,
    server,
    unknown,
    webhook,
)
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_enterprise
from meshgen.diagnostics import Code
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

RESOLVER = Code(
    number="MG479",
    slug="consul-resolver",
    meaning="A resolver redirects or fails over, and what says where to must go together.",
)

_WEBHOOK = Ground(RESOLVER, webhook("serviceresolver"))
_SERVER = Ground(RESOLVER, server("config_entry_discoverychain"))

FAILOVER_MODES = ("sequential", "order-by-locality")
LOCALITY_MODES = ("none", "failover")
_DEFAULT = "default"  # the partition that every datacenter has


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of one ServiceResolver."""
    spec = Part.spec_of(resource)
    if spec.has("redirect") and spec.said(("failover",)):
        message = "failover and redirect exclude each other"
        yield _WEBHOOK.against(spec.at("failover"), message, "keep one of them")
    if spec.has("redirect"):
        yield from _redirect(spec.part("redirect"), profile)
    for _, failover in spec.members("failover"):
        yield from _failover(failover, profile)
    yield from locality(spec, profile)
    yield from subsets(spec, resource.name)
    for key in ("connectTimeout", "requestTimeout"):
        yield from duration(_SERVER.source, spec, key)
    yield from balancer(spec.part("loadBalancer"))


def _redirect(redirect: Part, profile: Profile) -> Iterator[Complaint]:
    if not redirect.said(redirect.fields):
        yield _WEBHOOK.against(
            redirect.path, "the redirect says nothing", "write the service that it leads to"
        )
    if not redirect.text("service"):
        for key in redirect.said(("serviceSubset", "namespace", "partition", "peer")):
            message = f"{key} is written without service"
            yield _WEBHOOK.against(redirect.at(key), message, "write service beside it")
    yield from apart(_WEBHOOK, redirect, "peer", ("serviceSubset", "partition", "datacenter"))
    yield from apart(_WEBHOOK, redirect, "samenessGroup", ("serviceSubset", "partition", "datacenter"))
    if redirect.text("partition") != _DEFAULT:
        yield from apart(_WEBHOOK, redirect, "partition", ("datacenter",))
    source = server("config_entry_discoverychain_ce")
    yield from enterprise(source, redirect, ("namespace", "partition", "samenessGroup"), profile)


def _failover(failover: Part, profile: Profile) -> Iterator[Complaint]:
    yield from _failover_says_where(failover)
    if failover.texts("datacenters") and not is_enterprise(profile):
        # the webhook asks for the partition "default", and the community edition calls it ""
        message = "datacenters are refused in the community edition"
        yield _WEBHOOK.against(
            failover.at("datacenters"), message, "write them as targets: [{datacenter: dc2}]"
        )
    for index, datacenter in enumerate(failover.texts("datacenters")):
        if not datacenter:
            yield _WEBHOOK.against(failover.at("datacenters", index), "the datacenter has no name", "drop it")
    yield from apart(_WEBHOOK, failover, "targets", ("datacenters", "service", "serviceSubset"))
    yield from apart(_WEBHOOK, failover, "samenessGroup", ("datacenters", "serviceSubset", "targets"))
    yield from failover_mode(failover.part("policy"))
    source = server("config_entry_discoverychain_ce")
    yield from enterprise(source, failover, ("namespace", "samenessGroup"), profile)
    if failover.part("policy").text("mode") and not is_enterprise(profile):
        yield of_enterprise(source, failover.at("policy", "mode"), "a failover policy")
    for target in failover.parts("targets"):
        yield from apart(_WEBHOOK, target, "peer", ("serviceSubset", "partition", "datacenter"))
        yield from apart(_WEBHOOK, target, "partition", ("datacenter",))
        yield from enterprise(source, target, ("namespace", "partition"), profile)


def _failover_says_where(failover: Part) -> Iterator[Complaint]:
    where = failover.said(
        ("service", "serviceSubset", "namespace", "datacenters", "targets", "samenessGroup")
    )
    if where:
        return
    if failover.has("policy"):
        message = "the failover has a policy and leads nowhere"
        yield _SERVER.against(failover.path, message, "write targets")
    else:
        yield _WEBHOOK.against(failover.path, "the failover leads nowhere", "write targets")


def failover_mode(policy: Part) -> Iterator[Complaint]:
    """Ask for a way to fail over that Consul knows."""
    yield from unknown(Ground(RESOLVER, webhook("shared")), policy, "mode", FAILOVER_MODES)


def locality(spec: Part, profile: Profile) -> Iterator[Complaint]:
    """Ask for a known mode of `prioritizeByLocality`, and for the edition that has it."""
    yield from unknown(_WEBHOOK, spec.part("prioritizeByLocality"), "mode", LOCALITY_MODES)
    if spec.part("prioritizeByLocality").text("mode") and not is_enterprise(profile):
        path = spec.at("prioritizeByLocality", "mode")
        yield of_enterprise(server("config_entry_discoverychain_ce"), path, "prioritizeByLocality")
