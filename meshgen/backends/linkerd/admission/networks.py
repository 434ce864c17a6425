"""Ranges of addresses with exceptions, as Linkerd reads them in three kinds."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from meshgen.diagnostics import Code
from meshgen.gatewayapi.routes import Written
from meshgen.grammar import is_cidr, is_ip
from meshgen.resources import Complaint, Path

NETWORK = Code(
    number="MG467",
    slug="linkerd-network",
    meaning="Linkerd's webhook refuses these networks: a range is misspelled, or an exception is wrong.",
)

_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"
_PARSING = "linkerd/linkerd2 policy-controller/k8s/api/src/policy/network.rs"

_Network = IPv4Network | IPv6Network


def none_listed(path: Path, hint: str) -> Complaint:
    """Complain of an empty list of networks."""
    return Complaint(code=NETWORK, path=path, message="networks is empty", hint=hint, source=_ADMISSION)


def refused(network: Written) -> Iterator[Complaint]:
    """Yield what is wrong with a range and its exceptions. Reports MG467."""
    at, body = network
    written: list[tuple[Path, str]] = [((*at, "cidr"), body["cidr"])]
    written += [((*at, "except", index), text) for index, text in enumerate(body.get("except", ()))]
    misspelled = [each for each in written if not is_ip(each[1]) and not is_cidr(each[1])]
    for path, text in misspelled:
        yield Complaint(
            code=NETWORK,
            path=path,
            message=f"{text!r} is neither an address nor a range",
            hint="write something like 10.0.0.0/8 or 10.1.2.3",
            source=_PARSING,
        )
    if not misspelled:
        yield from _exceptions(written)


def _exceptions(written: list[tuple[Path, str]]) -> Iterator[Complaint]:
    (_, cidr), *exceptions = written
    whole = ip_network(cidr, strict=False)
    for path, text in exceptions:
        part = ip_network(text, strict=False)
        if _holds(part, whole):
            why, hint = f"{text} leaves nothing of {cidr}", "leave the whole network out"
        elif not _holds(whole, part):
            why, hint = f"{text} lies outside {cidr}", f"write a range within {cidr}"
        else:
            continue
        yield Complaint(code=NETWORK, path=path, message=why, hint=hint, source=_ADMISSION)


def _holds(wide: _Network, narrow: _Network) -> bool:
    if wide.version != narrow.version:
        return False
    return narrow.network_address in wide and narrow.broadcast_address in wide
