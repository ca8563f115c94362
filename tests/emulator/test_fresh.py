"""A server for each test: three hundred of them, in any order and beside one another, and none knows of another."""

from __future__ import annotations

import json
from base64 import b64encode
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from twilio_async import AsyncSession
from twilio_async.emulator import Emulator

EACH = 150
RECIPIENT = "+15558675310"


@pytest.mark.parametrize("number", range(EACH))
def test_a_server_in_a_thread_knows_only_its_own_test(number: int) -> None:
    """What is sent to it is the first that it hears, and all that it tells."""
    with Emulator() as emulator:
        assert listed(emulator) == []
        sid = str(asked(emulator, To=RECIPIENT, From=emulator.number, Body=f"Hello {number}")["sid"])
        assert listed(emulator) == [sid]
        assert [(message.sid, message.body) for message in emulator.messages] == [(sid, f"Hello {number}")]
        assert [request.method for request in emulator.requests] == ["GET", "POST", "GET"]


@pytest.mark.parametrize("number", range(EACH))
async def test_a_server_in_the_loop_knows_only_its_own_test(number: int) -> None:
    """The same where test and server share a loop."""
    async with Emulator() as emulator, AsyncSession.from_env(emulator.env) as twilio:
        sent = await twilio.messages.create(to=RECIPIENT, from_=emulator.number, body=f"Hello {number}")
        assert [message.sid async for message in twilio.messages.list()] == [sent.sid]
        assert [(message.sid, message.body) for message in emulator.messages] == [(sent.sid, f"Hello {number}")]
        assert [request.method for request in emulator.requests] == ["POST", "GET"]


def listed(emulator: Emulator) -> list[str]:
    """The sids of all messages that the API tells of."""
    return [message["sid"] for message in asked(emulator)["messages"]]


def asked(emulator: Emulator, **form: str) -> dict[str, list[dict[str, str]]]:
    """The answer to a list of messages, or to the creation of one."""
    credentials = b64encode(f"{emulator.account_sid}:{emulator.auth_token}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/x-www-form-urlencoded"}
    connection = HTTPConnection(urlsplit(emulator.url).netloc)
    path = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    connection.request("POST" if form else "GET", path, urlencode(form), headers)
    content: dict[str, list[dict[str, str]]] = json.loads(connection.getresponse().read())
    connection.close()
    return content
