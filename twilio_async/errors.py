"""What can go wrong, as one tree; a class for each thing that a caller can do about it.

::

    TwilioError                      everything this library raises on purpose
    ├── ConfigError                  the session cannot work as it was built: mend the call (also a ValueError)
    ├── SessionClosed                the session was used after aclose(): keep it open longer
    ├── InvalidArgument              an argument cannot be sent: mend the call; nothing went out (also ValueError, TypeError)
    ├── AmbiguousOutcome             sent, and the answer was lost or was a 5xx: it may have happened; never repeated for you
    ├── TransportError               no answer, and nothing happened or repeating was harmless: try later
    │   ├── ConnectError             nothing was sent: DNS, refused, TLS, proxy
    │   │   └── CertificateError     the server's certificate is not trusted: mend `ssl=`
    │   └── TimedOut                 too slow (also a TimeoutError)
    ├── UnreadableAnswer             Twilio answered, and the answer cannot be read
    └── APIError                     Twilio said no
        ├── InvalidRequest           400: mend the parameters
        │   ├── InvalidNumber        the recipient's number cannot be texted
        │   ├── OptedOut             the recipient answered STOP
        │   ├── RegionNotEnabled     the recipient's country is not enabled for the account
        │   ├── InvalidSender        the sender cannot be used
        │   └── NotCancelable        the message is no longer scheduled
        ├── AuthenticationError      401, or no access token: mend the credentials
        ├── PermissionDenied         403: these credentials may not do that
        ├── NotFound                 404: no such resource, or it is another account's
        ├── Conflict                 409, 412: the resource's state does not allow it now
        ├── RateLimited              429/20429: too many requests at once; not processed
        ├── QueueFull                429/21611: this sender's queue is full; send less from it
        └── ServerError              5xx to a request that is safe to repeat

Every error can be pickled, and none shows a credential, a message body or a whole phone number in its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Outcome: TypeAlias = Literal["not_sent", "rejected", "accepted", "unknown"]
"""What became of a request, as far as can be known from here.

- ``not_sent``: no byte of it reached Twilio, or Twilio promises that it was not processed. Safe to repeat.
- ``rejected``: Twilio refused it. Repeating the same request gives the same answer.
- ``accepted``: Twilio took it.
- ``unknown``: it went out and no trustworthy answer came back. It may have happened.
"""


class TwilioError(Exception):
    """The root of every error that this library raises on purpose.

    Args:
        message: what happened, free of secrets and of whole phone numbers.
        operation: the operation's name (``"messages.create"``); empty when there was none.
        outcome: what became of the request.
        attempts: how many times it was sent or tried.
    """

    def __init__(self, message: str, *, operation: str = "", outcome: Outcome = "not_sent", attempts: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.outcome: Outcome = outcome
        self.attempts = attempts
        self.resume: str | None = None
        """Set by a list that failed in the middle: give it to ``list(resume=…)`` to go on from there."""

    def __str__(self) -> str:
        """``operation: message``, with whatever helps to ask support about it."""
        return f"{self.operation}: {self.message}" if self.operation else self.message

    def __reduce__(self) -> tuple[object, ...]:
        """Keyword-only constructors do not pickle by themselves: carry the attributes over as they are."""
        return (_rebuilt, (type(self), self.args), self.__dict__.copy())


def _rebuilt(kind: type[TwilioError], args: tuple[object, ...]) -> TwilioError:
    error = kind.__new__(kind, *args)
    error.args = args
    return error


class ConfigError(TwilioError, ValueError):
    """The session cannot work with what it was given: credentials, addresses, options. Nothing was sent."""


class SessionClosed(TwilioError):
    """The session was used after ``aclose()``, or from a second running event loop. Nothing was sent."""


class InvalidArgument(TwilioError, ValueError, TypeError):
    """An argument cannot be sent. Nothing was sent.

    Args:
        message: what is wrong with it and how to mend it.
        argument: the argument's name (``"send_at"``).
        operation: the operation's name.
    """

    def __init__(self, message: str, *, argument: str, operation: str = "") -> None:
        super().__init__(message, operation=operation)
        self.argument = argument


class AmbiguousOutcome(TwilioError):
    """The request went out and no trustworthy answer came back: it may have happened. Never repeated for you.

    A create has no idempotency key at Twilio: a repeat may text a person twice. To find out what became of it, list the
    messages to that recipient created since `sent_at`.

    Args:
        message: what was seen.
        operation: the operation's name.
        attempts: how many times it was tried; all but the last did not reach Twilio.
        parameters: what was asked for, by Twilio's names.
        sent_at: aware UTC time at which the last attempt began.
        lost_at: aware UTC time at which the answer was given up.
        status: HTTP status if one arrived (a 5xx), else ``None``.
        code: Twilio's error code if one arrived, else ``None``.
        request_id: Twilio's request id if one arrived, else ``None``.

    See https://www.twilio.com/docs/api/errors/20500.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        attempts: int,
        parameters: Mapping[str, str | list[str]],
        sent_at: datetime,
        lost_at: datetime,
        status: int | None = None,
        code: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, outcome="unknown", attempts=attempts)
        self.parameters = parameters
        self.sent_at = sent_at
        self.lost_at = lost_at
        self.status = status
        self.code = code
        self.request_id = request_id


class TransportError(TwilioError):
    """No answer came, and either nothing was sent or the request was safe to repeat and all tries failed."""


class ConnectError(TransportError):
    """Nothing was sent: no address, refused, TLS failed, the proxy refused. Safe to repeat."""


