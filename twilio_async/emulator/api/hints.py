"""What the emulator says beside Twilio's answers, to help whoever looks for his mistake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.nearest import lost_sid, near_parameter, nearest_routes, wrong_sid
from twilio_async.emulator.api.requests import FORM, ReceivedRequest
from twilio_async.emulator.api.routing import Route
from twilio_async.emulator.api.whereabouts import traces_of

HEADER = "X-Emulator-Hint"
LONGEST = 1000
"""Characters of a hint; what it quotes may be as long as somebody likes."""


def attach(answer: Answer, hint: str) -> Answer:
    """The answer with a hint in its headers; as it is, if there is none."""
    if not hint:
        return answer
    # What is quoted from a request may hold anything; a header holds one line of ASCII.
    line = "".join(character if " " <= character <= "~" else "?" for character in hint[:LONGEST])
    return replace(answer, headers={**answer.headers, HEADER: line})


def detail(answer: Answer, hint: str) -> Answer:
    """An error with a hint in its details too; as it is, if there is none, or if it is written in XML."""
    content = answer.content
    if not hint or not isinstance(content, dict):
        return answer
    return replace(answer, content={**cast("dict[str, object]", content), "details": {"hint": hint}})


def of_path(method: str, path: str, product: str | None, routes: Iterable[Route]) -> str:
    """The routes that come nearest to a request which matches none, and why they did not match.

    Args:
        method: of the request.
        path: decoded, without the query.
        product: whose host it named; `None` if it named none of Twilio's.
        routes: the table.
    """
    near = nearest_routes(method, path[:LONGEST], product, routes)
    return "nothing is here; nearest: " + ", ".join(map(str, near))


def of_account(sid: str, own: str, *, known: bool) -> str:
    """Why an account is closed to somebody.

    Args:
        sid: of the path.
        own: of the account that his credentials are of.
        known: whether there is an account with that sid.
    """
    what = "is another account" if known else "is no account of this emulator"
    return f"{sid} {what}; the credentials are those of {own}"


def of_sids(template: str, call: Call) -> str:
    """What is wrong with the sids of a path: their form, or where they belong.

    Args:
        template: of the route.
        call: the request.
    """
    traces = {sid: traces_of(sid, call.state.accounts.values()) for sid in call.sids.values()}
    return wrong_sid(template, call.sids) or lost_sid(template, call.sids, call.account.sid, traces) or ""


def of_parameters(request: ReceivedRequest, call: Call, route: Route) -> str:
    """Which parameters the operation does not know, and which it may have meant; empty if it knows all.

    Args:
        request: as received.
        call: with the parameters that were found in it.
        route: the operation.
    """
    kind = request.headers.get("Content-Type", FORM)
    if request.body and not route.json and not kind.startswith(FORM):
        return f"the body is {kind}; this API reads forms"
    unknown = [name for name in call.names if name not in route.parameters]
    return "; ".join(_of_parameter(name, route) for name in unknown)


def _of_parameter(name: str, route: Route) -> str:
    near = near_parameter(name[:LONGEST], route.parameters)
    return f"unknown parameter {name}" + (f": did you mean {near}?" if near else "")
