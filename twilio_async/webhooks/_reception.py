"""What the adapters of all frameworks do alike: the reason of a refusal goes to the log, and the answer gives its status."""

from __future__ import annotations

import logging
from typing import Final, TypeVar

from twilio_async.webhooks._requests import Headers
from twilio_async.webhooks.errors import BodyTooLarge, MalformedRequest, WebhookError
from twilio_async.webhooks.events import Event
from twilio_async.webhooks.receiver import Webhooks

EventT = TypeVar("EventT", bound=Event)

EVENT: Final = "twilio_async.event"
"""Where a middleware leaves the event for the application behind it."""

_LONGEST_NUMBER = 19  # digits; more would not fit the integers of any server

logger = logging.getLogger("twilio_async.webhooks")


def take(
    webhooks: Webhooks, method: str, target: str | bytes, headers: Headers, body: bytes, kind: type[object] | None = None
) -> Event:
    """The event that a request brings.

    Args:
        webhooks: what verifies it.
        method: of HTTP.
        target: path and query, as they came.
        headers: all of them.
        body: as it came.
        kind: the only class of event that is taken here. Default: any.

    Raises:
        WebhookError: it is not proved to be Twilio's, cannot be read, or is another kind of event.
    """
    event = webhooks.parse(method, target, headers, body)
    if kind is not None and not isinstance(event, kind):
        raise MalformedRequest(f"it is a signed {type(event).__name__}, and this place takes {kind.__name__}")
    return event


def check_length(declared: str | int | None, limit: int) -> int | None:
    """The bytes that a request says its body has, ``None`` if it does not say.

    Args:
        declared: its Content-Length.
        limit: bytes that a body may have.

    Raises:
        BodyTooLarge: they are more than *limit*. Nothing needs to be read to know it.
        MalformedRequest: it is no number.
    """
    text = "" if declared is None else str(declared).strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise MalformedRequest("its Content-Length is no number")
    if len(text) > _LONGEST_NUMBER or int(text) > limit:
        raise BodyTooLarge(limit)
    return int(text)


def refuse(error: WebhookError) -> int:
    """Tell the log why, and give the status that is all the sender gets to know."""
    logger.warning("webhook refused with %d: %s", error.status, error.reason)
    return error.status
