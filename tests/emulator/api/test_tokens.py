"""OAuth over the socket: who is given an access token, and what it opens."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from twilio_async.emulator import Emulator
from twilio_async.emulator.remote.orders import PREFIX


def form(emulator: Emulator, **more: str) -> dict[str, str]:
    """What an app says to get a token."""
    credentials = {"client_id": emulator.oauth_client_id, "client_secret": emulator.oauth_client_secret}
    return {"grant_type": "client_credentials", **credentials, **more}


async def token(emulator: Emulator, **more: str) -> str:
    """A token that an app was given, without credentials in the header."""
    async with httpx.AsyncClient(verify=False, base_url=emulator.url) as stranger:
        answer = await stranger.post("/v2/token", data=form(emulator, **more))
    assert answer.status_code == 200
    return str(answer.json()["access_token"])


async def status(emulator: Emulator, path: str, token: str, scheme: str = "Bearer") -> int:
    """Status of a list that somebody asks for by a token."""
    async with httpx.AsyncClient(verify=False, base_url=emulator.url) as client:
        return (await client.get(path, headers={"Authorization": f"{scheme} {token}"})).status_code


async def test_an_app_is_given_a_token_that_opens_its_account(emulator: Emulator, messages_url: str) -> None:
    """All that a standard key opens, on every product, however the scheme is written."""
    bearer = await token(emulator)
    for path in (messages_url, "/v1/Services"):
        assert await status(emulator, path, bearer) == await status(emulator, path, bearer, "bearer") == 200
    assert await status(emulator, messages_url, bearer, "Basic") == 401


async def test_a_token_is_given_as_twilio_documents_it(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """With every field; version 1 has other names, and another status."""
    answer = await api.post("/v2/token", data=form(emulator))
    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (200, "Bearer", 3600)
    names = {"grant_type": "GrantType", "client_id": "ClientId", "client_secret": "ClientSecret"}
    before = await api.post("/v1/token", data={names[name]: value for name, value in form(emulator).items()})
    assert (before.status_code, before.json().keys()) == (201, answer.json().keys())


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"client_secret": "wrong"}, 322402),
        ({"client_secret": ""}, 322402),
        ({"client_id": "OQ" + "0" * 32}, 322402),
        ({"client_id": ""}, 321402),
        ({"grant_type": "password"}, 321403),
        ({"grant_type": ""}, 321403),
    ],
)
async def test_who_says_something_wrong_is_given_none(
    emulator: Emulator, api: httpx.AsyncClient, wrong: dict[str, str], code: int
) -> None:
    """400, the one status that is documented; the account's own credentials in the header change nothing."""
    answer = await api.post("/v2/token", data=form(emulator, **wrong))
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (400, code, 400)


async def test_a_token_can_only_be_posted_for(api: httpx.AsyncClient) -> None:
    """And at no product's host but one."""
    assert (await api.get("/v2/token")).status_code == 405
    assert (await api.post("/v2/token", headers={"Host": "messaging.twilio.com"})).status_code == 404
    assert (await api.post("/v2/token", headers={"Host": "oauth.twilio.com"})).status_code == 400


async def test_a_token_manages_no_account_and_opens_no_subaccount(emulator: Emulator) -> None:
    """As Twilio says of the apps of accounts; a subaccount has apps of its own."""
    child = emulator.add_account("Branch", parent=emulator.account)
    theirs, ours = (f"/2010-04-01/Accounts/{sid}/Messages.json" for sid in (child.sid, emulator.account_sid))
    bearer = await token(emulator)
    assert await status(emulator, "/2010-04-01/Accounts.json", bearer) == 401
    assert await status(emulator, theirs, bearer) == 401
    app = child.add_oauth_app()
    of_child = await token(emulator, **app._asdict())
    assert await status(emulator, theirs, of_child) == 200
    assert await status(emulator, ours, of_child) == 401
    assert app.client_secret not in repr(app)


async def test_a_token_expires_by_the_emulators_clock() -> None:
    """After an hour it is a stranger's: 401 (20003)."""
    async with Emulator(clock="manual") as emulator:
        bearer = await token(emulator)
        emulator.clock.advance(3599)
        assert await status(emulator, "/v1/Services", bearer) == 200
        emulator.clock.advance(1)
        assert await status(emulator, "/v1/Services", bearer) == 401
        assert emulator.requests[-1].code == 20003


async def test_tokens_are_revoked_on_demand(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """By a test, by whoever controls the emulator from afar, and with their app."""
    first = await token(emulator)
    emulator.revoke_tokens()
    second = await token(emulator)
    assert [await status(emulator, "/v1/Services", each) for each in (first, second)] == [401, 200]
    assert (await api.post(f"{PREFIX}/tokens/revoke")).json() == {"revoked": True}
    third = await token(emulator)
    assert [await status(emulator, "/v1/Services", each) for each in (second, third)] == [401, 200]
    emulator.account.remove_oauth_app(emulator.oauth_client_id)
    assert await status(emulator, "/v1/Services", third) == 401
    with pytest.raises(KeyError):
        emulator.account.remove_oauth_app(emulator.oauth_client_id)


async def test_who_looks_at_requests_sees_no_secret(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Neither an app's, nor a token."""
    bearer = await token(emulator)
    await api.get("/v1/Services", headers={"Authorization": f"Bearer {bearer}"})
    await api.post(f"/v1/token?ClientSecret={emulator.oauth_client_secret}")
    requests: list[dict[str, Any]] = (await api.get(f"{PREFIX}/requests")).json()["requests"]
    shown = msgspec.json.encode(requests) + repr(emulator.requests[0]).encode()
    assert [request["parameters"].get("grant_type") for request in requests] == [["client_credentials"], None, None]
    assert emulator.oauth_client_secret.encode() not in shown
    assert bearer.encode() not in shown
