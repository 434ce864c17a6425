"""How a call is written for people."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.intent.outcome.call import BEARER, Call, Caller, InHeader, Reach, Request, Token, ToService


def called(call: Call) -> str:
    """Write a call on one line: `GET /a from shop/web to shop/cart:80 with end-user: jason`."""
    to = (
        f"{call.to.service}:{call.to.port}"
        if isinstance(call.to, ToService)
        else f"pod {call.to.pod}:{call.to.port}"
    )
    what = "a connection" if call.request is None else f"{call.request.method} {call.request.target}"
    carried = "" if call.request is None else ", ".join(_carried(call.request))
    return f"{what} from {calling(call.caller)} to {to}" + (f" with {carried}" if carried else "")


def calling(caller: Caller) -> str:
    """Name a caller."""
    usual = Caller(reach=caller.reach).address
    at = "" if caller.address == usual else f" at {caller.address}"
    match caller.reach:
        case Reach.KUBELET:
            return f"the kubelet{at}"
        case Reach.PLAINTEXT:
            return f"a caller without identity{at}"
        case Reach.IDENTIFIED:
            return f"{caller.account} as a gateway{at}"
        case Reach.PROXIED:
            return f"{caller.account}{at}"


def _carried(request: Request) -> Iterator[str]:
    if request.host is not None:
        yield f"host: {request.host}"
    yield from (f"{name}: {value}" for name, value in sorted(request.headers.items()))
    if request.token is not None:
        yield _token(request.token)


def _token(token: Token) -> str:
    said = "a token" if token.is_valid else "an invalid token"
    claims = [f"{name} = {', '.join(values)}" for name, values in sorted(token.claims.items())]
    if token.audiences:
        claims.append(f"for {', '.join(token.audiences)}")
    where = ""
    if token.place != BEARER:
        kind = "header" if isinstance(token.place, InHeader) else "parameter"
        where = f" in the {kind} {token.place.name}"
    return f"{said} of {token.issuer}{where}" + (f" ({'; '.join(claims)})" if claims else "")
