"""Objects that name callers, shared by all policies of a service that mean the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meshgen.backend import meta
from meshgen.backends.linkerd.plan.access import Grant
from meshgen.backends.linkerd.plan.identities import Identities
from meshgen.backends.linkerd.plan.names import distinct, joined
from meshgen.backends.linkerd.plan.networks import Block
from meshgen.backends.linkerd.plan.objects import (
    IdentityRef,
    MeshTlsAuthentication,
    Network,
    NetworkAuthentication,
    ObjectRef,
)
from meshgen.backends.linkerd.profiles import DOMAINS
from meshgen.intent.resolved import ResolvedService
from meshgen.manifest import Plan

_GROUP = "policy.linkerd.io"
_Identified = tuple[str, Identities]  # by the rule that names them
_Located = tuple[str, tuple[Block, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentications:
    """The authentications of a service, and which of them a grant needs."""

    plans: tuple[Plan, ...]
    identified: Mapping[_Identified, str]
    located: Mapping[_Located, str]

    def of(self, grant: Grant) -> tuple[ObjectRef, ...]:
        """Name what a caller has to meet; nothing for everybody."""
        who, blocks = grant.peers.identities, grant.peers.blocks
        refs = []
        if not who.is_everybody:
            name = self.identified[grant.rule, who]
            refs.append(ObjectRef(group=_GROUP, kind="MeshTLSAuthentication", name=name))
        if blocks is not None:
            name = self.located[grant.rule, blocks]
            refs.append(ObjectRef(group=_GROUP, kind="NetworkAuthentication", name=name))
        return tuple(refs)


def authentications(owner: ResolvedService, grants: Iterable[Grant]) -> Authentications:
    """Plan an authentication for each set of callers, named for the first rule that means it."""
    every = tuple(grants)
    identified = dict.fromkeys(
        (grant.rule, grant.peers.identities) for grant in every if not grant.peers.identities.is_everybody
    )
    located = dict.fromkeys(
        (grant.rule, grant.peers.blocks) for grant in every if grant.peers.blocks is not None
    )
    identity_names = dict(zip(identified, _names(owner, identified), strict=True))
    network_names = dict(zip(located, _names(owner, located), strict=True))
    plans: list[Plan] = [_mesh_tls(owner, name, who) for (_, who), name in identity_names.items()]
    plans += [_network(owner, name, blocks) for (_, blocks), name in network_names.items()]
    return Authentications(plans=tuple(plans), identified=identity_names, located=network_names)


def _names(owner: ResolvedService, wanted: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    return distinct(joined(owner.key.name, rule) for rule, _ in wanted)


def _mesh_tls(owner: ResolvedService, name: str, who: Identities) -> MeshTlsAuthentication:
    """Name identities; `*` cannot stand beside references, and covers every account."""
    accounts = [
        IdentityRef(
            kind="ServiceAccount",
            name=account.name,
            namespace=None if account.namespace == owner.key.namespace else account.namespace,
        )
        for account in sorted(who.accounts)
    ]
    namespaces = [
        IdentityRef(kind="Namespace", name=namespace, namespace=None) for namespace in sorted(who.namespaces)
    ]
    return MeshTlsAuthentication(
        meta=meta(owner.intent, name, domains=DOMAINS),
        identities=("*",) if who.is_meshed else None,
        refs=None if who.is_meshed else (*accounts, *namespaces),
    )


def _network(owner: ResolvedService, name: str, blocks: Iterable[Block]) -> NetworkAuthentication:
    return NetworkAuthentication(
        meta=meta(owner.intent, name, domains=DOMAINS),
        networks=tuple(
            Network(cidr=str(block.cidr), excepts=tuple(map(str, block.excepts)) or None) for block in blocks
        ),
    )
