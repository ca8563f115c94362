"""What a test can see."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from tests.emulator.conftest import Connect
from tests.emulator.domain.test_lifecycle import create
from twilio_async.emulator import Emulator

ANN = "+15558675310"


async def test_a_message_can_be_waited_for(connect: Connect) -> None:
    """There already, yet to come, or yet to reach a status; the one that is meant, and no other."""
    async with Emulator(lifecycle="manual") as emulator, connect(emulator) as api:
        delivered = asyncio.ensure_future(emulator.wait_for(to=ANN, status="delivered"))
        created = asyncio.ensure_future(emulator.wait_for(body=re.compile("second")))
        first = await create(api, emulator, Body="first")
        second = await create(api, emulator, Body="second", To="+14155550199")
        assert (await created).sid == second.sid
        emulator.deliver(second)
        assert not delivered.done()
        emulator.deliver(first)
        assert (await delivered).sid == first.sid
        assert (await emulator.wait_for(to=ANN)).sid == first.sid


async def test_a_wait_that_is_in_vain_tells_what_was_there(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """After the real seconds that were said."""
    await create(api, emulator, Body="Hello")
    with pytest.raises(TimeoutError) as caught:
        await emulator.wait_for(to=ANN, body="Bye", timeout=0.02)
    assert "'Hello'   (body differs)" in str(caught.value)


async def test_a_wait_can_be_given_up(emulator: Emulator) -> None:
    """From the same loop as from another, nothing is left of it."""
    waiting = asyncio.ensure_future(emulator.wait_for(to=ANN))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with Emulator() as other:
        waiting = asyncio.ensure_future(other.wait_for(to=ANN))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_settled_means_that_nothing_more_happens_now(connect: Connect) -> None:
    """All steps that are due are taken; those of the future are not waited for."""
    async with Emulator(clock="manual") as emulator, connect(emulator) as api:
        message = await create(api, emulator)
        await emulator.settled()
        assert emulator.message(message.sid).status == "delivered"


async def test_a_request_that_was_refused_was_not_processed(
    api: httpx.AsyncClient, emulator: Emulator, messages_url: str
) -> None:
    """429 of either kind: the emulator keeps Twilio's promise, proves it, and refuses a rule that would break it."""
    text = {"To": ANN, "From": emulator.number, "Body": "Hello"}
    emulator.faults.add("POST", status=429, times=1)
    emulator.faults.add("POST", kind="accept_then_500", times=1)
    statuses = [(await api.post(messages_url, data=text)).status_code for _ in range(3)]
    assert statuses == [429, 500, 201]
    assert [(request.status, request.processed) for request in emulator.requests] == [(429, False), (500, True), (201, True)]
    assert len(emulator.messages) == 2
    emulator.assert_refused_requests_changed_nothing()
    with pytest.raises(ValueError, match="never processed"):
        emulator.faults.add("POST", status=429, processed=True)
    emulator.requests[0].processed = True
    with pytest.raises(AssertionError, match="answered 429, and processed"):
        emulator.assert_refused_requests_changed_nothing()


async def test_the_messages_of_all_accounts_are_seen(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """In order of time, whoever's they are; and each can be moved and looked at by its sid."""
    branch = emulator.add_account("Branch", parent=emulator.account)
    number = branch.add_number("+13125550123")
    await create(api, emulator, Body="first")
    answer = await api.post(
        f"/2010-04-01/Accounts/{branch.sid}/Messages.json", data={"To": ANN, "From": number.number, "Body": "second"}
    )
    assert answer.status_code == 201, answer.text
    assert [message.body for message in emulator.messages] == ["first", "second"]
    assert emulator.message(answer.json()["sid"]).account_sid == branch.sid
    assert emulator.accounts == [emulator.account, branch]
    with pytest.raises(KeyError):
        emulator.message("SM" + "0" * 32)


async def test_a_request_shows_itself_without_its_credentials(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """What a failure prints names the operation, and no secret."""
    await create(api, emulator)
    await api.post(emulator.requests[0].target, data={"Body": "to nobody"})
    assert str(emulator.requests[0]) == f"<POST {emulator.requests[0].target}: 201, processed>"
    assert str(emulator.requests[1]) == f"<POST {emulator.requests[0].target}: 400 (21604)>"
    assert "Basic" not in str(emulator.requests[0]) + repr(emulator.requests[0])
