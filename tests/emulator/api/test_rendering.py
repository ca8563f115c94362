"""How answers are written."""

from __future__ import annotations

import httpx

from tests.emulator.conftest import NOON, Connect
from twilio_async.emulator import Clock, Emulator
from twilio_async.emulator.api.calls import Answer
from twilio_async.emulator.api.rendering import Circumstances, error_answer, render
from twilio_async.emulator.domain.errors import NOT_FOUND, UNAUTHENTICATED

AROUND = Circumstances(unique="0" * 32, product="messaging", concurrent=3, duration=0.1434, now=NOON)


def test_the_headers_tell_of_the_request() -> None:
    """Those that Twilio sends with every answer."""
    headers = render(Answer(content={}), "/v1/Services", AROUND).headers
    assert headers["Content-Type"] == "application/json"
    assert headers["Date"] == "Fri, 24 May 2024 12:00:00 GMT"
    assert headers["Twilio-Request-Id"] == "RQ" + "0" * 32
    assert headers["Twilio-Request-Duration"] == "0.143"
    assert headers["Twilio-Concurrent-Requests"] == "3"
    assert headers["X-API-Domain"] == "messaging.twilio.com"
    assert headers["X-Home-Region"] == "us1"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_2010_api_puts_blanks_into_its_json() -> None:
    """As Python does by default; Messaging does not, and neither touches the texts."""
    content = {"a": ["b,c:d", 1], "e": None}
    assert render(Answer(content=content), "/2010-04-01/x.json", AROUND).body == b'{"a": ["b,c:d", 1], "e": null}'
    assert render(Answer(content=content), "/v1/x", AROUND).body == b'{"a":["b,c:d",1],"e":null}'


def test_no_content_has_no_type() -> None:
    """Neither a body nor a word about it."""
    rendered = render(Answer(204), "/v1/x", AROUND)
    assert (rendered.status, rendered.body) == (204, b"")
    assert "Content-Type" not in rendered.headers


def test_bytes_go_as_they_are() -> None:
    """With the type that the answer says."""
    rendered = render(Answer(200, b"<x/>", {"Content-Type": "application/xml"}), "/2010-04-01/x", AROUND)
    assert (rendered.body, rendered.headers["Content-Type"]) == (b"<x/>", "application/xml")


def test_an_error_speaks_the_dialect_of_its_path() -> None:
    """JSON, or XML where the suffix is missing; with a challenge if it is one of credentials."""
    error = NOT_FOUND.error(path="/x&y")
    assert error_answer(error, "/2010-04-01/x.json").content == error_answer(error, "/v1/x").content
    xml = error_answer(error, "/2010-04-01/x")
    assert xml.headers == {"Content-Type": "application/xml"}
    assert isinstance(xml.content, bytes)
    assert b"<Message>The requested resource /x&amp;y was not found</Message>" in xml.content
    assert b"<Status>404</Status>" in xml.content
    assert "WWW-Authenticate" in error_answer(UNAUTHENTICATED.error(), "/v1/x").headers


async def test_a_message_has_the_digits_of_the_request_that_made_it(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str
) -> None:
    """Which is how Twilio's support finds the one by the other."""
    answer = await api.post(messages_url, data={"To": "+15558675310", "From": emulator.number, "Body": "Hello"})
    assert answer.json()["sid"][2:] == answer.headers["Twilio-Request-Id"][2:]


async def test_the_date_of_an_answer_is_the_emulators(connect: Connect, clock: Clock) -> None:
    """A client that reckons with the server's clock meets the one that stamps the messages."""
    async with Emulator(clock=clock) as emulator, connect(emulator) as api:
        emulator.clock.advance(3600)
        assert (await api.get("/v1/Services")).headers["Date"] == "Fri, 24 May 2024 13:00:00 GMT"
