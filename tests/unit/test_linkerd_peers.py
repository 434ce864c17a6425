"""Callers that Linkerd's authentications can name, and what is left of them without others."""

from __future__ import annotations

import pytest

from meshgen.backends.linkerd.plan.identities import (
    EVERYBODY,
    MESHED,
    NOBODY,
    Identities,
    UnsayableError,
    common,
    without,
)
from meshgen.backends.linkerd.plan.networks import ALL, block
from meshgen.backends.linkerd.plan.networks import without as addresses_without
from meshgen.backends.linkerd.plan.peers import Peers, Stopped, of_rule
from meshgen.backends.linkerd.plan.peers import without as callers_without
from meshgen.intent.keys import Account
from meshgen.intent.resolved import Authenticated, OfAccount, OfCidr, OfNamespace, Source

A, B, FAR = Account("shop", "a"), Account("shop", "b"), Account("far", "a")


def accounts(*named: Account) -> Identities:
    return Identities(accounts=frozenset(named))


SHOP = Identities(namespaces=frozenset({"shop"}))


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (EVERYBODY, MESHED, MESHED),
        (MESHED, SHOP, SHOP),
        (SHOP, accounts(A, FAR), accounts(A)),
        (accounts(A, B), accounts(B, FAR), accounts(B)),
        (accounts(A), accounts(FAR), NOBODY),
    ],
)
def test_two_sets_of_identities_have_the_same_in_common_either_way(
    one: Identities, other: Identities, shared: Identities
) -> None:
    assert shared == common(one, other)
    assert shared == common(other, one)


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        (accounts(A, B), accounts(B), accounts(A)),
        (accounts(A, FAR), SHOP, accounts(FAR)),
        (SHOP, accounts(FAR), SHOP),
        (SHOP, MESHED, NOBODY),
        (MESHED, EVERYBODY, NOBODY),
        (EVERYBODY, NOBODY, EVERYBODY),
    ],
)
def test_what_is_left_of_identities_is_named(one: Identities, other: Identities, left: Identities) -> None:
    assert left == without(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [(EVERYBODY, MESHED), (MESHED, SHOP), (MESHED, accounts(A)), (SHOP, accounts(A))]
)
def test_what_no_authentication_names_is_refused(one: Identities, other: Identities) -> None:
    with pytest.raises(UnsayableError):
        without(one, other)


def test_addresses_are_taken_out_as_exceptions_and_given_back_where_those_have_some() -> None:
    ten, part, inner = block("10.0.0.0/8"), block("10.1.0.0/16"), block("10.1.2.0/24")

    assert [] == list(addresses_without([part], [ten]))
    assert ["10.0.0.0/8 -10.1.0.0/16"] == shown(addresses_without([ten], [part, inner]))
    spared = addresses_without([part], [inner])
    assert ["10.0.0.0/8 -10.1.0.0/16", "10.1.2.0/24"] == shown(addresses_without([ten], spared))
    assert ["0.0.0.0/0 -10.0.0.0/8", "::/0"] == shown(addresses_without(ALL, [ten]))


def shown(blocks: object) -> list[str]:
    assert isinstance(blocks, tuple)
    return [" -".join(map(str, (each.cidr, *each.excepts))) for each in blocks]


def test_the_callers_of_a_rule_are_joined_by_address() -> None:
    sources = (
        Source(who=OfAccount(A), excepts=()),
        Source(who=OfNamespace("far"), excepts=()),
        Source(who=OfCidr("10.0.0.0/8"), excepts=()),
    )
    named = Peers(identities=Identities(namespaces=frozenset({"far"}), accounts=frozenset({A})))

    assert of_rule(sources, is_strict=True) == (
        named,
        Peers(identities=MESHED, blocks=(block("10.0.0.0/8"),)),
    )
    assert of_rule(sources, is_strict=False)[1].identities == EVERYBODY


def test_a_rule_without_callers_admits_everybody_and_one_without_any_left_nobody() -> None:
    nobody = (Source(who=None, excepts=(Authenticated(),)),)

    assert of_rule((), is_strict=True) == (Peers(identities=MESHED),)
    assert of_rule((), is_strict=False) == (Peers(identities=EVERYBODY),)
    assert of_rule(nobody, is_strict=True) == ()


def test_who_is_stopped_but_for_some_is_left_with_those() -> None:
    both = Peers(identities=accounts(A, B))
    everybody_but_a = Stopped(Peers(identities=EVERYBODY), (Peers(identities=accounts(A)),))
    here = Stopped(Peers(identities=EVERYBODY, blocks=(block("10.0.0.0/8"),)), ())

    assert callers_without((both,), (everybody_but_a,)) == (Peers(identities=accounts(A)),)
    assert callers_without((both,), (here,)) == (
        Peers(identities=accounts(A, B), blocks=addresses_without(ALL, [block("10.0.0.0/8")])),
    )
