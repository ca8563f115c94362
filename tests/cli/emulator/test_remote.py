from __future__ import annotations

import socket

import pytest
from aiohttp import web

from tests.cli.shell import run
from twilio_async.cli.emulator.remote import Remote
from twilio_async.cli.failures import Unusable
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.server import Server


@pytest.mark.parametrize("url", ["https://api.twilio.com", "127.0.0.1:8080", "http://", "http://x:port", "", "http://[::1"])
def test_what_is_no_emulators_url_is_refused(url: str) -> None:
    """Most of all Twilio's own, to which a state must not be sent."""
    with pytest.raises(Unusable, match="is not where an emulator is"):
        Remote(url)


async def test_where_nobody_listens_is_said() -> None:
    """And how to start one."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    done = await run("emulator", "messages", "--url", url)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"Error: no emulator answers at {url}; `twilio-async emulator run` starts one.\n"


async def test_what_is_no_emulator_is_not_taken_for_one() -> None:
    """Whatever it answers."""

    async def other(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"messages": []})

    server = await Server.open(other)
    done = await run("emulator", "messages", "--url", server.url)
    await server.close()
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"Error: what answers at {server.url} is no emulator, or not of this version;")


async def test_which_emulator_must_be_said() -> None:
    """By an option, or by the variable that `run` prints; the option wins."""
    done = await run("emulator", "messages")
    assert (done.code, done.out) == (2, "")
    assert "Give --url, or set TWILIO_BASE_URL" in done.err
    async with Emulator() as emulator:
        done = await run("emulator", "messages", "--url", emulator.url, env={"TWILIO_BASE_URL": "http://127.0.0.1:1"})
    assert done.code == 0


async def test_no_proxy_of_the_environment_stands_between(emulator: Emulator) -> None:
    """Least of all that of the emulator itself."""
    proxies = {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1", "TWILIO_BASE_URL": emulator.url}
    assert (await run("emulator", "messages", env=proxies)).code == 0
