"""Requests that stand for all others."""

from __future__ import annotations

import itertools

from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.languages import (
    HOSTS,
    PATHS,
    VALUES,
    Beginning,
    Below,
    Exactly,
    Language,
    Matching,
    holds,
)
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import InHeader, ToPod, ToService
from meshgen.intent.outcome.calling import called
from meshgen.intent.outcome.conditions import Conditions, TokenCondition
from meshgen.intent.outcome.world import Pod, Port, Service, World
from meshgen.proof.callers import addresses, callers
from meshgen.proof.places import UNLISTED, Place, places
from meshgen.proof.texts import GRPC_PATHS, kinds
from meshgen.proof.tokens import tokens
from meshgen.proof.witnesses import Bounds, witnesses

CART = ServiceKey("shop", "cart")


def pod(name: str, account: str, *, ports: dict[str, int] | None = None) -> Pod:
    return Pod(
        namespace="shop",
        name=name,
        labels={"app": name},
        account=Account("shop", account),
        ports={} if ports is None else ports,
    )


def service(name: str, protocol: Protocol = Protocol.HTTP) -> Service:
    return Service(
        key=ServiceKey("shop", name),
        selector={"app": name},
        ports=(Port(number=80, target=8080, protocol=protocol),),
    )


def world(protocol: Protocol = Protocol.HTTP) -> World:
    pods = [pod("cart", "cart", ports={"metrics": 9090}), pod("web", "web"), pod("other", "default")]
    services = [service("cart", protocol), service("web")]
    return World(services={each.key: each for each in services}, pods={each.title: each for each in pods})


def said(
    conditions: Conditions, protocol: Protocol = Protocol.HTTP, bounds: Bounds | None = None
) -> list[str]:
    place = Place(ToService(CART, 80), protocol, CART)
    return [called(call) for call in witnesses(world(protocol), place, conditions, bounds or Bounds()).calls]


def test_a_prefix_is_asked_at_under_beside_and_away_from_it() -> None:
    assert kinds([Below("/a")], PATHS) == (("/", "/a", "/ax", "/a/x"), True)


def test_conditions_that_overlap_are_asked_on_each_side_of_both() -> None:
    languages: list[Language] = [Beginning("x"), Matching(".*y"), Exactly("xy")]
    texts, is_whole = kinds(languages, VALUES)
    seen = {tuple(holds(language, text) for language in languages) for text in texts}
    assert seen == {
        (False, False, False),
        (False, True, False),
        (True, False, False),
        (True, True, False),
        (True, True, True),
    }
    assert is_whole


def test_texts_of_each_kind_are_told_apart_by_some_condition() -> None:
    languages: list[Language] = [Below("/a"), Below("/a/b"), Exactly("/a/b/c"), Exactly("/q")]
    texts, _ = kinds(languages, PATHS)
    assert len(texts) == len(set(texts))
    for one, other in itertools.combinations(texts, 2):
        told = [*languages, *(Exactly(text) for text in ("/a", "/a/b")), Beginning("/a"), Beginning("/a/b")]
        assert any(holds(language, one) != holds(language, other) for language in told)


def test_an_expression_that_is_not_understood_is_no_whole_answer() -> None:
    assert kinds([Matching(r"\bword\b")], VALUES) == (("x",), False)


def test_calls_of_grpc_have_paths_of_two_segments() -> None:
    assert kinds([Below("/shop.Cart")], GRPC_PATHS).texts == ("/0/0", "/shop.Cart/x", "/shop.Cart0/0")


def test_hosts_are_names() -> None:
    assert kinds([Exactly("shop.example")], HOSTS).texts == ("xx", "shop.example")


def test_addresses_lie_on_both_sides_of_each_network() -> None:
    assert addresses(()) == ("10.244.0.99",)
    assert addresses(("10.0.0.0/8", "10.244.0.0/16")) == ("10.244.0.99", "203.0.113.7", "10.0.0.0")
    assert addresses(("2001:db8::/32",)) == ("10.244.0.99", "2001:db8::")


def test_callers_are_those_that_are_named_and_one_of_each_kind_that_is_not() -> None:
    named = Conditions(accounts=frozenset((Account("shop", "web"), Account("edge", "gateway"))))
    found = callers(world(), "shop", named)
    assert [(str(each.account), each.service and each.service.name) for each in found] == [
        ("edge/gateway", None),
        ("shop/cart", "cart"),
        ("shop/web", "web"),
        ("elsewhere/stranger", None),
        ("shop/stranger", None),
        ("None", None),
    ]


def test_tokens_stand_on_both_sides_of_each_claim() -> None:
    condition = TokenCondition(
        issuer="a", audiences=("x", "y"), claims=(("role", ("admin", "owner")),), places=(InHeader("t", ""),)
    )
    found = tokens([condition])
    assert found[0] is None
    shown = [
        (each.issuer, each.is_valid, each.audiences, each.claims.get("role"), each.place)
        for each in found[1:]
        if each is not None
    ]
    here, bearer = InHeader("t", ""), InHeader("authorization", "Bearer ")
    assert shown == [
        ("a", True, ("x",), ("admin",), here),
        ("a", False, ("x",), ("admin",), here),
        ("none-of-these", True, ("x",), ("admin",), here),
        ("a", True, ("none-of-these",), ("admin",), here),
        ("a", True, ("y",), ("admin",), here),
        ("a", True, ("x",), None, here),
        ("a", True, ("x",), ("owner",), here),
        ("a", True, ("x",), ("none-of-these",), here),
        ("a", True, ("x",), ("none-of-these", "admin", "owner"), here),
        ("a", True, ("x",), ("admin",), bearer),
    ]


