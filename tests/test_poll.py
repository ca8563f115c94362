"""Polling, in virtual time: nothing here waits, and no figure depends on the machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio
import pytest

from tests.virtual_time import VirtualTime
from twilio_async._poll import SLOWEST, UNKNOWN_AT_FIRST, poll
from twilio_async.errors import NotFound, ServerError, TimedOut


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """Async tests of this module run in virtual time."""
    return "asyncio", {"loop_factory": VirtualTime}


class Record:
    """What is read: one status or error after the other, the last one for ever; with the times of all reads."""

    def __init__(self, *looks: str | Exception) -> None:
        self.looks = looks
        self.times: list[float] = []

    async def read(self) -> str:
        """The record, which is nothing but its status."""
        self.times.append(anyio.current_time())
        look = self.looks[min(len(self.times), len(self.looks)) - 1]
        if isinstance(look, Exception):
            raise look
        return look

    async def wait(self, *, timeout: float = 60.0, interval: float = 1.0) -> str:
        """Wait until it is decided about."""
        return await poll(
            self.read, STATUS, {"approved", "failed"}, name="XX1", timeout=timeout, interval=interval, operation="things.wait"
        )

    @property
    def gaps(self) -> Sequence[float]:
        """Seconds between two reads each."""
        return [later - sooner for sooner, later in zip(self.times, self.times[1:], strict=False)]


STATUS: Callable[[str], str] = str
MISSING = NotFound("no such thing", operation="things.fetch", status=404)


@pytest.mark.parametrize("status", ["approved", "failed"])
async def test_what_is_decided_is_read_once(status: str) -> None:
    """Nothing is waited for that is there."""
    record = Record(status)
    assert await record.wait() == status
    assert record.times == [0.0]


async def test_the_time_between_two_reads_grows() -> None:
    """By half each time, up to ten seconds."""
    record = Record(*["pending"] * 8, "approved")
    assert await record.wait() == "approved"
    assert record.gaps == pytest.approx([1, 1.5, 2.25, 3.375, 5.0625, 7.59375, SLOWEST, SLOWEST])


async def test_a_long_interval_is_not_shortened() -> None:
    """Who asks once a minute is not made to ask six times."""
    record = Record(*["pending"] * 3, "approved")
    assert await record.wait(timeout=600, interval=60) == "approved"
    assert record.gaps == [60, 60, 60]


async def test_waiting_has_an_end() -> None:
    """It comes before a read that would be too late; the error tells where the record stands, and that it was not lost."""
    record = Record("pending")
    with pytest.raises(TimedOut, match="XX1 is pending after 5 s") as caught:
        await record.wait(timeout=5)
    assert record.times == pytest.approx([0, 1, 2.5, 4.75])
    assert isinstance(caught.value, TimeoutError)
    assert (caught.value.operation, caught.value.outcome) == ("things.wait", "accepted")


async def test_what_is_not_found_yet_is_waited_for() -> None:
    """Right after its creation a record may be unknown for a moment."""
    record = Record(MISSING, MISSING, "approved")
    assert await record.wait() == "approved"
    with pytest.raises(TimedOut, match="XX1 is not found after 2 s"):
        await Record(MISSING).wait(timeout=2)


async def test_what_never_was_is_not_found() -> None:
    """After the moment of grace a 404 is believed."""
    record = Record(MISSING)
    with pytest.raises(NotFound):
        await record.wait()
    assert record.times[-2] <= UNKNOWN_AT_FIRST < record.times[-1]


async def test_any_other_error_ends_it() -> None:
    """The reads have been repeated already as the session's policy has it."""
    with pytest.raises(ServerError):
        await Record("pending", ServerError("down", operation="things.fetch", status=503)).wait()
