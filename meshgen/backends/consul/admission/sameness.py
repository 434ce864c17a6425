"""What Consul rejects in a SamenessGroup, which the enterprise edition alone has."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.exports import EXPORT
from meshgen.backends.consul.admission.terms import Ground, exactly_one, of_enterprise, twice, webhook
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_enterprise
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

_WEBHOOK = Ground(EXPORT, webhook("samenessgroup"))


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of one SamenessGroup."""
    spec = Part.spec_of(resource)
    members = tuple(spec.parts("members"))
    if not is_enterprise(profile):
        yield of_enterprise(
            "hashicorp/consul agent/structs/config_entry_sameness_group_ce.go", (), "a SamenessGroup"
        )
        return
    if resource.namespace not in ("", "default"):
        message = f"it is in namespace {resource.namespace!r}, and Consul takes it from 'default' alone"
        yield _WEBHOOK.against(("metadata", "namespace"), message, "write namespace: default")
    if not members:
        yield _WEBHOOK.against(spec.at("members"), "no member is written", "write partitions or peers")
    elif not spec.flag("includeLocal") and not any(member.text("partition") for member in members):
        message = "the group leaves out the partition that it is of"
        yield _WEBHOOK.against(spec.at("members"), message, "write includeLocal: true")
    for member in members:
        yield from exactly_one(_WEBHOOK, member, ("partition", "peer"))
    yield from twice(_WEBHOOK, ((each.path, _who(each), _called(each)) for each in members))


def _who(member: Part) -> tuple[str, str]:
    return member.text("partition"), member.text("peer")


def _called(member: Part) -> str:
    return repr(member.text("partition") or member.text("peer"))
