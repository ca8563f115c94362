"""Webhooks in Flask.

::

    @app.post("/sms")
    def sms() -> Response:
        message = receive(webhooks, request, InboundMessage)
        return respond(MessagingResponse(f"You said: {message.body}"))

For a middleware see `twilio_async.webhooks.wsgi`.
"""

from __future__ import annotations

import sys
from typing import overload

from flask import Request, Response, abort

from twilio_async.twiml import CONTENT_TYPE, MessagingResponse
from twilio_async.webhooks._reception import EventT, check_length, refuse, take
from twilio_async.webhooks.errors import WebhookError
from twilio_async.webhooks.events import Event
from twilio_async.webhooks.receiver import Webhooks
from twilio_async.webhooks.wsgi import request_target

__all__ = ["receive", "respond"]


@overload
def receive(webhooks: Webhooks, request: Request) -> Event: ...
@overload
def receive(webhooks: Webhooks, request: Request, kind: type[EventT]) -> EventT: ...
def receive(webhooks: Webhooks, request: Request, kind: type[EventT] | None = None) -> Event:
    """Verify *request* and read what it says.

    Args:
        webhooks: what verifies it.
        request: Flask's. Its form and body stay readable, but must not have been read as a form before. It is also bound by
            ``MAX_CONTENT_LENGTH``.
        kind: the only class of event that is taken here, and what is returned. Default: any.

    Raises:
        HTTPException: Werkzeug's, to be answered to the sender, without a reason: 403 it is not proved to be Twilio's, 413 it
            is too large, 400 it cannot be read or is another *kind*. The reason is in the log ``twilio_async.webhooks``.
    """
    try:
        check_length(request.headers.get("Content-Length"), webhooks.max_body)
        # A body that comes in chunks has no length: read no more of it than tells that it is too large.
        request.max_content_length = min(request.max_content_length or sys.maxsize, webhooks.max_body + 1)
        return take(webhooks, request.method, request_target(request.environ), request.headers, request.get_data(), kind)
    except WebhookError as error:
        abort(refuse(error))


def respond(answer: MessagingResponse | None = None) -> Response:
    """The response that carries *answer*.

    Args:
        answer: what Twilio shall do. Default: nothing, as befits a status callback.
    """
    return Response((answer or MessagingResponse()).to_bytes(), mimetype=CONTENT_TYPE)
