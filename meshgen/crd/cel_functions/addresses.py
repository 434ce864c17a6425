"""Addresses and ranges: the libraries `ip` and `cidr` (apiserver pkg/cel/library/ip.go, cidr.go)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from meshgen import grammar
from meshgen.crd.cel_functions.function import Function, Record

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Range = ipaddress.IPv4Interface | ipaddress.IPv6Interface

_BROADCAST = ipaddress.IPv4Address("255.255.255.255")
_LINK_LOCAL_MULTICAST = ipaddress.IPv4Network("224.0.0.0/24")


def _ip(text: str) -> Record:
    return {"ip": str(_address(text))}


def _cidr(text: str) -> Record:
    return {"cidr": str(_range(text))}


def _address(text: str) -> _Address:
    if not _is_ip(text):
        raise ValueError(f"{text!r} is not an IP address")
    return ipaddress.ip_address(text)


def _range(text: str) -> _Range:
    if not _is_cidr(text):
        raise ValueError(f"{text!r} is not a range of addresses")
    return ipaddress.ip_interface(text)


def _is_ip(text: str) -> bool:
    # No zones, and no IPv4 address in IPv6 clothes.
    return grammar.is_ip(text) and getattr(ipaddress.ip_address(text), "ipv4_mapped", None) is None


def _is_cidr(text: str) -> bool:
    return grammar.is_cidr(text) and _is_ip(text.partition("/")[0])


def _of_ip(read: Callable[[_Address], bool | int]) -> Callable[[Record], bool | int]:
    return lambda ip: read(_address(ip["ip"]))


def _is_link_local_multicast(ip: _Address) -> bool:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip in _LINK_LOCAL_MULTICAST
    return ip.is_multicast and ip.packed[1] & 0x0F == 2


def _is_global_unicast(ip: _Address) -> bool:
    # Go net/netip Addr.IsGlobalUnicast: private addresses are global to it.
    return not (
        ip.is_unspecified or ip.is_loopback or ip.is_multicast or ip.is_link_local or ip == _BROADCAST
    )


def _contains_ip(cidr: Record, text: str) -> bool:
    return _address(text) in _range(cidr["cidr"]).network


def _contains_cidr(cidr: Record, text: str) -> bool:
    outer, inner = _range(cidr["cidr"]).network, _range(text).network
    return inner.network_address in outer and outer.prefixlen <= inner.prefixlen


def _masked(cidr: Record) -> Record:
    return {"cidr": str(_range(cidr["cidr"]).network)}


FUNCTIONS = (
    Function("isIP", ("string",), "bool", _is_ip, is_member=False),
    Function("ip", ("string",), "map", _ip, is_member=False),
    Function("ip", ("map",), "map", lambda cidr: _ip(cidr["cidr"].partition("/")[0])),
    Function("ip.isCanonical", ("string",), "bool", lambda text: _ip(text)["ip"] == text, is_member=False),
    Function("family", ("map",), "int", _of_ip(lambda ip: ip.version)),
    Function("isUnspecified", ("map",), "bool", _of_ip(lambda ip: ip.is_unspecified)),
    Function("isLoopback", ("map",), "bool", _of_ip(lambda ip: ip.is_loopback)),
    Function("isLinkLocalMulticast", ("map",), "bool", _of_ip(_is_link_local_multicast)),
    Function("isLinkLocalUnicast", ("map",), "bool", _of_ip(lambda ip: ip.is_link_local)),
    Function("isGlobalUnicast", ("map",), "bool", _of_ip(_is_global_unicast)),
    Function("isCIDR", ("string",), "bool", _is_cidr, is_member=False),
    Function("cidr", ("string",), "map", _cidr, is_member=False),
    Function("containsIP", ("map", "string"), "bool", _contains_ip),
    Function("containsIP", ("map", "map"), "bool", lambda cidr, ip: _contains_ip(cidr, ip["ip"])),
    Function("containsCIDR", ("map", "string"), "bool", _contains_cidr),
    Function("containsCIDR", ("map", "map"), "bool", lambda cidr, other: _contains_cidr(cidr, other["cidr"])),
    Function("prefixLength", ("map",), "int", lambda cidr: _range(cidr["cidr"]).network.prefixlen),
    Function("masked", ("map",), "map", _masked),
)
