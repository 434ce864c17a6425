"""Whom a policy lets in: by identity, and by address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

from meshgen.intent.keys import Account
from meshgen.intent.outcome.facets import Basis

Address = IPv4Address | IPv6Address
Block = IPv4Network | IPv6Network

# linkerd/linkerd2 charts/linkerd-control-plane/values.yaml, clusterNetworks
CLUSTER_NETWORKS = tuple(
    map(ip_network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"))
)


class Network(NamedTuple):
    """A block of addresses but for some."""

    block: Block
    outside: tuple[Block, ...] = ()

    def holds(self, address: Address) -> bool:
        """Tell whether an address is one of it."""
        return address in self.block and not any(address in each for each in self.outside)


CLUSTER = tuple(map(Network, CLUSTER_NETWORKS))


class Names(NamedTuple):
    """Identities by their names, or by the ends of them; an empty end is that of every name."""

    exact: frozenset[str] = frozenset()
    ends: tuple[str, ...] = ()  # with the dot in front

    def holds(self, identity: str) -> bool:
        """Tell whether an identity is one of these."""
        return identity in self.exact or any(identity.endswith(end) for end in self.ends)


ANY_NAME = Names(ends=("",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Lets in who has one of the names and one of the addresses."""

    basis: Basis
    names: Names | None = None  # None: nobody has to have an identity
    networks: tuple[Network, ...] | None = None  # None: from everywhere

    def admits(self, identity: str | None, address: Address) -> bool:
        """Tell whether it lets a caller in."""
        # linkerd/linkerd2-proxy linkerd/app/inbound/src/policy.rs, is_authorized
        if self.names is not None and (identity is None or not self.names.holds(identity)):
            return False
        return self.networks is None or any(network.holds(address) for network in self.networks)


@dataclass(frozen=True, slots=True)
class Identities:
    """How accounts are called in one mesh."""

    control_plane: str  # its namespace
    trust_domain: str

    @property
    def _domain(self) -> str:
        return f"serviceaccount.identity.{self.control_plane}.{self.trust_domain}"

    def of(self, account: Account) -> str:
        """Name an account as its certificate does."""
        return f"{account.name}.{account.namespace}.{self._domain}"

    def end_of(self, namespace: str) -> str:
        """Give how the names of all accounts of a namespace end."""
        return f".{namespace}.{self._domain}"

    def account(self, identity: str) -> Account | None:
        """Find whose name an identity is; None where it is none of this mesh's accounts."""
        name, _, rest = identity.partition(".")
        namespace, _, domain = rest.partition(".")
        return Account(namespace, name) if domain == self._domain else None

    def namespace(self, end: str) -> str | None:
        """Find whose accounts' names end so; None where it is no whole namespace of this mesh."""
        namespace, _, domain = end.removeprefix(".").partition(".")
        return namespace if domain == self._domain else None


@lru_cache(maxsize=10_000)
def address(text: str) -> Address:
    """Read an address."""
    return ip_address(text)


def networks(written: Iterable[Mapping[str, Any]]) -> tuple[Network, ...]:
    """Read blocks of addresses with their exceptions."""
    return tuple(
        Network(_block(each["cidr"]), tuple(map(_block, each.get("except") or ()))) for each in written
    )


def _block(text: str) -> Block:
    return ip_network(text, strict=False)


def names(written: Iterable[str]) -> Names:
    """Read names of identities, of which `*` stands for every one and `*.` in front for any beginning."""
    every = tuple(written)
    ends = tuple("" if each == "*" else each[1:] for each in every if each.startswith("*"))
    return Names(frozenset(each for each in every if not each.startswith("*")), ends)
