"""From a received request to the answer of its operation."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twilio_async.emulator import errors
from twilio_async.emulator.accounts import Account
from twilio_async.emulator.calls import Answer, Call
from twilio_async.emulator.rendering import error_answer
from twilio_async.emulator.requests import ReceivedRequest
from twilio_async.emulator.routes import ROUTES, UNDOCUMENTED
from twilio_async.emulator.routing import Found, Route, Router, product_of
from twilio_async.emulator.state import State

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_ROUTER = Router((*ROUTES, *UNDOCUMENTED))


class Dispatcher:
    """Authenticates a request, finds its operation and does it.

    Args:
        state: what the operations read and change.
        strict: refuse parameters that the operation does not know.
    """

    def __init__(self, state: State, *, strict: bool) -> None:
        self._state = state
        self._strict = strict

    def answer(self, request: ReceivedRequest, unique: str) -> Answer:
        """Do what is asked for, or say in Twilio's way why not.

        Args:
            request: as received.
            unique: the digits of its id.
        """
        with self._state.lock:
            self._state.lifecycle.settle(self._state.clock())
            try:
                return self._perform(request, unique)
            except errors.ApiError as error:
                return error_answer(error, request.path)

    def _perform(self, request: ReceivedRequest, unique: str) -> Answer:
        caller = self._state.authenticate(request.headers.get("Authorization"))
        host = request.headers.get("Host", "")
        found = _ROUTER.find(request.raw_path, product_of(host))
        if found is None:
            raise errors.NOT_FOUND.error(path=request.path.removeprefix("/v1"))
        call = Call(
            state=self._state,
            account=self._account(found.sids, caller, request),
            path=request.path,
            sids=found.sids,
            parameters=request.parameters,
            unique=unique,
            origin=f"http://{host}",
            now=self._state.clock(),
        )
        route = self._route(found, request)
        if self._strict:
            _refuse_unknown(call, route)
        return route.handler(call)

    def _account(self, sids: Mapping[str, str], caller: Account, request: ReceivedRequest) -> Account:
        sid = sids.get("AccountSid", caller.sid)
        account = self._state.account_at(sid, caller)
        if account is not None:
            return account
        if _ACCOUNT_SID.fullmatch(sid) and self._state.switches.foreign_account == errors.UNAUTHENTICATED.status:
            raise errors.UNAUTHENTICATED.error()
        raise errors.NOT_FOUND.error(path=request.path)

    def _route(self, found: Found, request: ReceivedRequest) -> Route:
        route = found.methods.get(request.method)
        if route is None:
            raise errors.METHOD_NOT_ALLOWED.error()
        return route


def _refuse_unknown(call: Call, route: Route) -> None:
    for name in call.parameters:
        if name not in route.parameters:
            raise errors.UNKNOWN_PARAMETER.error(name=name)
