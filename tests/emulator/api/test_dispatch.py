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


async def listed(emulator: Emulator, user: str, password: str, path: str) -> int:
    """Status of a list that somebody asks for."""
    async with httpx.AsyncClient(verify=False, base_url=emulator.url, auth=(user, password)) as client:
        return (await client.get(path)).status_code


async def test_a_standard_key_does_not_manage_accounts(emulator: Emulator) -> None:
    """A main key does, as the token does."""
    main = emulator.account.add_api_key(main=True)
    for path in ("/2010-04-01/Accounts.json", f"/2010-04-01/Accounts/{emulator.account_sid}.json"):
        assert await listed(emulator, emulator.api_key, emulator.api_secret, path) == 401
        assert await listed(emulator, *main, path) == 200
        assert await listed(emulator, emulator.account_sid, emulator.auth_token, path) == 200


async def test_a_subaccount_is_open_to_itself_and_to_the_token_of_its_parent(emulator: Emulator) -> None:
    """Not to its parent's keys; and its own credentials do not open the parent."""
    child = emulator._state.add_account("Branch", parent=emulator.account)
    main, standard = emulator.account.add_api_key(main=True), child.add_api_key()
    theirs, ours = (f"/2010-04-01/Accounts/{sid}/Messages.json" for sid in (child.sid, emulator.account_sid))
    assert await listed(emulator, emulator.account_sid, emulator.auth_token, theirs) == 200
    assert await listed(emulator, child.sid, child.auth_token, theirs) == 200
    assert await listed(emulator, *standard, theirs) == 200
    assert await listed(emulator, *main, theirs) == 401
    assert await listed(emulator, emulator.api_key, emulator.api_secret, theirs) == 401
    assert await listed(emulator, *main, f"/2010-04-01/Accounts/{child.sid}.json") == 200
    assert await listed(emulator, child.sid, child.auth_token, ours) == 401


async def test_a_revoked_key_and_a_rotated_token_are_strangers(emulator: Emulator, messages_url: str) -> None:
    """From one request to the next."""
    assert await listed(emulator, emulator.api_key, emulator.api_secret, messages_url) == 200
    emulator.account.revoke_api_key(emulator.api_key)
    assert await listed(emulator, "SK" + "e" * 32, "e1" * 16, messages_url) == 401
    before = emulator.auth_token
    second = emulator.account.add_secondary_token()
    assert await listed(emulator, emulator.account_sid, second, messages_url) == 200
    emulator.account.promote_secondary_token()
    assert await listed(emulator, emulator.account_sid, before, messages_url) == 401
    assert await listed(emulator, emulator.account_sid, second, messages_url) == 200


async def test_a_suspended_account_can_do_nothing(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """403 (20403) for everything, until it is reactivated."""
    emulator.account.suspend()
    for path in (messages_url, "/v1/Services", "/v1/Nothing", "/2010-04-01/Accounts.json"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (403, 20403, "403 Forbidden")
    assert await listed(emulator, emulator.account.test_sid, emulator.account.test_token, messages_url) == 403
    emulator.account.reactivate()
    assert (await api.get(messages_url)).status_code == 200


async def test_a_parent_manages_a_suspended_subaccount(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """But cannot send for it."""
    child = emulator._state.add_account("Branch", parent=emulator.account)
    child.suspend()
    assert (await api.get(f"/2010-04-01/Accounts/{child.sid}/Messages.json")).status_code == 403
    assert (await api.get(f"/2010-04-01/Accounts/{child.sid}.json")).json()["status"] == "suspended"


async def test_test_credentials_open_nothing_real(emulator: Emulator) -> None:
    """403 (20008) for all but three creates; another account is closed to them as to others."""
    account = emulator.account
    async with httpx.AsyncClient(verify=False, base_url=emulator.url, auth=(account.test_sid, account.test_token)) as api:
        own = f"/2010-04-01/Accounts/{account.test_sid}"
        for method, path in (
            ("GET", f"{own}/Messages.json"),
            ("DELETE", f"{own}/Messages.json"),
            ("GET", f"{own}.json"),
            ("POST", "/v1/Services"),
            ("GET", "/v1/Nothing"),
        ):
            answer = await api.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (403, 20008)
        answer = await api.post(f"/2010-04-01/Accounts/{account.sid}/Messages.json")
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)
        assert (await api.post(f"{own}/Messages.json")).json()["code"] == 21604


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
