"""`twilio_async.webhooks.starlette`: what is Starlette's own. What holds in every framework is in `test_reception`."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from tests.webhooks.apps import uvicorn_serving
from tests.webhooks.caller import INBOUND, TOKEN, call
from twilio_async.twiml import MessagingResponse
from twilio_async.webhooks import InboundMessage, Webhooks
from twilio_async.webhooks.starlette import receive, respond

WEBHOOKS = Webhooks(TOKEN)


@pytest.mark.parametrize("prefix", ["", "/twilio"], ids=["at the top", "mounted"])
async def test_a_body_that_was_read_before_is_verified(prefix: str) -> None:
    """A middleware that read the body as a whole, as many do for their log, is not in the way; nor is a mount."""
    seen: list[InboundMessage] = []

    async def handle(request: Request) -> Response:
        await request.body()
        seen.append(await receive(WEBHOOKS, request, InboundMessage))
        return respond()

    route = Route("/sms", handle, methods=["POST"])
    application = Starlette(routes=[Mount(prefix, routes=[route]) if prefix else route])

    async with uvicorn_serving(application) as url:
        assert (await call(f"{url}{prefix}/sms", INBOUND)).status == 200

    assert [event.from_ for event in seen] == ["+15558675310"]


def test_a_response_says_what_it_is() -> None:
    """TwiML is labelled as XML, for Twilio takes it as nothing else."""
    response = respond(MessagingResponse("hi"))

    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    assert (response.status_code, response.body) == (200, MessagingResponse("hi").to_bytes())
    assert respond().body == MessagingResponse().to_bytes()
