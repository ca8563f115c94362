from __future__ import annotations

from aiohttp import web

from tests.cli.emulator.conftest import Ask
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.server import Server


async def test_a_text_reaches_the_application(ask: Ask, emulator: Emulator) -> None:
    """With all that was said, and what it answers is shown, without what a terminal would obey."""
    seen: list[str] = []

    async def application(request: web.BaseRequest) -> web.StreamResponse:
        form = await request.post()
        seen.extend(str(form[name]) for name in ("Body", "From", "To", "MediaContentType0", "ButtonText"))
        return web.Response(text="<Response><Message>Th\u202eanks</Message></Response>", content_type="text/xml")

    server = await Server.open(application)
    emulator.set_webhook(server.url)
    to = emulator.numbers[1].number
    options = ["--from", "+15550001111", "--to", to, "--media", "https://example.com/a.gif", "--field", "ButtonText=Yes=No"]
    done = await ask("receive", "-", *options, given=b"Hello\n")
    await server.close()
    assert seen == ["Hello", "+15550001111", to, "image/gif", "Yes=No"]
    inbound, reply = emulator.messages
    assert done.out.splitlines() == [
        f"{inbound.sid} received",
        f"webhook {server.url}: delivered after 1 attempt, answered 200",
        f"{reply.sid} replied: Th\\u202eanks",
    ]


async def test_a_text_that_nobody_is_told_of(ask: Ask, emulator: Emulator) -> None:
    """It still does what it says."""
    done = await ask("receive", "STOP")
    assert done.out == f"{emulator.messages[0].sid} received, which is STOP\nThere is no webhook to tell of it.\n"
    done = await ask("receive", "Hi", "--to", "+1")
    assert (done.code, done.out) == (1, "")
    assert "+1 is none of the numbers here" in done.err
