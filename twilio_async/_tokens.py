"""Access tokens: asked for once for all who wait, in time before the last one expires, and anew when Twilio refuses it."""

from __future__ import annotations

import asyncio
import base64
import copy
import re
import time
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from twilio_async._fence import boot_clock
from twilio_async._request import Product, Request
from twilio_async.auth import Unseen, UnseenBytes
from twilio_async.errors import AuthenticationError, InvalidRequest, SessionClosed, TwilioError

if TYPE_CHECKING:
    from twilio_async._call import Caller
    from twilio_async.auth import OAuthAuth

OAUTH = Product("oauth", "/v2/")
_PATH = "/v2/token"

EARLY = 60.0
"""Seconds before its end at which a token is replaced; a quarter of its life, if that is less."""
LONGEST = 30 * 86_400.0
"""Seconds that a token can live, as Twilio's console has it. Twilio's own example of ``expires_in`` is no number of seconds."""
USUAL = 3600.0
"""Seconds that a token lives if nobody says for how long."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, as the header has it, and until when: seconds of the clock that `AccessTokens` goes by."""

    authorization: str = field(repr=False)
    renew_at: float
    expires_at: float


class AccessTokens:
    """The access token of a session, for all its calls at once.

    It is asked for by a task of its own, so that whoever is cancelled while he waits takes it from nobody.

    Args:
        auth: the credentials.
        caller: makes the request for a token.
        origin: where it goes.
        clock: seconds. Default: also while the machine sleeps.
    """

    def __init__(self, auth: OAuthAuth, caller: Caller, origin: str, *, clock: Callable[[], float] = boot_clock) -> None:
        self._auth = auth
        self._caller = caller
        self._url = origin + _PATH
        self._clock = clock
        self._token: Token | None = None
        self._flight: asyncio.Task[Token | TwilioError] | None = None

    def __repr__(self) -> str:
        return f"<AccessTokens for {self._auth!r}>"

    async def authorization(self) -> str:
        """``Bearer …``. Waits only if there is no token that is valid; one that soon expires is replaced meanwhile.

        Raises:
            AuthenticationError: Twilio does not take the credentials.
            TwilioError: see `twilio_async.errors`; there is no token, and the call that needed one was not sent.
        """
        token, now = self._token, self._clock()
        if token is None or now >= token.renew_at:
            flight = self._asked()
            if token is None or now >= token.expires_at:
                token = await _landed(flight)
        return token.authorization

    def forget(self, authorization: str) -> None:
        """Give up the token that Twilio no longer takes, unless it was replaced already: the next who asks gets another."""
        if self._token is not None and self._token.authorization == authorization:
            self._token = None

    async def aclose(self) -> None:
        """Ask no more."""
        loop = asyncio.get_running_loop()
        while (flight := self._flight) is not None and not flight.done() and flight.get_loop() is loop:
            flight.cancel()
            await asyncio.wait({flight})  # meanwhile somebody may have asked again

    def _asked(self) -> asyncio.Task[Token | TwilioError]:
        """The request for a token that is under way in this loop, begun if there is none.

        Raises:
            SessionClosed: the session was closed, or another running loop uses it.
        """
        loop = asyncio.get_running_loop()
        self._caller.open_transport()  # before there is a task that somebody would have to end
        if self._flight is None or self._flight.done() or self._flight.get_loop() is not loop:
            # It is nobody's own: neither his fence nor his `AsyncSession.response` concerns it.
            self._flight = loop.create_task(self._fetch(), context=Context())
        return self._flight

    async def _fetch(self) -> Token | TwilioError:
        now = self._clock()
        request = _Asking("oauth.token", "POST", OAUTH, _PATH, self._auth.form(), repeatable=True)
        try:
            authorization, lifetime = await self._caller.call(request, self._url, _read)
        except TwilioError as error:
            return _explained(error)
        finally:
            if self._flight is asyncio.current_task():
                self._flight = None
        self._token = Token(authorization, now + lifetime - min(EARLY, lifetime / 4), now + lifetime)
        return self._token


class _Asking(Request):
    """A request whose body is a secret."""

    def encoded(self) -> tuple[str, bytes | None, str | None]:
        """As any, with a body that does not show itself."""
        query, body, content_type = super().encoded()
        return query, UnseenBytes(body or b""), content_type


async def _landed(flight: asyncio.Task[Token | TwilioError]) -> Token:
    await asyncio.wait({flight})
    if flight.cancelled():
        raise SessionClosed("the session was closed while it asked for an access token")
    result = flight.result()
    if isinstance(result, TwilioError):
        raise copy.copy(result)  # each who waited has an error of his own, with his own traceback
    return result


def _explained(error: TwilioError) -> TwilioError:
    """The error for those who waited. Nothing of theirs was sent; and what is wrong with a request for a token is who asks."""
    if isinstance(error, InvalidRequest):
        error = AuthenticationError(
            error.message, operation=error.operation, attempts=error.attempts, status=error.status, code=error.code,
            more_info=error.more_info, details=error.details, request_id=error.request_id, headers=error.headers,
        )  # fmt: skip
    error.outcome = "not_sent"
    return error


# --- what a token says -----------------------------------------------------------------------------------------------------


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: float | None = None


class _Claims(msgspec.Struct):
    exp: float
    iat: float | None = None


def _read(body: bytes) -> tuple[str, float]:
    """The header that a token makes, and the seconds that it lives."""
    granted = msgspec.json.decode(body, type=_Granted)
    if not re.fullmatch("[!-~]+", granted.access_token):
        raise ValueError("access_token: cannot be sent")
    said = (_lifetime(granted.access_token), granted.expires_in)
    lifetime = next((seconds for seconds in said if seconds is not None and 0 < seconds <= LONGEST), USUAL)
    return Unseen(f"Bearer {granted.access_token}"), lifetime


def _lifetime(token: str) -> float | None:
    """What the token itself says; ``None`` if it cannot be read. If it tells when it was made, no clock need be right here."""
    _, _, claims = token.partition(".")
    try:
        read = msgspec.json.decode(base64.urlsafe_b64decode(claims.partition(".")[0] + "=="), type=_Claims)
    except ValueError:
        return None
    return read.exp - (time.time() if read.iat is None else read.iat)
