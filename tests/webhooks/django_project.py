"""The smallest Django project that receives webhooks; each request brings its application, for a process has one project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django  # type: ignore[import-untyped]
from django.conf import settings  # type: ignore[import-untyped]
from django.core.handlers.asgi import ASGIHandler  # type: ignore[import-untyped]
from django.core.handlers.wsgi import WSGIHandler  # type: ignore[import-untyped]
from django.http import HttpResponse  # type: ignore[import-untyped]
from django.urls import re_path  # type: ignore[import-untyped]
from django.views.decorators.csrf import csrf_exempt  # type: ignore[import-untyped]

from twilio_async.webhooks.django import receive, respond

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from tests.webhooks.apps import App
    from twilio_async.webhooks import InboundMessage, Webhooks

_CONTEXT = "tests.context"


def handle(request: Any) -> HttpResponse:
    """The only view."""
    scope = getattr(request, "scope", None)
    webhooks, app, kind = (request.META if scope is None else scope)[_CONTEXT]
    event = receive(webhooks, request, kind) if kind else receive(webhooks, request)
    app.forms.append([(name, value) for name, values in request.POST.lists() for value in values])
    return respond(app.reply(event))


urlpatterns = [re_path("", csrf_exempt(handle))]


def _configure() -> None:
    if not settings.configured:
        middleware = ["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
        settings.configure(
            ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="-", MIDDLEWARE=middleware, LOGGING_CONFIG=None
        )
        django.setup()


def under_wsgi(webhooks: Webhooks, app: App, kind: type[InboundMessage] | None = None) -> WSGIApplication:
    """The project as a WSGI application that keeps in *app* what it received."""
    _configure()
    handler = WSGIHandler()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer: Iterable[bytes] = handler({**environ, _CONTEXT: (webhooks, app, kind)}, start_response)
        return answer

    return application


def under_asgi(webhooks: Webhooks, app: App, kind: type[InboundMessage] | None = None) -> Any:
    """The project as an ASGI application that keeps in *app* what it received."""
    _configure()
    handler = ASGIHandler()

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await handler({**scope, _CONTEXT: (webhooks, app, kind)}, receive, send)

    return application
