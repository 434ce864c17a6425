"""Consul on Kubernetes as its chart installs it: the built-in profile, and what a profile may say."""

from __future__ import annotations

from dataclasses import dataclass

from meshgen.intent.access import Mode
from meshgen.intent.features import Located, plain
from meshgen.profile import Edition, Profile

DOMAINS = ("hashicorp.com",)
VERSIONS = ("1.8", "1.9", "2.0")  # of consul-k8s, its chart


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsulBlock(Located):
    """What is true of one cluster's Consul."""

    owns_singletons: bool | None = plain(
        "whether Mesh, of which a cluster has one, may be written", key="ownsSingletons", default=None
    )
    namespace_mirroring: bool | None = plain(
        "whether each Kubernetes namespace is a Consul namespace of the same name",
        key="namespaceMirroring",
        default=None,
    )


PROFILES = (
    Profile(
        name="consul",
        mesh="consul",
        version="2.0",
        control_plane_namespace="consul",
        block=ConsulBlock(owns_singletons=False, namespace_mirroring=False),
    ),
)


def owns_singletons(profile: Profile) -> bool:
    """Tell whether the profile lets meshgen write Mesh."""
    return isinstance(profile.block, ConsulBlock) and profile.block.owns_singletons is True


def is_enterprise(profile: Profile) -> bool:
    """Tell whether Consul has namespaces at all."""
    return profile.edition is Edition.ENTERPRISE


def is_mirrored(profile: Profile) -> bool:
    """Tell whether a Consul service is known by namespace and name; else by its name alone."""
    return (
        is_enterprise(profile)
        and isinstance(profile.block, ConsulBlock)
        and profile.block.namespace_mirroring is True
    )


def loses_prefixes(profile: Profile) -> bool:
    """Tell whether the prefix that a route asks for may be taken away where no rewrite is written."""
    # hashicorp/consul#23339: Consul 1.22.0 to 1.22.5, which the chart 1.9 brings
    return profile.version == "1.9"


def denies_unwritten(profile: Profile) -> bool:
    """Tell whether the profile says that calls are refused of which no intention speaks."""
    return "intention-default-deny" in profile.holds


def unwritten_mode(_: Profile) -> Mode:
    """Say what ports admit where nobody writes a mode."""
    return (
        Mode.STRICT
    )  # hashicorp/consul agent/structs/config_entry_mesh.go: permissive must be allowed first
