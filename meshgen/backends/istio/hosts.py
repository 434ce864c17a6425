"""Host names as Istio compares them: short ones completed, wildcards that cover others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshgen.grammar import is_ip


def full(host: str, namespace: str, cluster_domain: str) -> str:
    """Complete a short name with the namespace of the object that holds it.

    istio/istio pilot/pkg/model/config.go: a name without a dot is a Service beside the object.
    """
    if "." in host or host.startswith("*") or is_ip(host):
        return host
    return f"{host}.{namespace}.svc.{cluster_domain}"


class Hosts:
    """Names and wildcards, asked for the one among them that covers a name."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._names = frozenset(hosts)
        self._tails = {host[1:]: host for host in sorted(self._names) if host.startswith("*")}
        self._lengths = sorted({len(tail) for tail in self._tails}, reverse=True)

    def covering(self, host: str) -> str | None:
        """Find the host itself, or else the longest wildcard that covers all that it means."""
        return host if host in self._names else next(self.wildcards(host), None)

    def wildcards(self, host: str) -> Iterator[str]:
        """List the wildcards that cover a host, other than itself, the longest first."""
        text = host.removeprefix("*")
        for length in self._lengths:
            tail = text[len(text) - length :] if length <= len(text) else None
            if tail in self._tails and self._tails[tail] != host:
                yield self._tails[tail]

    def has_below(self, wildcard: str) -> bool:
        """Tell whether any of them is covered by a wildcard."""
        return any(host.endswith(wildcard[1:]) for host in self._names)