class CertificateError(ConnectError):
    """The server's certificate is not trusted: give its authority in ``ssl=``. Never repeated for you."""


class TimedOut(TransportError, TimeoutError):
    """The answer, or the connection, did not come in time. ``outcome`` tells whether anything was sent."""


class UnreadableAnswer(TwilioError):
    """Twilio answered and the answer cannot be read: cut off, no JSON, too large, a hostile link.

    ``outcome`` is ``"accepted"`` after a 2xx to a create: it happened, and its sid is not known here.

    Args:
        message: what is wrong with the answer.
        operation: the operation's name.
        outcome: what became of the request.
        attempts: how many times it was tried.
        status: HTTP status of the answer.
        request_id: Twilio's request id, when it came.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        outcome: Outcome = "unknown",
        attempts: int = 1,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, outcome=outcome, attempts=attempts)
        self.status = status
        self.request_id = request_id


class APIError(TwilioError):
    """Twilio answered with an error.

    Args:
        message: Twilio's words, phone numbers masked.
        operation: the operation's name.
        outcome: what became of the request.
        attempts: how many times it was sent.
        status: HTTP status.
        code: Twilio's error code; ``None`` when the answer carried none (a proxy's page).
        more_info: Twilio's page about that code.
        details: what newer products tell beside the message.
        request_id: Twilio's request id (``RQ…``), to quote to its support.
        retry_after: seconds that the answer asked to wait, if it did.
        headers: the answer's headers, names in lower case.
    """

    statuses: ClassVar[tuple[int, ...]] = ()
    """HTTP statuses that mean this, unless Twilio's code says otherwise."""
    codes: ClassVar[tuple[int, ...]] = ()
    """Twilio's codes that mean this."""

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        outcome: Outcome = "rejected",
        attempts: int = 1,
        status: int,
        code: int | None = None,
        more_info: str | None = None,
        details: Any = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, operation=operation, outcome=outcome, attempts=attempts)
        self.status = status
        self.code = code
        self.more_info = more_info
        self.details = details
        self.request_id = request_id
        self.retry_after = retry_after
        self.headers: Mapping[str, str] = headers or {}

    def __init_subclass__(cls, *, statuses: tuple[int, ...] = (), codes: tuple[int, ...] = ()) -> None:
        """File the class under its statuses and codes; one that two classes claim is a mistake."""
        cls.statuses, cls.codes = statuses, codes
        for table, keys in ((_BY_STATUS, statuses), (_BY_CODE, codes)):
            for key in keys:
                if key in table:
                    raise TypeError(f"{cls.__name__} and {table[key].__name__} both claim {key}")
                table[key] = cls

    def __str__(self) -> str:
        """``operation: message (HTTP 400, code 21211, RQ…, https://www.twilio.com/docs/errors/21211)``."""
        facts = [f"HTTP {self.status}"]
        if self.code is not None:
            facts.append(f"code {self.code}")
        facts += [fact for fact in (self.request_id, self.more_info) if fact]
        return f"{super().__str__()} ({', '.join(facts)})"


_BY_STATUS: dict[int, type[APIError]] = {}
_BY_CODE: dict[int, type[APIError]] = {}


class InvalidRequest(APIError, statuses=(400, 405)):
    """Twilio found a parameter wrong. The same request will be refused again."""


class InvalidNumber(InvalidRequest, codes=(21211, 21214, 21217, 21265, 21612, 21614, 21635)):
    """The recipient cannot be texted.

    No number (21211), no mobile (21614), a landline (21635), a short code (21265), out of this sender's reach (21612).
    """


class OptedOut(InvalidRequest, codes=(21610,)):
    """The recipient answered STOP to this sender (21610). Do not text again until they answer START."""


class RegionNotEnabled(InvalidRequest, codes=(21408,)):
    """The account may not text the recipient's country (21408): enable it in Twilio's console."""


class InvalidSender(InvalidRequest, codes=(21212, 21606, 21659, 21660, 21661, 63007)):
    """The sender is no number of this account, or cannot send this (21212, 21606, 21659, 21660, 21661, 63007)."""


class NotCancelable(InvalidRequest, codes=(30409,)):
    """Only a scheduled message can be canceled, and this one no longer is (30409)."""


class AuthenticationError(APIError, statuses=(401,), codes=(20003,)):
    """The credentials are wrong, revoked, or not allowed here (20003); or an OAuth app was refused a token."""


class PermissionDenied(APIError, statuses=(403,)):
    """The credentials are right and may not do this: test credentials (20008), a suspended account (20403)."""


class NotFound(APIError, statuses=(404,), codes=(20404,)):
    """No such resource in this account (20404)."""


class Conflict(APIError, statuses=(409, 412)):
    """The resource's state does not allow it now.

    A message not delivered yet (20009), a number already in a service (21710, 21712), a full pool (21714).
    """


class RateLimited(APIError, statuses=(429,), codes=(20429,)):
    """Too many requests of the account at once (20429). Not processed: safe to repeat, and repeated for you."""


class QueueFull(APIError, codes=(21611,)):
    """This sender already holds ten hours of messages (21611). Other senders are not concerned."""


class ServerError(APIError):
    """Twilio failed (5xx) on a request that is safe to repeat; the repeats failed too."""


def error_class(status: int, code: int | None) -> type[APIError]:
    """The class for an answer: by Twilio's code first, because one status has several meanings."""
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if status >= 500:
        return ServerError
    return _BY_STATUS.get(status, APIError)
