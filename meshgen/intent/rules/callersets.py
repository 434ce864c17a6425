"""Kinds of callers compared: whether one covers another, and whether they have any caller in common."""

from __future__ import annotations

from meshgen.intent.access import Caller, From
from meshgen.intent.resolved import Account, ServiceKey
from meshgen.intent.rules.subjects import Scene


def covers(scene: Scene, namespace: str, wide: From | Caller, narrow: From | Caller) -> bool:
    """Tell whether every caller of `narrow` is surely one of `wide`; what either excepts is not looked at."""
    if wide.cidr is not None:
        return narrow.cidr is not None and _network_holds(wide.cidr, narrow.cidr)
    if wide.authenticated is not None:
        return _has_identity(narrow)
    if wide.namespace is not None and narrow.namespace is not None:
        return wide.namespace == narrow.namespace
    if wide.caller is not None or narrow.caller is not None:
        return wide.caller == narrow.caller
    accounts = _accounts(scene, namespace, narrow)
    if wide.namespace is not None:
        return bool(accounts) and {account.namespace for account in accounts} == {wide.namespace}
    return bool(accounts) and accounts <= _accounts(scene, namespace, wide)


def meet(scene: Scene, namespace: str, one: From | Caller, other: From | Caller) -> bool:
    """Tell whether a caller may be of both; an address says nothing of an identity."""
    if one.cidr is not None and other.cidr is not None:
        return _networks_meet(one.cidr, other.cidr)
    if (
        not (_has_identity(one) and _has_identity(other))
        or one.caller is not None
        or other.caller is not None
    ):
        return True
    if one.authenticated is not None or other.authenticated is not None:
        return True
    here, there = _accounts(scene, namespace, one), _accounts(scene, namespace, other)
    namespaces = [
        {entry.namespace} if entry.namespace is not None else {account.namespace for account in accounts}
        for entry, accounts in ((one, here), (other, there))
    ]
    if one.namespace is not None or other.namespace is not None:
        return bool(namespaces[0] & namespaces[1])
    return bool(here & there)


def _has_identity(entry: From | Caller) -> bool:
    named = (entry.service, entry.service_account, entry.namespace, entry.authenticated)
    return any(value is not None for value in named)


def _accounts(scene: Scene, namespace: str, entry: From | Caller) -> frozenset[Account]:
    if entry.service_account is not None:
        return frozenset({Account(*entry.service_account.split("/"))})
    if entry.service is None:
        return frozenset()
    head, _, name = entry.service.rpartition("/")
    subject = scene.subjects.get(ServiceKey(head or namespace, name))
    return frozenset() if subject is None else scene.accounts(subject)


def _network_holds(wide: str, narrow: str) -> bool:
    one, other = _network(wide), _network(narrow)
    return one is not None and other is not None and one[0] <= other[0] and other[1] <= one[1]


def _networks_meet(one: str, other: str) -> bool:
    """An address that cannot be read was reported, and meets everything."""
    here, there = _network(one), _network(other)
    return here is None or there is None or (here[0] <= there[1] and there[0] <= here[1])


def _network(cidr: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Give the first and last address of a block, each with its IP version in front."""
    from ipaddress import ip_network  # 5 ms, and few intents speak of addresses

    try:
        block = ip_network(cidr, strict=False)
    except ValueError:
        return None
    return (block.version, int(block.network_address)), (block.version, int(block.broadcast_address))
