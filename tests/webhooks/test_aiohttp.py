"""`twilio_async.webhooks.aiohttp`: what is aiohttp's own. What holds in every framework is in `test_reception`."""

from __future__ import annotations

import pytest
from aiohttp import web

from tests.webhooks.apps import Factory, aiohttp_app, aiohttp_middleware_app, aiohttp_serving
from tests.webhooks.caller import DELIVERED, INBOUND, TOKEN, call
from twilio_async.twiml import MessagingResponse
from twilio_async.webhooks import StatusCallback, Webhooks
from twilio_async.webhooks.aiohttp import EVENT, receive, respond, webhook_middleware

WEBHOOKS = Webhooks(TOKEN)


@pytest.mark.parametrize("start", [aiohttp_app, aiohttp_middleware_app])
async def test_the_form_can_still_be_read(start: Factory) -> None:
    """An application that already reads ``request.post()`` goes on doing so."""
    async with start(WEBHOOKS) as app:
        await call(f"{app.url}/sms", INBOUND)

    assert app.forms == [INBOUND]


async def test_the_middleware_guards_what_there_is_and_what_there_is_not() -> None:
    """Who is not Twilio does not learn which paths exist."""
    application = web.Application(middlewares=[webhook_middleware(WEBHOOKS)])

    async with aiohttp_serving(application) as url:
        assert (await call(f"{url}/nothing", INBOUND, headers={"X-Twilio-Signature": None})).status == 403
        assert (await call(f"{url}/nothing", INBOUND)).status == 404


async def test_the_middleware_serves_a_part_of_an_application() -> None:
    """In a sub-application only what is in there needs a signature, and its whole path is what is signed."""

    async def handle(request: web.Request) -> web.Response:
        assert isinstance(request[EVENT], StatusCallback)
        return respond()

    async def health(_request: web.Request) -> web.Response:
        return web.Response()

    hooks = web.Application(middlewares=[webhook_middleware(WEBHOOKS)])
    hooks.router.add_post("/status", handle)
    application = web.Application()
    application.router.add_get("/health", health)
    application.add_subapp("/twilio/", hooks)

    async with aiohttp_serving(application) as url:
        assert (await call(f"{url}/health", method="GET", headers={"X-Twilio-Signature": None})).status == 200
        assert (await call(f"{url}/twilio/status", DELIVERED)).status == 200
        assert (await call(f"{url}/twilio/status", DELIVERED, signed=f"{url}/status")).status == 403


async def test_the_applications_own_limit_holds_too() -> None:
    """A smaller ``client_max_size`` is not overruled."""

    async def handle(request: web.Request) -> web.Response:
        await receive(WEBHOOKS, request)
        return respond()

    application = web.Application(client_max_size=100)
    application.router.add_post("/sms", handle)

    async with aiohttp_serving(application) as url:
        assert (await call(f"{url}/sms", INBOUND)).status == 413
        assert (await call(f"{url}/sms", [("Body", "hi")])).status == 200


def test_a_response_says_what_it_is() -> None:
    """TwiML is labelled as XML, for Twilio takes it as nothing else."""
    response = respond(MessagingResponse("hi"))

    assert (response.status, response.content_type, response.body) == (200, "text/xml", MessagingResponse("hi").to_bytes())
    assert respond().body == MessagingResponse().to_bytes()
