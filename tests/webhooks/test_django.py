"""`twilio_async.webhooks.django`: what is Django's own. What holds in every framework is in `test_reception`."""

from __future__ import annotations

import pytest

from tests.webhooks.apps import App, Factory, django_app, django_asgi_app, wsgiref_serving
from tests.webhooks.caller import INBOUND, TOKEN, call
from tests.webhooks.django_project import under_wsgi
from twilio_async.twiml import MessagingResponse
from twilio_async.webhooks import Webhooks
from twilio_async.webhooks.django import respond

WEBHOOKS = Webhooks(TOKEN)


@pytest.mark.parametrize("start", [django_app, django_asgi_app])
async def test_the_form_can_still_be_read(start: Factory) -> None:
    """An application that already reads ``request.POST`` goes on doing so."""
    async with start(WEBHOOKS) as app:
        await call(f"{app.url}/sms", INBOUND)

    assert app.forms == [INBOUND]


async def test_a_server_that_tells_the_decoded_path_alone_is_enough() -> None:
    """Without the raw target, the path is written again as Twilio will have been given it."""
    app = App()

    async with wsgiref_serving(under_wsgi(WEBHOOKS, app)) as url:
        assert (await call(f"{url}/caf%C3%A9/sms?b=%2F&a=1", INBOUND)).status == 200
        assert (await call(f"{url}/caf%C3%A9/sms?b=%2F&a=1", INBOUND, body=b"Body=changed")).status == 403

    assert len(app.events) == 1


async def test_a_refusal_is_djangos_own_page_without_a_reason() -> None:
    """A project's ``403.html`` applies to it."""
    async with django_app(WEBHOOKS) as app:
        answer = await call(f"{app.url}/sms", INBOUND, headers={"X-Twilio-Signature": None})

    assert (answer.status, answer.content_type) == (403, "text/html; charset=utf-8")
    assert b"403 Forbidden" in answer.body


def test_a_response_says_what_it_is() -> None:
    """TwiML is labelled as XML, for Twilio takes it as nothing else."""
    response = respond(MessagingResponse("hi"))

    assert response.headers["Content-Type"] == "text/xml"
    assert (response.status_code, response.content) == (200, MessagingResponse("hi").to_bytes())
    assert respond().content == MessagingResponse().to_bytes()
