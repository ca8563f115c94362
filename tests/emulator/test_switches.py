"""The switches; what each does is proved where it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import httpx
import pytest

from tests.emulator.conftest import NOON, Connect
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
        service_opt_out="refuse",
        service_error_status=400,
        update_status=200,
        body_unit="characters",
        landline_code=21614,
        foreign_sender_code=21660,
        unknown_number_code=21711,
        repeated_sender="refuse",
        date_equality="day",
        unknown_page="reject",
        problem_type=None,
        sending_callback=False,
        unregistered_10dlc="deliver",
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


async def test_the_status_of_an_update_is_a_switch() -> None:
    """Old fixtures say 202 where the document says 200."""
    async with (
        Emulator(switches=Switches(update_status=202)) as emulator,
        httpx.AsyncClient(verify=False, base_url=emulator.url, auth=(emulator.account_sid, emulator.auth_token)) as api,
    ):
        uri = (await message(api, emulator)).json()["uri"]
        assert (await api.post(uri, data={"Body": ""})).status_code == 202


@pytest.mark.parametrize(("switches", "code"), [(Switches(), None), (Switches(body_unit="utf-16"), 21617)])
async def test_the_unit_of_a_body_is_a_switch(connect: Connect, switches: Switches, code: int | None) -> None:
    """An emoji is one character of two units."""
    async with Emulator(switches=switches) as emulator, connect(emulator) as api:
        assert (await message(api, emulator, Body="🙂" * 801)).json().get("code") == code
        assert (await message(api, emulator, Body="🙂" * 800)).status_code == 201


@pytest.mark.parametrize(("switches", "code"), [(Switches(), 21614), (Switches(landline_code=21635), 21635)])
async def test_the_code_of_a_landline_is_a_switch(connect: Connect, switches: Switches, code: int) -> None:
    """Each has its words."""
    async with Emulator(switches=switches) as emulator, connect(emulator) as api:
        emulator.account.landlines.add("+15558675310")
        said = (await message(api, emulator)).json()
        assert (said["code"], "landline" in said["message"]) == (code, code == 21635)


@pytest.mark.parametrize(("switches", "code"), [(Switches(), 21660), (Switches(foreign_sender_code=21606), 21606)])
async def test_the_code_of_a_foreign_sender_is_a_switch(connect: Connect, switches: Switches, code: int) -> None:
    """The words are the same."""
    async with Emulator(switches=switches) as emulator, connect(emulator) as api:
        number = emulator._state.add_account().add_number("+12025550188").number
        said = (await message(api, emulator, From=number)).json()
        assert (said["code"], said["message"][:8]) == (code, "Mismatch")


@pytest.mark.parametrize("status", [400, 404])
async def test_the_status_of_a_wrong_service_is_a_switch(connect: Connect, status: Literal[400, 404]) -> None:
    """Malformed, unknown, paused or empty."""
    async with Emulator(switches=Switches(service_error_status=status)) as emulator, connect(emulator) as api:
        empty = (await api.post("/v1/Services", data={"FriendlyName": "Empty"})).json()["sid"]
        paused = (await api.post("/v1/Services", data={"FriendlyName": "Paused"})).json()["sid"]
        emulator.account.paused_services.add(paused)
        answers = [
            await message(api, emulator, MessagingServiceSid=sid, From="") for sid in ("MG1", "MG" + "0" * 32, paused, empty)
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
            (status, 21705),
            (status, 21701),
            (status, 21702),
            (status, 21704),
        ]


@pytest.mark.parametrize(("switches", "status"), [(Switches(), 400), (Switches(service_opt_out="fail"), 201)])
async def test_an_opt_out_from_a_service_is_told_at_once_or_later(connect: Connect, switches: Switches, status: int) -> None:
    """Through the service alone; a sender that is named refuses in any case."""
    async with Emulator(switches=switches) as emulator, connect(emulator) as api:
        pool = (await api.post("/v1/Services", data={"FriendlyName": "Shop"})).json()["sid"]
        await api.post(f"/v1/Services/{pool}/PhoneNumbers", data={"PhoneNumberSid": emulator.numbers[0].sid})
        emulator.account.stop("+15558675310", emulator.number)
        assert (await message(api, emulator, MessagingServiceSid=pool, From="")).status_code == status
        assert (await message(api, emulator)).json()["code"] == 21610


@pytest.mark.parametrize(
    ("switches", "unknown", "repeated"),
    [
        (Switches(), (404, 21711), 409),
        (Switches(unknown_number_code=20404, repeated_sender="repeat"), (404, 20404), 200),
    ],
)
async def test_the_answers_of_a_pool_are_switches(switches: Switches, unknown: tuple[int, int], repeated: int) -> None:
    """To a number that is not owned, and to one that is there already."""
    async with (
        Emulator(switches=switches) as emulator,
        httpx.AsyncClient(verify=False, base_url=emulator.url, auth=(emulator.account_sid, emulator.auth_token)) as api,
    ):
        pool = (await api.post("/v1/Services", data={"FriendlyName": "Shop"})).json()["sid"]
        folder, sid = f"/v1/Services/{pool}/PhoneNumbers", emulator.numbers[0].sid
        refused = await api.post(folder, data={"PhoneNumberSid": "PN" + "0" * 32})
        assert (refused.status_code, refused.json()["code"]) == unknown
        assert [(await api.post(folder, data={"PhoneNumberSid": sid})).status_code for _ in range(2)] == [201, repeated]
        assert len((await api.get(folder)).json()["phone_numbers"]) == 1


@pytest.mark.parametrize(
    ("equality", "asked", "found"),
    [
        ("day", {"DateSent": "2024-05-24T12:00:00Z"}, 3),
        ("second", {"DateSent": "2024-05-24T12:00:00Z"}, 1),
        ("second", {"DateSent": "2024-05-24"}, 3),
        ("second", {"DateSent": "2024-05-24T12:00:00Z", "DateSent<": "2024-05-24"}, 0),
        ("second", {"DateSent": "2024-05-24T12:00:00Z", "DateSent>": "2024-05-24"}, 1),
        ("second", {"DateSent>": "2024-05-24T13:00:00Z"}, 1),
    ],
)
async def test_equality_of_dates_is_a_switch(
    connect: Connect, equality: Literal["day", "second"], asked: dict[str, str], found: int
) -> None:
    """A bare day is that day in any case."""
    async with Emulator(switches=Switches(date_equality=equality)) as emulator, connect(emulator) as api:
        for hour in (-1, 0, 1):
            emulator.add_message(at=NOON + timedelta(hours=hour))
        answer = await api.get(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", params=asked)
        assert len(answer.json()["messages"]) == found


@pytest.mark.parametrize(("switches", "status"), [(Switches(), 400), (Switches(unknown_page="ignore"), 200)])
async def test_a_foreign_page_token_is_a_switch(connect: Connect, switches: Switches, status: int) -> None:
    """Overlooked, it gives the first page."""
    async with Emulator(switches=switches) as emulator, connect(emulator) as api:
        emulator.add_message()
        url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
        answer = await api.get(url, params={"Page": 3, "PageToken": "PASM" + "0" * 32})
        assert answer.status_code == status
        assert len(answer.json().get("messages", ())) == (status == 200)


@pytest.mark.parametrize("media_type", ["application/problem+json", "application/json"])
async def test_the_form_of_errors_is_a_switch(media_type: Literal["application/problem+json", "application/json"]) -> None:
    """That of RFC 9457 has other keys, and a media type that nobody has seen."""
    async with (
        Emulator(switches=Switches(problem_type=media_type), strict=True) as emulator,
        httpx.AsyncClient(verify=False, base_url=emulator.url, auth=(emulator.account_sid, emulator.auth_token)) as api,
    ):
        answer = await message(api, emulator, To="junk!")
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, media_type)
        assert answer.json() == {
            "type": "https://www.twilio.com/docs/errors/21211",
            "title": "Invalid 'To' Phone Number: jXXXX",
            "status": 400,
            "code": 21211,
            "instance": f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json",
        }


@pytest.mark.parametrize(("choice", "end"), [("deliver", ("delivered", None)), ("fail", ("undelivered", 30034))])
async def test_whether_unregistered_numbers_reach_americans_is_a_switch(
    choice: Literal["deliver", "fail"], end: tuple[str, int | None]
) -> None:
    """With Twilio they do not; what a recipient's fate is goes before it."""
    emulator = Emulator(switches=Switches(unregistered_10dlc=choice))
    emulator.refuse_delivery("+15558675311", 30006)
    async with (
        emulator,
        httpx.AsyncClient(verify=False, base_url=emulator.url, auth=(emulator.account_sid, emulator.auth_token)) as api,
    ):
        sent = [(await message(api, emulator, To=to)).json()["sid"] for to in ("+15558675310", "+15558675311")]
        emulator.clock.advance(1)
        ends = [(found.status, found.error_code) for found in map(emulator.message, sent)]
    assert ends == [end, ("undelivered", 30006)]
