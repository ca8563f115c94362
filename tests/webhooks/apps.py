"""Applications that receive webhooks: the same one in each framework, behind a real server on loopback.

``async with APPS["flask"](webhooks) as app:`` starts one; ``app.url`` is where it is, ``app.events`` what it received.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import wsgiref.simple_server
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

import anyio.to_thread
import fastapi
import flask
import uvicorn
import werkzeug.serving
from aiohttp import web
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.webhooks import django_project
from twilio_async.twiml import CONTENT_TYPE, MessagingResponse
from twilio_async.webhooks import Event, InboundMessage, Webhooks, asgi, wsgi
from twilio_async.webhooks import aiohttp as in_aiohttp
from twilio_async.webhooks import fastapi as in_fastapi
from twilio_async.webhooks import flask as in_flask
from twilio_async.webhooks import starlette as in_starlette

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Answer: TypeAlias = "Callable[[Event], MessagingResponse | None]"
AnyPath = "/{path:path}"


def echo(event: Event) -> MessagingResponse | None:
    """Answer a message with its text, anything else with nothing."""
    return MessagingResponse(f"You said: {event.body}") if isinstance(event, InboundMessage) and event.body else None


@dataclass
class App:
    """A running application."""

    url: str = ""
    """``http://127.0.0.1:…``, without a path: it takes any."""
    events: list[Event] = field(default_factory=list)
    """What it received and believed."""
    forms: list[list[tuple[str, str]]] = field(default_factory=list)
    """The fields that it read for itself afterwards, where the framework lets it."""
    answer: Answer = echo

    def reply(self, event: Event) -> MessagingResponse | None:
        """Keep *event*, and say what to answer."""
        self.events.append(event)
        return self.answer(event)


Factory: TypeAlias = Callable[..., AbstractAsyncContextManager[App]]
"""Takes `Webhooks` and, as ``kind=`` and ``answer=``, what the application takes and says; runs while it is entered."""


# --- servers -------------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def in_thread(run: Callable[[], Any], stop: Callable[[], Any]) -> AsyncIterator[None]:
    """*run* in a thread of its own, until the block ends and *stop* was called."""
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        await anyio.to_thread.run_sync(stop)
        await anyio.to_thread.run_sync(thread.join)


@contextlib.asynccontextmanager
async def uvicorn_serving(application: Any) -> AsyncIterator[str]:
    """The URL of an ASGI application."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        options = uvicorn.Config(application, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(options)

        def stop() -> None:
            server.should_exit = True

        async with in_thread(lambda: server.run([listener]), stop):
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.asynccontextmanager
async def werkzeug_serving(application: WSGIApplication) -> AsyncIterator[str]:
    """The URL of a WSGI application, on a server that tells it the raw target."""
    server = werkzeug.serving.make_server("127.0.0.1", 0, application, threaded=True)
    with server:
        async with in_thread(lambda: server.serve_forever(poll_interval=0.01), server.shutdown):
            yield f"http://127.0.0.1:{server.server_port}"


class _Silent(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        pass


@contextlib.asynccontextmanager
async def wsgiref_serving(application: WSGIApplication) -> AsyncIterator[str]:
    """The URL of a WSGI application, on a server that tells it the decoded path alone."""
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=_Silent)
    with server:
        async with in_thread(lambda: server.serve_forever(poll_interval=0.01), server.shutdown):
            yield f"http://127.0.0.1:{server.server_port}"


@contextlib.asynccontextmanager
async def aiohttp_serving(application: web.Application) -> AsyncIterator[str]:
    """The URL of an application of aiohttp."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


# --- applications --------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def aiohttp_app(
    webhooks: Webhooks, *, kind: type[InboundMessage] | None = None, answer: Answer = echo
) -> AsyncIterator[App]:
    """A handler of aiohttp."""
    app = App(answer=answer)

    async def handle(request: web.Request) -> web.Response:
        event = await (in_aiohttp.receive(webhooks, request, kind) if kind else in_aiohttp.receive(webhooks, request))
        app.forms.append([(name, str(value)) for name, value in (await request.post()).items()])
        return in_aiohttp.respond(app.reply(event))

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    async with aiohttp_serving(application) as app.url:
        yield app


@contextlib.asynccontextmanager
async def aiohttp_middleware_app(webhooks: Webhooks, *, answer: Answer = echo) -> AsyncIterator[App]:
    """A handler of aiohttp behind the middleware."""
    app = App(answer=answer)

    async def handle(request: web.Request) -> web.Response:
        app.forms.append([(name, str(value)) for name, value in (await request.post()).items()])
        return in_aiohttp.respond(app.reply(request[in_aiohttp.EVENT]))

    application = web.Application(middlewares=[in_aiohttp.webhook_middleware(webhooks)])
    application.router.add_route("*", "/{path:.*}", handle)
    async with aiohttp_serving(application) as app.url:
        yield app


