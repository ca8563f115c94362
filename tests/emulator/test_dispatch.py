"""From a request to its operation: who asks, what for, and what is wrong with that."""

from __future__ import annotations

import base64

import httpx
import pytest

from tests.emulator.conftest import Connect, basic
from twilio_async.emulator import Emulator, Switches

FOREIGN = "AC" + "0" * 32


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer x", "Basic !", "Basic " + base64.b64encode(b"\xff").decode(), basic("AC", "x"), basic("", "")],
)
async def test_without_credentials_nothing_is_said(emulator: Emulator, messages_url: str, authorization: str | None) -> None:
    """401 with Twilio's challenge, also for what does not exist."""
    headers = {} if authorization is None else {"Authorization": authorization}
    async with httpx.AsyncClient(verify=False, base_url=emulator.url) as stranger:
        for path in (messages_url, "/v1/Services", "/v1/Nothing"):
            answer = await stranger.get(path, headers=headers)
            assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (401, 20003, "Authenticate")
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'


async def test_the_right_account_with_the_wrong_token_is_a_stranger(emulator: Emulator, messages_url: str) -> None:
    """And so is a key with the token of the account."""
    async with httpx.AsyncClient(verify=False, base_url=emulator.url) as stranger:
        for user, password in (emulator.account_sid, "wrong"), (emulator.api_key, emulator.auth_token):
            answer = await stranger.get(messages_url, auth=(user, password))
            assert answer.status_code == 401


async def test_an_api_key_opens_its_account(emulator: Emulator, messages_url: str) -> None:
    """On both products."""
    async with httpx.AsyncClient(verify=False, base_url=emulator.url, auth=(emulator.api_key, emulator.api_secret)) as client:
        assert (await client.get(messages_url)).status_code == 200
        assert (await client.get("/v1/Services")).status_code == 200


async def test_a_foreign_account_is_closed(connect: Connect) -> None:
    """401, or 404 if the switch says so; what is no sid at all is not found."""
    url = f"/2010-04-01/Accounts/{FOREIGN}/Messages.json"
    for switches, expected in (Switches(), (401, 20003)), (Switches(foreign_account=404), (404, 20404)):
        async with Emulator(switches=switches) as emulator, connect(emulator) as api:
            answer = await api.get(url)
            assert (answer.status_code, answer.json()["code"]) == expected
            answer = await api.get("/2010-04-01/Accounts/ACme/Messages.json")
            assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/2010-04-01/Nothing.json", "/2010-04-01/Nothing.json"),
        ("/v1/Services/MG/Nothing", "/Services/MG/Nothing"),
        ("/v1/Services/MG", "/Services/MG"),
        ("/elsewhere", "/elsewhere"),
    ],
)
async def test_what_is_not_there_is_named(api: httpx.AsyncClient, path: str, named: str) -> None:
    """The 2010 API says the whole path, Messaging leaves out its version."""
    answer = await api.get(path)
    assert answer.status_code == 404
    assert answer.json() == {
        "code": 20404,
        "message": f"The requested resource {named} was not found",
        "more_info": "https://www.twilio.com/docs/errors/20404",
        "status": 404,
    }


async def test_a_method_that_is_not_there_is_not_allowed(api: httpx.AsyncClient, messages_url: str) -> None:
    """The path exists, the verb does not."""
    for method, path in ("PUT", messages_url), ("DELETE", "/v1/Services"):
        answer = await api.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, 20004)


async def test_without_its_suffix_the_2010_api_speaks_xml(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Its errors too."""
    answer = await api.get(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages/SM<0")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/xml"
    assert "<TwilioResponse><RestException><Code>20404</Code>" in answer.text
    assert "SM&lt;0 was not found" in answer.text


async def test_a_host_of_twilios_serves_its_own_product(api: httpx.AsyncClient, messages_url: str) -> None:
    """Behind a name that is led here, each product has its own paths only."""
    for path, host, status in (
        (messages_url, "api.twilio.com", 200),
        ("/v1/Services", "messaging.twilio.com", 200),
        ("/v1/Services", "messaging.sydney.au1.twilio.com", 200),
        ("/v1/Services", "api.twilio.com", 404),
        (messages_url, "messaging.twilio.com", 404),
    ):
        assert (await api.get(path, headers={"Host": host})).status_code == status


async def test_what_is_unknown_is_ignored_unless_it_is_forbidden(connect: Connect) -> None:
    """Twilio overlooks a misspelt parameter; a strict emulator names it."""
    form = {"To": "+15558675310", "Body": "Hello", "StatusCalback": "http://x.example"}
    for strict in (False, True):
        async with Emulator(strict=strict) as emulator, connect(emulator) as api:
            url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
            answer = await api.post(url, data={**form, "From": emulator.number})
            assert answer.status_code == (400 if strict else 201)
            assert len(emulator.messages) == (0 if strict else 1)
            if strict:
                assert answer.json()["message"] == "Unknown parameter StatusCalback"
            assert (await api.get(url, params={"PageSize": "5", "To": "+1"})).status_code == 200