def test_a_token_of_which_nobody_asks_who_signed_it_stands_beside_none_that_is_signed() -> None:
    signed = TokenCondition("a", keys="https://a/keys")

    assert tokens([signed, TokenCondition("a")]) == tokens([signed])


def test_nothing_told_apart_is_one_request_of_each_kind_of_caller() -> None:
    assert said(Conditions()) == [
        "GET / from shop/cart to shop/cart:80",
        "GET / from shop/cart as a gateway to shop/cart:80",
        "GET / from elsewhere/stranger to shop/cart:80",
        "GET / from elsewhere/stranger as a gateway to shop/cart:80",
        "GET / from shop/stranger to shop/cart:80",
        "GET / from shop/stranger as a gateway to shop/cart:80",
        "GET / from a caller without identity to shop/cart:80",
    ]


def test_connections_have_no_requests() -> None:
    assert said(Conditions(methods=frozenset(("GET",))), Protocol.TCP)[0] == (
        "a connection from shop/cart to shop/cart:80"
    )


def test_headers_and_parameters_are_there_and_not() -> None:
    conditions = Conditions(headers={"x": frozenset((Exactly("1"),))}, query={"q": frozenset()})
    found = [text for text in said(conditions) if "from shop/cart to" in text]
    assert found == [
        "GET / from shop/cart to shop/cart:80",
        "GET / from shop/cart to shop/cart:80 with x: 1",
        "GET / from shop/cart to shop/cart:80 with x: x",
        "GET /?q=x from shop/cart to shop/cart:80",
        "GET /?q=x from shop/cart to shop/cart:80 with x: 1",
        "GET /?q=x from shop/cart to shop/cart:80 with x: x",
    ]


def test_only_callers_without_a_proxy_send_other_hosts() -> None:
    found = said(Conditions(hosts=frozenset((Exactly("shop.example"),))))
    proxied = [text for text in found if "from shop/cart to" in text]
    assert proxied == ["GET / from shop/cart to shop/cart:80"]
    assert "GET / from a caller without identity to shop/cart:80 with host: SHOP.EXAMPLE" in found


def test_beyond_the_bound_each_pair_of_values_is_asked() -> None:
    conditions = Conditions(
        headers={name: frozenset((Exactly("1"),)) for name in "abcdef"}, methods=frozenset(("PUT",))
    )
    place = Place(ToService(CART, 80), Protocol.HTTP, CART)
    found = witnesses(world(), place, conditions, Bounds(most=400, seed=7))
    calls = list(found.calls)
    assert not found.is_exhaustive
    assert found.classes == 7 * 2 * 3**6
    assert len(calls) <= 400
    requests = [call.request for call in calls if call.request is not None]
    pairs = {(request.headers.get("a"), request.headers.get("f")) for request in requests}
    assert len(pairs) == 9
    assert calls == list(witnesses(world(), place, conditions, Bounds(most=400, seed=7)).calls)


def test_places_are_ports_of_services_and_what_no_service_fronts() -> None:
    found = [(place.to, place.protocol.value, place.service, place.is_probed) for place in places(world())]
    web, other = ServiceKey("shop", "web"), None
    assert found == [
        (ToService(CART, 80), "http", CART, False),
        (ToService(web, 80), "http", web, False),
        (ToPod("shop/cart", 8080), "http", CART, True),
        (ToPod("shop/cart", 9090), "http", CART, False),
        (ToPod("shop/cart", 9090), "tcp", CART, False),
        (ToPod("shop/cart", UNLISTED), "http", CART, False),
        (ToPod("shop/cart", UNLISTED), "tcp", CART, False),
        (ToPod("shop/other", 8080), "http", other, False),
        (ToPod("shop/other", 8080), "tcp", other, False),
        (ToPod("shop/other", 9090), "http", other, False),
        (ToPod("shop/other", 9090), "tcp", other, False),
        (ToPod("shop/other", UNLISTED), "http", other, False),
        (ToPod("shop/other", UNLISTED), "tcp", other, False),
        (ToPod("shop/web", 8080), "http", web, True),
        (ToPod("shop/web", UNLISTED), "http", web, False),
        (ToPod("shop/web", UNLISTED), "tcp", web, False),
    ]


def test_pods_that_no_service_picks_are_asked_in_whole_namespaces() -> None:
    found = [(place.to, place.protocol.value) for place in places(world(), (), wide=("shop",))]
    assert found == [
        (ToPod("shop/other", number), protocol)
        for number in (8080, 9090, UNLISTED)
        for protocol in ("http", "tcp")
    ]
