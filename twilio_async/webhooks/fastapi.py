"""Webhooks in FastAPI.

::

    @app.post("/sms")
    async def sms(message: Annotated[InboundMessage, Depends(receiver(webhooks, InboundMessage))]) -> Response:
        return respond(MessagingResponse(f"You said: {message.body}"))

A path operation answers with `respond`: a text or a TwiML value that it returned would be encoded as JSON, which Twilio does
not take. It declares no form fields either, for the body is read once: they are in the event.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, overload

from starlette.requests import Request

from twilio_async.webhooks._reception import EventT
from twilio_async.webhooks.events import Event
from twilio_async.webhooks.receiver import Webhooks
from twilio_async.webhooks.starlette import receive, respond

__all__ = ["receive", "receiver", "respond"]


@overload
def receiver(webhooks: Webhooks) -> Callable[[Request], Awaitable[Event]]: ...
@overload
def receiver(webhooks: Webhooks, kind: type[EventT]) -> Callable[[Request], Awaitable[EventT]]: ...
def receiver(webhooks: Webhooks, kind: type[Any] | None = None) -> Callable[[Request], Awaitable[Event]]:
    """A dependency that gives the event which a request brings.

    Args:
        webhooks: what verifies it.
        kind: the only class of event that is taken here. Default: any.

    Returns:
        What ``Depends`` wants. When it is called it raises what `receive` raises.
    """

    async def received(request: Request) -> Event:
        return await (receive(webhooks, request) if kind is None else receive(webhooks, request, kind))

    return received
