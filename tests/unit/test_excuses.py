"""Words of rows: the facets in which a mesh differs, and the requests of which that is said."""

from __future__ import annotations

from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import (
    BEARER,
    Call,
    Caller,
    InHeader,
    InParam,
    Reach,
    Request,
    Token,
    ToPod,
    ToService,
)
from meshgen.intent.outcome.conditions import TokenCondition
from meshgen.intent.outcome.facets import Facet
from meshgen.proof.excuses import Case, is_known, words_for
from meshgen.proof.places import Place

CART = ServiceKey("shop", "cart")
SERVICE = Place(ToService(CART, 80), Protocol.HTTP, CART)
TAKEN = TokenCondition("i", places=(BEARER, InParam("t")))
ELSEWHERE = TokenCondition("j", audiences=("shop",), places=(InHeader("x-j", ""),))
FRONT = Caller(reach=Reach.PROXIED, service=ServiceKey("shop", "web"))


def words(
    request: Request | None, *, caller: Caller = FRONT, place: Place = SERVICE, facet: Facet = Facet.VERDICT
) -> list[str]:
    call = Call(caller=caller, to=place.to, request=request)
    return list(words_for(facet, Case(place, call, frozenset((TAKEN, ELSEWHERE)))))


def asking(*, host: str | None = None, token: Token | None = None, value: str = "1") -> Request:
    return Request(method="GET", path="/", query=(), headers={"x": value}, host=host, token=token)


def test_a_row_names_a_facet_a_group_of_them_or_some_of_its_requests() -> None:
    assert words(asking(), facet=Facet.RETRY_MAX) == ["retries.backoff.max", "retries"]
    assert words(asking()) == ["verdict"]
    assert words(None) == ["verdict", "verdict of connections"]


def test_a_row_may_speak_of_unlisted_ports_alone() -> None:
    unlisted = Place(ToPod("shop/cart", 80), Protocol.TCP, CART)
    assert words(asking(), place=unlisted) == ["verdict", "verdict of unlisted ports"]
    assert words(asking(), place=unlisted._replace(is_probed=True)) == ["verdict"]


def test_a_row_may_speak_of_some_callers_alone() -> None:
    of_none = "verdict of callers of no service"
    plain, kubelet = Caller(reach=Reach.PLAINTEXT), Caller(reach=Reach.KUBELET)
    assert words(asking(), caller=plain) == ["verdict", "verdict of plaintext", of_none]
    assert words(asking(), caller=kubelet) == ["verdict", "verdict of probes", of_none]


def test_a_row_may_speak_of_some_hosts_and_headers_alone() -> None:
    elsewhere = SERVICE._replace(to=ToService(CART, 8080))
    assert words(asking(host="A.example:80")) == [
        "verdict",
        "verdict of hosts with a port",
        "verdict of hosts in capitals",
    ]
    assert words(asking(), place=elsewhere) == ["verdict", "verdict of hosts with a port"]
    assert words(asking(value="é")) == ["verdict", "verdict of header values beyond ASCII"]


def test_a_row_may_speak_of_some_tokens_alone() -> None:
    def said(token: Token) -> list[str]:
        return words(asking(token=token))

    assert said(Token(issuer="i", claims={"role": ("a",)})) == ["verdict"]
    assert said(Token(issuer="i", claims={"role": ("a", "b")})) == [
        "verdict",
        "verdict of claims that are lists",
    ]
    assert said(Token(issuer="i", claims={"scope": ("a b",)})) == ["verdict", "verdict of claims with spaces"]
    assert said(Token(issuer="i", place=InParam("t"))) == ["verdict", "verdict of tokens in parameters"]


def test_a_token_is_refused_that_nobody_takes_where_it_is() -> None:
    def said(token: Token) -> list[str]:
        return words(asking(token=token))

    there = InHeader("x-j", "")
    refused = ["verdict", "verdict of tokens that are refused"]
    assert said(Token(issuer="i", is_valid=False)) == refused
    assert said(Token(issuer="i", place=there)) == refused
    assert said(Token(issuer="j", audiences=("shop",))) == refused
    assert said(Token(issuer="j", audiences=("other",), place=there)) == refused
    assert said(Token(issuer="j", audiences=("other", "shop"), place=there)) == ["verdict"]


def test_other_words_are_not_known() -> None:
    every = (
        "verdict",
        "verdict of probes",
        "policy",
        "verdict of others",
        "retries.backoff.max",
        "of probes",
    )
    assert [each for each in every if is_known(each)] == [
        "verdict",
        "verdict of probes",
        "retries.backoff.max",
    ]
