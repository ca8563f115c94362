"""Webhooks in Django, under WSGI and under ASGI.

::

    @csrf_exempt
    @require_POST
    def sms(request: HttpRequest) -> HttpResponse:
        message = receive(webhooks, request, InboundMessage)
        return respond(MessagingResponse(f"You said: {message.body}"))

Twilio sends no CSRF token: its signature proves more, so the view is exempt from that check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, overload

from django.core.exceptions import BadRequest, PermissionDenied  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
from django.http import HttpResponse  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]

from twilio_async.twiml import CONTENT_TYPE, MessagingResponse
from twilio_async.webhooks import asgi, wsgi
from twilio_async.webhooks._reception import EventT, check_length, refuse, take
from twilio_async.webhooks.errors import WebhookError
from twilio_async.webhooks.events import Event
from twilio_async.webhooks.receiver import Webhooks

__all__ = ["receive", "respond"]


class Request(Protocol):
    """What is used of Django's ``HttpRequest``, for Django ships no types."""

    META: Mapping[str, Any]
    path: str

    @property
    def method(self) -> str | None:
        """Of HTTP."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By their names in any case."""
        ...

    @property
    def body(self) -> bytes:
        """As it came."""
        ...


@overload
def receive(webhooks: Webhooks, request: Request) -> Event: ...
@overload
def receive(webhooks: Webhooks, request: Request, kind: type[EventT]) -> EventT: ...
def receive(webhooks: Webhooks, request: Request, kind: type[EventT] | None = None) -> Event:
    """Verify *request* and read what it says.

    Args:
        webhooks: what verifies it.
        request: Django's ``HttpRequest``. Its form and body stay readable; it is also bound by ``DATA_UPLOAD_MAX_MEMORY_SIZE``.
        kind: the only class of event that is taken here, and what is returned. Default: any.

    Raises:
        PermissionDenied: it is not proved to be Twilio's; Django answers 403. The reason is in the log
            ``twilio_async.webhooks``, here as with the others.
        BadRequest: it is too large, cannot be read or is another *kind*; Django answers 400, for it has no exception that it
            answers with 413.
    """
    try:
        check_length(request.META.get("CONTENT_LENGTH"), webhooks.max_body)
        return take(webhooks, request.method or "", _target(request), request.headers, request.body, kind)
    except WebhookError as error:
        raise (PermissionDenied if refuse(error) == 403 else BadRequest) from None  # whose page with DEBUG shows causes


def _target(request: Request) -> bytes:
    scope = getattr(request, "scope", None)  # there under ASGI alone
    if scope is not None:
        return asgi.request_target(scope)
    # Django decodes the paths in META, which WSGI keeps as octets: they are no longer what `wsgi` takes them for.
    return wsgi.request_target(request.META, request.path.encode("utf-8", "replace"))


def respond(answer: MessagingResponse | None = None) -> HttpResponse:
    """The response that carries *answer*.

    Args:
        answer: what Twilio shall do. Default: nothing, as befits a status callback.
    """
    return HttpResponse((answer or MessagingResponse()).to_bytes(), content_type=CONTENT_TYPE)
