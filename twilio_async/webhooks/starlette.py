"""Webhooks in Starlette.

::

    async def sms(request: Request) -> Response:
        message = await receive(webhooks, request, InboundMessage)
        return respond(MessagingResponse(f"You said: {message.body}"))

For a middleware see `twilio_async.webhooks.asgi`, for FastAPI's dependencies `twilio_async.webhooks.fastapi`.
"""

from __future__ import annotations

from typing import overload

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from twilio_async.twiml import CONTENT_TYPE, MessagingResponse
from twilio_async.webhooks._reception import EventT, refuse, take
from twilio_async.webhooks.asgi import read_body, request_target
from twilio_async.webhooks.errors import WebhookError
from twilio_async.webhooks.events import Event
from twilio_async.webhooks.receiver import Webhooks

__all__ = ["receive", "respond"]


@overload
async def receive(webhooks: Webhooks, request: Request) -> Event: ...
@overload
async def receive(webhooks: Webhooks, request: Request, kind: type[EventT]) -> EventT: ...
async def receive(webhooks: Webhooks, request: Request, kind: type[EventT] | None = None) -> Event:
    """Verify *request* and read what it says.

    Args:
        webhooks: what verifies it.
        request: as Starlette gives it. Its body is read from the connection, within the limit of *webhooks*, and cannot be
            read again; if it was read before, then as a whole (``request.body()``), not as a form.
        kind: the only class of event that is taken here, and what is returned. Default: any.

    Raises:
        HTTPException: to be answered to the sender, without a reason: 403 it is not proved to be Twilio's, 413 it is too
            large, 400 it cannot be read or is another *kind*. The reason is in the log ``twilio_async.webhooks``.
    """
    try:
        body = await read_body(request.scope, request.stream(), webhooks.max_body)
        return take(webhooks, request.method, request_target(request.scope), request.headers.raw, body, kind)
    except WebhookError as error:
        raise HTTPException(refuse(error)) from error


def respond(answer: MessagingResponse | None = None) -> Response:
    """The response that carries *answer*.

    Args:
        answer: what Twilio shall do. Default: nothing, as befits a status callback.
    """
    return Response((answer or MessagingResponse()).to_bytes(), media_type=CONTENT_TYPE)
