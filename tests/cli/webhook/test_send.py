from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from tests.application import running_application, twiml
from tests.cli.shell import Ended, run
from tests.webhooks.apps import APPS
from twilio_async.twiml import MessagingResponse, Redirect
from twilio_async.webhooks import InboundMessage, StatusCallback, UnknownEvent, Webhooks

TOKEN = "0123456789abcdef" * 2
KEY = "SK" + "1" * 32


async def send(url: str, *arguments: str, env: dict[str, str] | None = None, given: bytes = b"") -> Ended:
    """Run the command with a token in the environment, which it must not show."""
    done = await run("webhook", "send", url, *arguments, env={"TWILIO_AUTH_TOKEN": TOKEN, **(env or {})}, given=given)
    assert TOKEN not in done.out + done.err
    assert "Traceback" not in done.err
    return done


@pytest.mark.parametrize("name", ["aiohttp", "fastapi", "flask", "django"])
async def test_an_application_believes_it_and_its_answer_is_shown(name: str) -> None:
    """The status, the time, the answer, and what Twilio would make of it."""
    async with APPS[name](Webhooks(TOKEN)) as app:
        done = await send(f"{app.url}/sms?ref=42", "--inbound", "Olé & <hello> 👋", "--from", "+15550001111")
    [event] = app.events
    assert isinstance(event, InboundMessage)
    assert (event.from_, event.body, event.query) == ("+15550001111", "Olé & <hello> 👋", {"ref": "42"})
    assert event.idempotency_token
    assert (done.code, done.err) == (0, "")
    first, answer, deed = done.out.splitlines()
    assert first.startswith(f"POST {app.url}/sms: 200, text/xml")
    assert first.endswith(" ms")
    assert answer.endswith("<Response><Message>You said: Olé &amp; &lt;hello&gt; 👋</Message></Response>")
    assert deed == "Twilio would send 'You said: Olé & <hello> 👋' to whoever wrote."


async def test_a_text_needs_no_words() -> None:
    """The default is a greeting to TWILIO_NUMBER, with the account's sid; stdin is a text, too, and so are files alone."""
    async with APPS["aiohttp"](Webhooks(TOKEN)) as app:
        env = {"TWILIO_NUMBER": "+14155550142", "TWILIO_ACCOUNT_SID": "AC" + "7" * 32}
        codes = [
            (await send(app.url, env=env)).code,
            (await send(app.url, "--inbound", "-", given=b"From afar\n")).code,
            (await send(app.url, "--media", "https://example.com/a.png", "--field", "FromCity=Berlin")).code,
        ]
    assert codes == [0, 0, 0]
    greeting, afar, picture = app.events
    assert isinstance(greeting, InboundMessage)
    assert (greeting.body, greeting.to, greeting.account_sid) == ("Hello", "+14155550142", "AC" + "7" * 32)
    assert isinstance(afar, InboundMessage)
    assert afar.body == "From afar"
    assert isinstance(picture, InboundMessage)
    assert (picture.body, picture.media[0].content_type, picture.from_city) == ("", "image/png", "Berlin")


async def test_a_status_is_told() -> None:
    """With another error code, if that is wanted; what is answered to it means nothing."""
    async with APPS["aiohttp"](Webhooks(TOKEN)) as app:
        done = await send(f"{app.url}/status", "--status", "failed", "--field", "ErrorCode=30007", "--to", "+15550001111")
    [event] = app.events
    assert isinstance(event, StatusCallback)
    assert (event.status, event.error_code, event.to) == ("failed", 30007, "+15550001111")
    assert done.code == 0
    assert "Twilio would" not in done.out


async def test_json_and_a_get_and_a_shared_key(tmp_path: Path) -> None:
    """All that Twilio does otherwise, signed as Twilio signs it."""
    file = tmp_path / "event.json"
    file.write_bytes(b'{"type": "com.twilio.test"}')
    async with APPS["aiohttp"](Webhooks(shared_keys={KEY: TOKEN})) as app:
        told = [
            await send(f"{app.url}/events", "--json", str(file), "--shared-key", KEY),
            await send(f"{app.url}/sms", "--method", "GET", "--shared-key", KEY),
        ]
    assert [done.code for done in told] == [0, 0]
    event, text = app.events
    assert isinstance(event, UnknownEvent)
    assert event.json() == json.loads(file.read_bytes())
    assert isinstance(text, InboundMessage)
    assert told[1].out.startswith(f"GET {app.url}/sms: 200")  # without the numbers in its query