@contextlib.asynccontextmanager
async def starlette_app(
    webhooks: Webhooks, *, kind: type[InboundMessage] | None = None, answer: Answer = echo
) -> AsyncIterator[App]:
    """An endpoint of Starlette."""
    app = App(answer=answer)

    async def handle(request: Request) -> Response:
        event = await (in_starlette.receive(webhooks, request, kind) if kind else in_starlette.receive(webhooks, request))
        return in_starlette.respond(app.reply(event))

    async with uvicorn_serving(Starlette(routes=[Route(AnyPath, handle, methods=["GET", "POST"])])) as app.url:
        yield app


@contextlib.asynccontextmanager
async def fastapi_app(
    webhooks: Webhooks, *, kind: type[InboundMessage] | None = None, answer: Answer = echo
) -> AsyncIterator[App]:
    """A path operation of FastAPI with a dependency."""
    app = App(answer=answer)
    received: Any = in_fastapi.receiver(webhooks, kind) if kind else in_fastapi.receiver(webhooks)

    async def handle(event: Event = Depends(received)) -> fastapi.Response:  # noqa: B008 - a name of this function
        return in_fastapi.respond(app.reply(event))

    application = FastAPI()
    application.add_api_route(AnyPath, handle, methods=["GET", "POST"])
    async with uvicorn_serving(application) as app.url:
        yield app


@contextlib.asynccontextmanager
async def asgi_middleware_app(webhooks: Webhooks, *, answer: Answer = echo) -> AsyncIterator[App]:
    """A bare ASGI application behind the middleware."""
    app = App(answer=answer)

    async def application(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        app.forms.append(parse_qsl(body.decode(), keep_blank_values=True))
        answered = (app.reply(scope[asgi.EVENT]) or MessagingResponse()).to_bytes()
        headers = [(b"content-type", CONTENT_TYPE.encode()), (b"content-length", str(len(answered)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answered})

    async with uvicorn_serving(asgi.WebhookMiddleware(application, webhooks)) as app.url:
        yield app


def flask_application(webhooks: Webhooks, app: App, kind: type[InboundMessage] | None = None) -> flask.Flask:
    """A view of Flask that keeps in *app* what it received."""
    application = flask.Flask(__name__)

    @application.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @application.route("/<path:path>", methods=["GET", "POST"])
    def handle(path: str) -> flask.Response:
        request = flask.request
        event = in_flask.receive(webhooks, request, kind) if kind else in_flask.receive(webhooks, request)
        app.forms.append(list(request.form.items(multi=True)))
        return in_flask.respond(app.reply(event))

    return application


@contextlib.asynccontextmanager
async def flask_app(
    webhooks: Webhooks, *, kind: type[InboundMessage] | None = None, answer: Answer = echo
) -> AsyncIterator[App]:
    """A view of Flask, on a server that tells the raw target."""
    app = App(answer=answer)
    async with werkzeug_serving(flask_application(webhooks, app, kind)) as app.url:
        yield app


@contextlib.asynccontextmanager
async def flask_on_wsgiref_app(
    webhooks: Webhooks, *, kind: type[InboundMessage] | None = None, answer: Answer = echo
) -> AsyncIterator[App]:
    """A view of Flask, on a server that tells the decoded path alone."""
    app = App(answer=answer)
    async with wsgiref_serving(flask_application(webhooks, app, kind)) as app.url:
        yield app


@contextlib.asynccontextmanager
async def wsgi_middleware_app(webhooks: Webhooks, *, answer: Answer = echo) -> AsyncIterator[App]:
    """A bare WSGI application behind the middleware."""
    app = App(answer=answer)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        app.forms.append(parse_qsl(body.decode(), keep_blank_values=True))
        answered = (app.reply(environ[wsgi.EVENT]) or MessagingResponse()).to_bytes()
        start_response("200 OK", [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(answered)))])
        return [answered]

    async with werkzeug_serving(wsgi.WebhookMiddleware(application, webhooks)) as app.url:
        yield app


@contextlib.asynccontextmanager
async def django_app(
    webhooks: Webhooks, *, kind: type[InboundMessage] | None = None, answer: Answer = echo
) -> AsyncIterator[App]:
    """A view of Django under WSGI."""
    app = App(answer=answer)
    async with werkzeug_serving(django_project.under_wsgi(webhooks, app, kind)) as app.url:
        yield app


@contextlib.asynccontextmanager
async def django_asgi_app(
    webhooks: Webhooks, *, kind: type[InboundMessage] | None = None, answer: Answer = echo
) -> AsyncIterator[App]:
    """A view of Django under ASGI."""
    app = App(answer=answer)
    async with uvicorn_serving(django_project.under_asgi(webhooks, app, kind)) as app.url:
        yield app


APPS: dict[str, Factory] = {
    "aiohttp": aiohttp_app,
    "aiohttp middleware": aiohttp_middleware_app,
    "starlette": starlette_app,
    "fastapi": fastapi_app,
    "asgi middleware": asgi_middleware_app,
    "flask": flask_app,
    "flask on wsgiref": flask_on_wsgiref_app,
    "wsgi middleware": wsgi_middleware_app,
    "django": django_app,
    "django under asgi": django_asgi_app,
}
"""Each framework, by the name of its test."""
