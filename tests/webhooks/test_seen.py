"""`twilio_async.webhooks.seen`: a repetition is known as one, in bounded memory."""

from __future__ import annotations

import asyncio
import threading

import pytest

from twilio_async.webhooks import InboundMessage, Seen, StatusCallback, UnknownEvent
from twilio_async.webhooks.events import Event


def inbound(number: int = 1, token: str | None = None) -> InboundMessage:
    """A message that came in."""
    return InboundMessage(message_sid=f"SM{number}", account_sid="AC1", from_="+1", to="+2", idempotency_token=token)


def callback(status: str, token: str | None = None) -> StatusCallback:
    """A status."""
    return StatusCallback(message_sid="SM1", account_sid="AC1", status=status, idempotency_token=token)


def test_an_event_is_new_once() -> None:
    """Twilio repeats it with the same token."""
    seen = Seen()

    assert not seen.before(inbound(token="t1"))
    assert seen.before(inbound(token="t1"))
    assert not seen.before(inbound(token="t2"))
    assert repr(seen) == "<Seen 2 of 10000>"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (inbound(1), inbound(2)),
        (callback("sent"), callback("delivered")),
        (inbound(1), callback("received")),
        (UnknownEvent(content_type="", body=b"a"), UnknownEvent(content_type="", body=b"b")),
        (UnknownEvent(content_type="", body=b"", query={"a": "1"}), UnknownEvent(content_type="", body=b"", query={"a": "2"})),
    ],
)
def test_without_a_token_an_event_is_known_by_what_it_says(one: Event, other: Event) -> None:
    """Each status of a message is an event of its own."""
    seen = Seen()

    assert [seen.before(event) for event in (one, other, one, other)] == [False, False, True, True]
    assert one.key == type(one)(**{name: getattr(one, name) for name in one.__struct_fields__}).key


def test_an_event_whose_handling_failed_can_be_forgotten() -> None:
    """Then Twilio's next try is taken."""
    seen = Seen()
    seen.before(inbound())
    seen.forget(inbound())
    seen.forget(inbound(2))

    assert not seen.before(inbound())


def test_the_oldest_are_forgotten_first() -> None:
    """Memory stays bounded, whatever comes in."""
    seen = Seen(max_size=3)
    for number in range(1_000):
        assert not seen.before(inbound(number))

    assert len(seen) == 3
    assert [seen.before(inbound(number)) for number in (999, 998, 997, 996)] == [True, True, True, False]


@pytest.mark.parametrize("size", [0, -1])
def test_there_must_be_room_for_one(size: int) -> None:
    """Otherwise nothing would ever be known."""
    with pytest.raises(ValueError, match="max_size"):
        Seen(size)


def test_of_many_threads_one_is_told_that_an_event_is_new() -> None:
    """A server with threads hands them the same event at once."""
    seen, together, new = Seen(max_size=500), threading.Barrier(8), list[int]()

    def ask() -> None:
        together.wait()
        new.extend(number for number in range(500) if not seen.before(inbound(number)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(new) == [*range(500)]


async def test_of_many_tasks_one_is_told_that_an_event_is_new() -> None:
    """There is nothing to await, so no task can come between."""
    seen = Seen()

    async def ask() -> bool:
        await asyncio.sleep(0)
        return seen.before(inbound())

    assert sorted(await asyncio.gather(*(ask() for _ in range(20)))) == [False, *[True] * 19]
