"""Address blocks less others inside them, as a network authentication names them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The addresses of a block that are in none of the excepted ones, which lie inside it."""

    cidr: Address
    excepts: tuple[Address, ...] = ()


def block(cidr: str) -> Block:
    """Read a block; bits of the host part are ignored."""
    return Block(cidr=ipaddress.ip_network(cidr, strict=False))


ALL = (block("0.0.0.0/0"), block("::/0"))


def common(one: Iterable[Block], other: Iterable[Block]) -> tuple[Block, ...]:
    """Give what two lists of blocks have in common."""
    others = tuple(other)
    return tuple(met for left in one for right in others for met in _common(left, right))


def _common(one: Block, other: Block) -> tuple[Block, ...]:
    if _is_inside(one.cidr, other.cidr):
        whole = one.cidr
    elif _is_inside(other.cidr, one.cidr):
        whole = other.cidr
    else:
        return ()
    return _less(Block(cidr=whole), (*one.excepts, *other.excepts))


def without(one: Iterable[Block], other: Iterable[Block]) -> tuple[Block, ...]:
    """Give what is left of some blocks without others."""
    left = tuple(one)
    for taken in other:
        excepted = tuple(Block(cidr=cidr) for cidr in taken.excepts)
        left = (
            *(rest for each in left for rest in _less(each, (taken.cidr,))),
            *common(left, excepted),
        )
    return left


def _less(whole: Block, taken: Iterable[Address]) -> tuple[Block, ...]:
    """Take address blocks out of a block; nothing is left where one of them covers it."""
    inside = []
    for cidr in (*whole.excepts, *taken):
        if _is_inside(whole.cidr, cidr):
            return ()
        if _is_inside(cidr, whole.cidr):
            inside.append(cidr)
    widest = [
        cidr for cidr in inside if not any(_is_inside(cidr, other) and cidr != other for other in inside)
    ]
    excepts = sorted(set(widest), key=lambda cidr: (cidr.network_address.packed, cidr.prefixlen))
    return (Block(cidr=whole.cidr, excepts=tuple(excepts)),)


def _is_inside(inner: Address, outer: Address) -> bool:
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)
