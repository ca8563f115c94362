"""What the emulator says beside Twilio's answers."""

from __future__ import annotations

import httpx
import pytest

from tests.emulator.conftest import Connect
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.calls import Answer
from twilio_async.emulator.api.hints import HEADER, LONGEST, attach

ANN = "+15558675310"
NOWHERE = "SM" + "0" * 32


async def test_whoever_is_right_gets_no_hint(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Answers are Twilio's, and no header more."""
    created = await api.post(messages_url, data={"To": ANN, "From": emulator.number, "Body": "x"})
    assert HEADER not in created.headers
    assert HEADER not in (await api.get(messages_url, params={"PageSize": 1, "DateSent>": "2024-01-01"})).headers


async def test_a_path_that_leads_nowhere_is_explained(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """The error is Twilio's, the header is not."""
    answer = await api.post(messages_url.removesuffix(".json"))
    assert answer.status_code == 404
    assert answer.headers[HEADER] == (
        "nothing is here; nearest: POST, GET /2010-04-01/Accounts/{AccountSid}/Messages.json (.json is missing at the end)"
    )


async def test_a_method_that_is_not_there_is_explained(api: httpx.AsyncClient) -> None:
    """By those that are."""
    assert (await api.put("/v1/Services")).headers[HEADER] == "here only GET, POST can be done"


async def test_a_lost_sid_is_explained(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Of another kind, deleted, another account's, or never there."""
    base = messages_url.removesuffix(".json")
    other = emulator.account.sid.replace("e", "f")
    stranger = emulator._state.add_account(sid=other)
    message = emulator.add_message()
    emulator.account.remove_message(message.sid)
    stranger.messages.add(theirs := emulator.add_message(), theirs.date_created)
    emulator.account.forget_oldest_message()
    for sid, said in (
        (NOWHERE, f"account {emulator.account_sid} never had a message {NOWHERE}"),
        (message.sid, f"{message.sid} was deleted"),
        (theirs.sid, f"{theirs.sid} belongs to account {other}, not to {emulator.account_sid}"),
        (emulator.numbers[0].sid, f"{emulator.numbers[0].sid} is the sid of a phone number; that of a message"),
    ):
        answer = await api.get(f"{base}/{sid}.json")
        assert answer.status_code == 404
        assert answer.headers[HEADER].startswith(said)


async def test_a_closed_account_is_explained(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Another one, or none at all."""
    emulator._state.add_account(sid="AC" + "1" * 32)
    for sid, what in ("AC" + "1" * 32, "is another account"), ("AC" + "2" * 32, "is no account of this emulator"):
        answer = await api.get(f"/2010-04-01/Accounts/{sid}/Messages.json")
        assert answer.status_code == 401
        assert answer.headers[HEADER] == f"{sid} {what}; the credentials are those of {emulator.account_sid}"


async def test_a_parameter_that_is_ignored_is_named(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """On success, and where the mistake is why something is missing."""
    form = {"To": ANN, "From": emulator.number, "Body": "x", "StatusCalback": "http://x.example", "Colour": "red"}
    answer = await api.post(messages_url, data=form)
    assert answer.status_code == 201
    assert answer.headers[HEADER] == ("unknown parameter StatusCalback: did you mean StatusCallback?; unknown parameter Colour")
    answer = await api.post(messages_url, data={"To": ANN, "from_": emulator.number})
    assert (answer.json()["code"], answer.headers[HEADER]) == (21603, "unknown parameter from_: did you mean From?")
    answer = await api.post(messages_url, json={"To": ANN})
    assert (answer.json()["code"], answer.headers[HEADER]) == (21604, "the body is application/json; this API reads forms")


async def test_a_strict_emulator_says_it_in_the_body_too(connect: Connect) -> None:
    """As details, which the official client shows."""
    async with Emulator(strict=True) as emulator, connect(emulator) as api:
        url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages"
        said = (await api.post(f"{url}.json", data={"from_": emulator.number})).json()
        assert said["details"] == {"hint": "unknown parameter from_: did you mean From?"}
        assert said["message"] == "Unknown parameter from_"
        said = (await api.get("/v1/Service")).json()
        assert said["details"]["hint"].startswith("nothing is here; nearest: POST, GET /v1/Services (")
        assert "details" not in (await api.post(f"{url}.json", data={"To": ANN})).json()
        assert "details" not in (await api.get(url)).text


@pytest.mark.parametrize("hint", ["a\r\nSet-Cookie: b", "Grüße\x00\x7f", "x" * 100_000])
def test_a_hint_is_one_short_line(hint: str) -> None:
    """Whatever is quoted in it."""
    line = attach(Answer(), hint).headers[HEADER]
    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= LONGEST
    assert attach(Answer(), "") == Answer()
