"""`twilio_async.webhooks.flask`: what is Flask's own. What holds in every framework is in `test_reception`."""

from __future__ import annotations

import io

import pytest

from tests.webhooks.apps import App, Factory, flask_app, flask_application, flask_on_wsgiref_app, werkzeug_serving
from tests.webhooks.caller import INBOUND, TOKEN, call
from twilio_async.twiml import MessagingResponse
from twilio_async.webhooks import Webhooks
from twilio_async.webhooks.flask import respond

WEBHOOKS = Webhooks(TOKEN)


@pytest.mark.parametrize("start", [flask_app, flask_on_wsgiref_app])
async def test_the_form_can_still_be_read(start: Factory) -> None:
    """An application that already reads ``request.form`` goes on doing so."""
    async with start(WEBHOOKS) as app:
        await call(f"{app.url}/sms", INBOUND)

    assert app.forms == [INBOUND]


async def test_a_body_that_was_read_before_is_verified() -> None:
    """A hook that read the body as a whole, as many do for their log, is not in the way."""
    app = App()
    application = flask_application(WEBHOOKS, app)

    @application.before_request
    def log() -> None:
        from flask import request

        request.get_data()

    async with werkzeug_serving(application) as url:
        assert (await call(f"{url}/sms", INBOUND)).status == 200

    assert len(app.events) == 1


async def test_the_applications_own_limit_holds_too() -> None:
    """A smaller ``MAX_CONTENT_LENGTH`` is not overruled."""
    app = App()
    application = flask_application(WEBHOOKS, app)
    application.config["MAX_CONTENT_LENGTH"] = 100

    async with werkzeug_serving(application) as url:
        assert (await call(f"{url}/sms", INBOUND)).status == 413
        assert (await call(f"{url}/sms", [("Body", "hi")])).status == 200

    assert len(app.events) == 1


def test_of_a_body_that_hides_its_length_no_more_is_read_than_tells_that_it_is_too_large() -> None:
    """A caller who sends and sends does not fill the memory: here a megabyte waits, of which a kilobyte is allowed."""
    stream = io.BytesIO(b"x" * 1_000_000)
    application = flask_application(Webhooks(TOKEN, max_body=1_000), App())
    hidden = {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    answer = application.test_client().post("/sms", environ_overrides=hidden)

    assert answer.status_code == 413
    assert stream.tell() < 100_000


def test_a_response_says_what_it_is() -> None:
    """TwiML is labelled as XML, for Twilio takes it as nothing else."""
    response = respond(MessagingResponse("hi"))

    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert (response.status_code, response.get_data()) == (200, MessagingResponse("hi").to_bytes())
    assert respond().get_data() == MessagingResponse().to_bytes()
