"""Webhooks in aiohttp's server.

::

async def sms(request: web.Request) -> web.Response:
    message = await receive(webhooks, request, InboundMessage)
    return respond(MessagingResponse(f"You said: {message.body}"))
"""

from __future__ import annotations

from typing import Final, overload

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from twilio_async.twiml import CONTENT_TYPE, MessagingResponse
from twilio_async.webhooks._reception import EVENT as EVENT_NAME
from twilio_async.webhooks._reception import EventT, check_length, refuse, take
from twilio_async.webhooks.errors import WebhookError
from twilio_async.webhooks.events import Event
from twilio_async.webhooks.receiver import Webhooks

__all__ = ["EVENT", "receive", "respond", "webhook_middleware"]

EVENT: Final[web.RequestKey[Event]] = web.RequestKey(EVENT_NAME)
"""Where `webhook_middleware` leaves the event: ``request[EVENT]``."""

_REFUSALS: Final = {400: web.HTTPBadRequest, 403: web.HTTPForbidden}


@overload
async def receive(webhooks: Webhooks, request: web.Request) -> Event: ...
@overload
async def receive(webhooks: Webhooks, request: web.Request, kind: type[EventT]) -> EventT: ...
async def receive(webhooks: Webhooks, request: web.Request, kind: type[EventT] | None = None) -> Event:
    """Verify *request* and read what it says.

    Args:
        webhooks: what verifies it.
        request: as aiohttp gives it. Its body stays readable; it is also bound by the application's ``client_max_size``.
        kind: the only class of event that is taken here, and what is returned. Default: any.

    Raises:
        web.HTTPException: to be answered to the sender, without a reason: 403 it is not proved to be Twilio's, 413 it is too
            large, 400 it cannot be read or is another *kind*. The reason is in the log ``twilio_async.webhooks``.
    """
    try:
        check_length(request.headers.get("Content-Length"), webhooks.max_body)
        body = await request.read()
        return take(webhooks, request.method, request.raw_path, request.headers, body, kind)
    except WebhookError as error:
        raise _refusal(refuse(error), webhooks.max_body) from error


def _refusal(status: int, limit: int) -> web.HTTPException:
    refusal = _REFUSALS.get(status)
    return web.HTTPRequestEntityTooLarge(limit) if refusal is None else refusal()


def respond(answer: MessagingResponse | None = None) -> web.Response:
    """The response that carries *answer*.

    Args:
        answer: what Twilio shall do. Default: nothing, as befits a status callback.
    """
    return web.Response(body=(answer or MessagingResponse()).to_bytes(), content_type=CONTENT_TYPE)


def webhook_middleware(webhooks: Webhooks) -> Middleware:
    """A middleware that lets through only what Twilio signed, and leaves the event in ``request[EVENT]``.

    Give it to a sub-application that holds nothing but webhooks: whatever else is asked for there is answered 403.

    Args:
        webhooks: what verifies.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[EVENT] = await receive(webhooks, request)
        return await handler(request)

    return middleware
