"""One try of a URL: the first request, and those that redirects and demands for credentials add to it. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin

from msgspec.structs import replace

from twilio_async.emulator.applications import debugger, outgoing
from twilio_async.emulator.applications.errands import Attempt
from twilio_async.emulator.applications.logins import authorization
from twilio_async.emulator.applications.outgoing import Letter, Login, OutgoingRequest

MAX_REDIRECTS: Final = 10

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class Journey:
    """What to ask next, and whether what was answered is a failure.

    Args:
        letter: what is to be delivered.
        login: user and password for the letter's URL, told to nobody else and only if asked.
        nonce: makes what nobody can guess.

    Attributes:
        first: what to send first.
    """

    def __init__(self, letter: Letter, login: Login | None, nonce: Callable[[], str] = secrets.token_urlsafe) -> None:
        self.first: OutgoingRequest = letter.request()
        self._letter = letter
        self._login = login
        self._origin = outgoing.origin_of(letter.url)
        self._nonce = nonce
        self._redirects = 0
        self._logged_in = False

    def answered(self, request: OutgoingRequest, attempt: Attempt) -> tuple[Attempt, OutgoingRequest | None]:
        """What an answer comes to: the attempt as it is to be recorded, and the request that follows from it, if one does.

        Args:
            request: what was asked.
            attempt: what came back.
        """
        if attempt.code is not None:
            return attempt, None
        if attempt.status in _REDIRECTS:
            return self._redirected(attempt)
        if attempt.status == HTTPStatus.UNAUTHORIZED and (authorized := self._authorized(attempt, request)):
            return attempt, authorized
        return (attempt if attempt.ok else _refused(attempt)), None

    def _redirected(self, attempt: Attempt) -> tuple[Attempt, OutgoingRequest | None]:
        self._redirects += 1
        if self._redirects > MAX_REDIRECTS:
            words = f"redirected more than {MAX_REDIRECTS} times"
            return replace(attempt, code=debugger.TOO_MANY_REDIRECTS, error=words), None
        try:
            url = _joined(attempt.url, attempt.header("Location"))
        except ValueError as error:
            return replace(attempt, code=debugger.INVALID_REDIRECT, error=f"redirected to nowhere: {error}"), None
        self._letter = self._letter.forwarded(url, attempt.status or 0)
        self._logged_in = False
        return attempt, self._letter.request()

    def _authorized(self, attempt: Attempt, request: OutgoingRequest) -> OutgoingRequest | None:
        if self._login is None or self._logged_in or outgoing.origin_of(request.url) != self._origin:
            return None
        self._logged_in = True
        challenges = [value for name, value in attempt.headers if name.lower() == "www-authenticate"]
        said = authorization(challenges, self._login, request, self._nonce())
        return None if said is None else request.with_login(said)


def _joined(base: str, location: str) -> str:
    if not location:
        raise ValueError("there is no header Location")
    return outgoing.address(urljoin(base, location).partition("#")[0]).url


def _refused(attempt: Attempt) -> Attempt:
    status = attempt.status or 0
    code = debugger.ERROR_RESPONSE if status >= HTTPStatus.BAD_REQUEST else debugger.RETRIEVAL_FAILURE
    return replace(attempt, code=code, error=f"the application answered {status}")
