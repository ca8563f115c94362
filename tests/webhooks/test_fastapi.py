"""`twilio_async.webhooks.fastapi`: what is FastAPI's own. What holds in every framework is in `test_reception`."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import Depends, FastAPI, Response

from tests.webhooks.apps import uvicorn_serving
from tests.webhooks.caller import DELIVERED, INBOUND, TOKEN, call
from twilio_async.twiml import MessagingResponse
from twilio_async.webhooks import Event, InboundMessage, Webhooks
from twilio_async.webhooks.fastapi import receiver, respond
from twilio_async.webhooks.starlette import respond as respond_in_starlette

webhooks = Webhooks(TOKEN)
app = FastAPI()


@app.post("/sms")
async def sms(message: Annotated[InboundMessage, Depends(receiver(webhooks, InboundMessage))]) -> Response:
    """Answer a message, as a reader of the documentation would write it."""
    return respond(MessagingResponse(f"You said: {message.body}"))


@app.post("/anything/{place}")
async def anything(place: str, event: Annotated[Event, Depends(receiver(webhooks))]) -> Response:
    """Take any event, and a parameter of the path."""
    return respond(MessagingResponse(f"{type(event).__name__} at {place}"))


async def test_a_dependency_gives_the_event() -> None:
    """With its type in the signature and beside other parameters, as FastAPI's users are used to."""
    async with uvicorn_serving(app) as url:
        answers = [await call(f"{url}/sms", INBOUND), await call(f"{url}/anything/caf%C3%A9", DELIVERED)]

    assert answers[0].body == MessagingResponse("You said: Olé & <hello> 👋").to_bytes()
    assert answers[1].body == MessagingResponse("StatusCallback at café").to_bytes()


async def test_a_refusal_is_what_fastapi_answers_by_itself() -> None:
    """An application's own handler of exceptions applies to it, and it holds no reason."""
    async with uvicorn_serving(app) as url:
        answer = await call(f"{url}/sms", INBOUND, body=b"Body=changed")

    assert (answer.status, json.loads(answer.body)) == (403, {"detail": "Forbidden"})


def test_the_schema_of_the_application_is_left_alone() -> None:
    """The dependency invents no parameter that a reader of the OpenAPI document would have to give."""
    operation = app.openapi()["paths"]["/sms"]["post"]

    assert "requestBody" not in operation
    assert "parameters" not in operation


def test_it_answers_as_starlette_does() -> None:
    """Whoever looks for the answer beside the dependency finds it there."""
    assert respond is respond_in_starlette
