"""The journey of a request: how many at once, how long, and what is remembered of it."""

from __future__ import annotations

import anyio
import httpx
import pytest

from tests.emulator.conftest import Connect, until
from twilio_async.emulator import Emulator

ANN = "+15558675310"


def form(emulator: Emulator, body: str = "Hello") -> dict[str, str]:
    """A message that can be sent."""
    return {"To": ANN, "From": emulator.number, "Body": body}


async def test_requests_are_remembered_as_they_came(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Raw and read, with their answer's status."""
    await api.get(f"{messages_url}?DateSent%3E=2024-01-01")
    await api.post(messages_url, data=form(emulator, "café"), headers={"X-Mine": "1"})
    asked, sent = emulator.requests
    assert (asked.method, asked.target, asked.path) == ("GET", f"{messages_url}?DateSent%3E=2024-01-01", messages_url)
    assert (asked.query, asked.body, asked.status) == ((("DateSent>", "2024-01-01"),), b"", 200)
    assert sent.body == b"To=%2B15558675310&From=%2B15017122661&Body=caf%C3%A9"
    assert dict(sent.form)["Body"] == "café"
    assert (sent.headers["x-mine"], sent.status) == ("1", 201)


async def test_memory_is_bounded_only_if_asked(connect: Connect) -> None:
    """The newest requests and messages are kept."""
    async with Emulator(max_requests=3, max_messages=2) as emulator, connect(emulator) as api:
        url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
        for number in range(5):
            await api.post(url, data=form(emulator, str(number)))
        assert [dict(request.form)["Body"] for request in emulator.requests] == ["2", "3", "4"]
        assert [message.body for message in emulator.messages] == ["3", "4"]


async def test_what_is_too_much_at_once_is_refused_and_not_done(connect: Connect) -> None:
    """Beyond the limit every request is answered 429 (20429) at once, while those within it go on."""
    async with Emulator(concurrency_limit=3) as emulator, connect(emulator) as api:
        url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
        slow = emulator.faults.add(latency=60)
        async with anyio.create_task_group() as three:
            for _ in range(3):
                three.start_soon(lambda: api.post(url, data=form(emulator)))
            await until(lambda: len(emulator.messages) == 3)
            answers = [await api.post(url, data=form(emulator)) for _ in range(4)]
            assert emulator.in_flight == 3
            three.cancel_scope.cancel()
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(429, 20429)] * 4
        assert {answer.headers["Twilio-Concurrent-Requests"] for answer in answers} == {"3"}
        assert (emulator.rejected, emulator.in_flight_peak, slow.fired) == (4, 3, 3)
        assert len(emulator.messages) == 3
        assert [request.status for request in emulator.requests] == [None] * 3 + [429] * 4


async def test_requests_in_flight_are_counted(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Also where there is no limit, and told to whoever asks."""
    emulator.faults.add("POST", latency=60)
    async with anyio.create_task_group() as one:
        one.start_soon(lambda: api.post(messages_url, data=form(emulator)))
        await until(lambda: emulator.messages)
        assert (await api.get(messages_url)).headers["Twilio-Concurrent-Requests"] == "2"
        one.cancel_scope.cancel()
    assert emulator.in_flight_peak == 2
    assert emulator.rejected == 0


@pytest.mark.parametrize(("processed", "found"), [(None, 1), (False, 0)])
async def test_a_late_answer_is_to_a_request_that_was_done_or_is_not_yet(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str, processed: bool | None, found: int
) -> None:
    """Who gives up waiting does not know which."""
    emulator.faults.add(latency=60, processed=processed)
    async with anyio.create_task_group() as impatient:
        impatient.start_soon(lambda: api.post(messages_url, data=form(emulator)))
        await until(lambda: emulator.requests)
        impatient.cancel_scope.cancel()
    assert len(emulator.messages) == found


async def test_every_answer_can_be_late(connect: Connect) -> None:
    """A latency of the emulator and that of a fault end in the answer, here with nearly none of both."""
    async with Emulator(latency=0.001) as emulator, connect(emulator) as api:
        late = emulator.faults.add(latency=0.001, processed=False)
        spoiled = emulator.faults.add(kind="accept_then_500", times=1)
        url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
        assert (await api.post(url, data=form(emulator))).status_code == 500
        answer = await api.post(url, data=form(emulator))
        assert (answer.status_code, len(emulator.messages), late.fired, spoiled.fired) == (201, 2, 2, 1)
        assert float(answer.headers["Twilio-Request-Duration"]) >= 0.002


async def test_who_hangs_up_while_he_speaks_has_asked_for_nothing(emulator: Emulator, messages_url: str) -> None:
    """Half a request is none."""
    stream = await anyio.connect_tcp("127.0.0.1", int(emulator.url.rpartition(":")[2]))
    await stream.send(f"POST {messages_url} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nTo=".encode())
    await until(lambda: emulator.in_flight)
    await stream.aclose()
    await until(lambda: not emulator.in_flight)
    assert emulator.requests == []
