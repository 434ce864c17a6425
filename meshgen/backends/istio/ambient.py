"""What Istio does where an intent says nothing."""

from __future__ import annotations

from meshgen.ambient import Default
from meshgen.backends.istio.profiles import unwritten_mode
from meshgen.profile import Profile

_CLUSTER = "istio/istio pilot/pkg/networking/core/cluster_traffic_policy.go"

_DEFAULTS = (
    Default(field="timeout", value="none", source="istio/istio pilot/pkg/networking/core/route/route.go"),
    Default(
        field="retries",
        value="2 after the first try, on connect-failure, refused-stream, unavailable and cancelled",
        source="istio/istio pilot/pkg/networking/core/route/retry/retry.go",
    ),
    Default(field="circuitBreaker", value="none", source=_CLUSTER),
    Default(field="outlierDetection", value="none", source=_CLUSTER),
    Default(
        field="loadBalancing",
        value="least-request",
        source="istio/api networking/v1alpha3/destination_rule.proto",
    ),
    Default(field="connectTimeout", value="10s", source="istio/istio pkg/config/mesh/mesh.go"),
    Default(
        field="authorization",
        value="default: allow",
        source="istio/api security/v1beta1/authorization_policy.proto",
    ),
)


def ambient(profile: Profile) -> tuple[Default, ...]:
    """Name what is in force of a fresh install; MeshConfig may say else."""
    mode = Default(
        field="mtls",
        value=unwritten_mode(profile).value,
        source="istio/api security/v1beta1/peer_authentication.proto",
    )
    return (*_DEFAULTS, mode)
