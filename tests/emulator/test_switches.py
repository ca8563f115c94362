"""The switches; what each does is proved where it is done."""

from __future__ import annotations

import httpx
import pytest

from tests.emulator.conftest import Connect
from twilio_async.emulator import Emulator, Switches
from twilio_async.emulator.switches import DEFAULT


def test_the_defaults_are_what_evidence_favours() -> None:
    """A switch that is not named is at its default."""
    assert Switches() == DEFAULT
    assert Switches(oversized_page="reject") == Switches(
        oversized_page="reject",
        foreign_account=401,
        feedback_status=200,
        uncancelable_status=400,
        service_price_unit=None,
        empty_service="refuse",
    )


async def message(api: httpx.AsyncClient, emulator: Emulator, **form: str) -> httpx.Response:
    """Have a message accepted."""
    url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    return await api.post(url, data={"To": "+15558675310", "Body": "Hello", "From": emulator.number} | form)


@pytest.mark.parametrize("status", [400, 409])
async def test_the_status_of_a_late_cancel_is_a_switch(connect: Connect, status: int) -> None:
    """Its code is 30409 in any case."""
    async with Emulator(switches=Switches(uncancelable_status=status)) as emulator, connect(emulator) as api:
        uri = (await message(api, emulator)).json()["uri"]
        answer = await api.post(uri, data={"Status": "canceled"})
        assert (answer.status_code, answer.json()["code"]) == (status, 30409)


async def test_the_status_of_a_feedback_is_a_switch() -> None:
    """Fixtures say 201 where the document says 200."""
    async with (
        Emulator(switches=Switches(feedback_status=201)) as emulator,
        httpx.AsyncClient(verify=False, base_url=emulator.url, auth=(emulator.account_sid, emulator.auth_token)) as api,
    ):
        sid = (await message(api, emulator)).json()["sid"]
        uri = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages/{sid}/Feedback.json"
        assert (await api.post(uri)).status_code == 201


async def test_the_currency_of_a_services_message_is_a_switch(connect: Connect) -> None:
    """Before it is sent."""
    async with Emulator(switches=Switches(service_price_unit="USD")) as emulator, connect(emulator) as api:
        pool = (await api.post("/v1/Services", data={"FriendlyName": "Shop"})).json()["sid"]
        await api.post(f"/v1/Services/{pool}/PhoneNumbers", data={"PhoneNumberSid": emulator.numbers[0].sid})
        answer = await message(api, emulator, MessagingServiceSid=pool, From="")
        assert (answer.json()["status"], answer.json()["price_unit"]) == ("accepted", "USD")
