"""Remote control: what programs in other languages, and the command line, ask of a running emulator, on its own port."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web

from twilio_async.emulator.api.sabotage import hang_up
from twilio_async.emulator.api.server import Handler
from twilio_async.emulator.remote.browsers import is_loopback, objection
from twilio_async.emulator.remote.event_stream import MARK, stream
from twilio_async.emulator.remote.orders import EVENTS, PREFIX, ROUTES, Order, Route, listed

if TYPE_CHECKING:
    from twilio_async.emulator.emulator import Emulator

_SID: Final = re.compile(r"(?<=^/messages/)[^/]+|(?<=^/reviews/)[^/]+")


class Control:
    """Answers the requests below `PREFIX`. They are nobody's but the tester's: no fault strikes them, and nothing counts them.

    Args:
        emulator: that is controlled.
        host: the address that it listens on.
        otherwise: answers all the others.
        keep_alive: seconds without an event until the stream of them says that all is well. Default 15.
        patience: seconds that a reader of events may leave something unread. Default 10.
    """

    def __init__(
        self, emulator: Emulator, host: str, otherwise: Handler, *, keep_alive: float = 15.0, patience: float = 10.0
    ) -> None:
        self._emulator = emulator
        self._otherwise = otherwise
        self._on_loopback = is_loopback(host)
        self._keep_alive = keep_alive
        self._patience = patience

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if not controls(request.raw_path):
            return await self._otherwise(request)
        try:
            return await self._serve(request)
        except ConnectionError:  # the caller went away before he had said everything
            return hang_up(request)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        reason = objection(request.headers, on_loopback=self._on_loopback)
        if reason is not None:
            return _answer(403, {"error": reason})
        path = request.path.removeprefix(PREFIX).rstrip("/")
        if (request.method, path) == ("GET", EVENTS):
            with self._emulator.events() as events:
                return await stream(request, events, keep_alive=self._keep_alive, patience=self._patience)
        methods = _routes_at(path)
        route = methods.get(request.method)
        if route is None:
            return _no_route(request.method, path, methods)
        found = _SID.search(path)
        order = Order(
            emulator=self._emulator,
            sid=found[0] if found else "",
            query=request.query,
            body=await request.content.read(),  # a state may be larger than aiohttp's limit of what `read` reads
        )
        return await _obey(route, order)


def controls(raw_path: str) -> bool:
    """Whether a path is one of the control API."""
    return raw_path == PREFIX or raw_path.startswith((f"{PREFIX}/", f"{PREFIX}?"))


async def _obey(route: Route, order: Order) -> web.Response:
    try:
        answer = await route.act(order)
    except KeyError as error:
        if not order.sid:
            raise
        kind, where = ("message", "messages") if route.path.startswith("/messages/") else ("application for", "state")
        return _answer(404, {"error": f"there is no {kind} {error.args[0]}: GET {PREFIX}/{where} lists them"})
    except (ValueError, OverflowError) as error:
        example = f"; this takes {route.example}" if route.example else ""
        return _answer(400, {"error": f"{error}{example}"})
    return _answer(200, answer)


def _routes_at(path: str) -> Mapping[str, Route]:
    template = _SID.sub("{sid}", path)
    return {route.method: route for route in ROUTES if route.path == template}


def _no_route(method: str, path: str, methods: Mapping[str, Route]) -> web.Response:
    if methods or path == EVENTS:
        allowed = ", ".join(methods or ["GET"])
        return _answer(405, {"error": f"{PREFIX}{path} is for {allowed}, not for {method}"}, Allow=allowed)
    known = {known: None for _, known, _ in listed() if known}
    near = get_close_matches(_SID.sub("{sid}", path), known, n=1, cutoff=0.0)
    return _answer(404, {"error": f"there is no {PREFIX}{path}; the nearest is {PREFIX}{near[0]}, and GET {PREFIX} lists all"})


def _answer(status: int, content: object, **headers: str) -> web.Response:
    body = content if isinstance(content, bytes) else msgspec.json.encode(content)
    return web.Response(
        status=status,
        body=body,
        headers={"Content-Type": "application/json", "Cache-Control": "no-store", MARK: "1", **headers},
    )
