"""From a received request to the answer of its operation."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twilio_async.emulator.api import hints
from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.operations.magic import pretender
from twilio_async.emulator.api.rendering import error_answer
from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.api.routes import EVERYTHING, MAGIC
from twilio_async.emulator.api.routing import Found, Route, Router, product_of
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.state import Caller, State

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_ROUTER = Router(EVERYTHING)
_PUBLIC_ROUTER = Router(route for route in EVERYTHING if route.public)
_MAGIC_ROUTER = Router(MAGIC)


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
            self._state.settle(self._state.clock())
            try:
                return self._perform(request, unique)
            except errors.ApiError as error:
                return self._refusal(request, error)

    def _refusal(self, request: ReceivedRequest, error: errors.ApiError) -> Answer:
        answer = hints.attach(error_answer(error, request.path, self._state.switches.problem_type), error.hint)
        return hints.detail(answer, error.hint) if self._strict else answer

    def _perform(self, request: ReceivedRequest, unique: str) -> Answer:
        product = product_of(request.headers.get("Host", ""))
        public = _PUBLIC_ROUTER.find(request.raw_path, product)
        if public is not None:
            return self._do(request, _route(public, request), self._call(request, unique, public, self._state.main))
        caller = self._state.authenticate(request.headers.get("Authorization"))
        if not caller.account.active:
            raise errors.FORBIDDEN.error()
        found = self._found(request, caller, product)
        call = self._call(request, unique, found, self._account(found.sids, caller, request))
        route = _route(found, request)
        _check_rights(caller, call.account, route)
        return self._do(request, route, call)

    def _call(self, request: ReceivedRequest, unique: str, found: Found, account: Account) -> Call:
        host = request.headers.get("Host", "")
        return Call(
            state=self._state,
            account=account,
            path=request.path,
            sids=found.sids,
            parameters=request.parameters,
            unique=unique,
            origin=f"{'https' if product_of(host) else 'http'}://{host}",  # Twilio's hosts are reached through the proxy
            now=self._state.clock(),
            body=request.json or {},
            headers=request.headers,
        )

    def _found(self, request: ReceivedRequest, caller: Caller, product: str | None) -> Found:
        if caller.standing == "test":
            pretended = _MAGIC_ROUTER.find(request.raw_path, product)
            if pretended is None or request.method not in pretended.methods:
                raise errors.NOT_FOR_TESTING.error()
            return pretended
        found = _ROUTER.find(request.raw_path, product)
        if found is None:
            error = errors.not_found(request.path)
            error.hint = hints.of_path(request.method, request.path, product, EVERYTHING)
            raise error
        return found

    def _account(self, sids: Mapping[str, str], caller: Caller, request: ReceivedRequest) -> Account:
        owner = caller.account if caller.standing != "test" else pretender(caller.account)
        sid = sids.get("AccountSid", owner.sid)
        account = owner if sid == owner.sid else None
        if account is None and caller.standing != "test":
            account = self._state.account_at(sid, caller)
        if account is not None:
            return account
        row = errors.NOT_FOUND
        if _ACCOUNT_SID.fullmatch(sid) and self._state.switches.foreign_account == errors.UNAUTHENTICATED.status:
            row = errors.UNAUTHENTICATED
        error = row.error(path=request.path)
        error.hint = hints.of_account(sid, owner.sid, known=sid in self._state.accounts)
        raise error

    def _do(self, request: ReceivedRequest, route: Route, call: Call) -> Answer:
        if route.json and request.json is None:
            raise errors.INVALID_BODY.error()
        hint = hints.of_parameters(request, call, route)
        if hint and self._strict:
            _refuse_unknown(call, route, hint)
        try:
            return hints.attach(route.handler(call), hint)
        except errors.ApiError as error:
            if error.code == errors.NOT_FOUND.code:
                error.hint = hints.of_sids(route.path, call)
            error.hint = error.hint or hint
            raise


def _route(found: Found, request: ReceivedRequest) -> Route:
    route = found.methods.get(request.method)
    if route is None:
        error = errors.METHOD_NOT_ALLOWED.error()
        error.hint = f"here only {', '.join(sorted(found.methods))} can be done"
        raise error
    return route


def _check_rights(caller: Caller, account: Account, route: Route) -> None:
    if caller.standing == "standard key" and route.manages:
        raise errors.UNAUTHENTICATED.error()
    # The token of an account opens its subaccounts as well; its keys only manage them.
    if account is not caller.account and caller.standing in {"standard key", "main key"} and not route.manages:
        raise errors.UNAUTHENTICATED.error()
    if not account.active and not route.manages:
        raise errors.FORBIDDEN.error()


def _refuse_unknown(call: Call, route: Route, hint: str) -> None:
    for name in call.names:
        if name not in route.parameters:
            error = errors.UNKNOWN_PARAMETER.error(name=name)
            error.hint = hint
            raise error