async def test_an_application_that_refuses_it_is_told_of() -> None:
    """Another token is the usual reason."""
    async with APPS["aiohttp"](Webhooks("f" * 32)) as app:
        done = await send(app.url)
    assert (done.code, app.events) == (1, [])
    assert "11217 HTTP error response code" in done.out
    assert "another token" in done.out


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (lambda: web.Response(status=500), 1, "11217 HTTP error response code"),
        (lambda: web.json_response({"reply": "Hi"}), 1, "12300 Invalid Content-Type"),
        (lambda: twiml("<Response><Message>Hi"), 1, "12100 Document parse failure"),
        (lambda: twiml("<Response><Dial>+1</Dial></Response>"), 0, "Twilio would pass something over: 14110"),
        (lambda: twiml("<Response/>"), 0, "Twilio would send nothing."),
        (lambda: web.Response(status=204), 0, "Twilio would send nothing."),
        (lambda: web.Response(text="Hi\x1b[31m\x07"), 0, r"Twilio would send 'Hi\x1b[31m\x07' to whoever wrote."),
        (
            lambda: twiml('<Response><Message to="+1"><Body>Hi</Body><Media>/a.png</Media></Message></Response>'),
            0,
            "Twilio would send 'Hi' and 1 file to +1.",
        ),
    ],
)
async def test_what_twilio_would_make_of_an_answer(answer: Callable[[], web.Response], code: int, said: str) -> None:
    """Its debugger's code, or what it would do; an answer that loses a text fails the command."""
    async with running_application() as application:
        application.answers.append(answer())
        done = await send(application.url)
    assert done.code == code
    assert said in done.out
    assert done.out.replace("\n", "").isprintable()


async def test_where_twilio_would_go_on_is_told() -> None:
    """A redirect of TwiML is not followed; one of HTTP is, as Twilio does."""
    async with APPS["aiohttp"](Webhooks(TOKEN), answer=lambda _: MessagingResponse(Redirect("/next"))) as app:
        done = await send(f"{app.url}/sms")
    assert f"Twilio would go on with POST {app.url}/next." in done.out
    async with running_application() as application:
        application.answers.append(web.Response(status=307, headers={"Location": "/there"}))
        done = await send(application.url)
    assert done.code == 0
    assert [line.split()[1:3] for line in done.out.splitlines()[:2]] == [
        [f"{application.url}/:", "307,"], [f"{application.url}/there:", "200,"],
    ]  # fmt: skip


async def test_an_application_that_is_not_there() -> None:
    """Nobody listens, or the URL is none: the debugger's code says which."""
    async with running_application() as application:
        url = application.url
    done = await send(f"{url}#rc=0")
    assert done.code == 1
    assert done.out.splitlines()[0].startswith(f"POST {url}/: no answer")
    assert "11202 TCP connection refused" in done.out
    done = await send("example.com/sms")
    assert done.code == 1
    assert "11100 Invalid URL format" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--inbound", "Hi", "--status", "sent"), "one of --inbound, --status and --json"),
        (("--json", "-", "--field", "a=b"), "no fields"),
        (("--json", "-", "--method", "GET"), "no fields"),
        (("--status", "sent", "--media", "https://example.com/a.png"), "--media belongs to --inbound"),
        (("--field", "a"), "is not NAME=VALUE"),
        (("--inbound", "\udcff"), "surrogate"),
    ],
)
async def test_what_does_not_go_together_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    """It exits with 2, and nobody is called."""
    done = await send("http://127.0.0.1:1/", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


async def test_without_a_secret_nobody_is_called() -> None:
    """It exits with 3."""
    async with running_application() as application:
        done = await run("webhook", "send", application.url)
    assert (done.code, application.told) == (3, [])
