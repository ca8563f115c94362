"""The numbers that were deactivated on a day, over real sockets."""

from __future__ import annotations

from datetime import date

import pytest

from twilio_async import AsyncSession, InvalidRequest
from twilio_async.emulator import Emulator

DAY = date(2024, 5, 24)
ANN, BOB = "+15558675310", "+15558675311"


async def numbers_of(twilio: AsyncSession, day: date) -> list[str]:
    """All that are in the file of a day."""
    async with twilio.deactivations.fetch(date=day) as file:
        assert file.content_type == "text/plain"
        return [number async for number in file.lines()]


async def test_the_numbers_of_a_day_are_read_one_by_one(twilio: AsyncSession, emulator: Emulator) -> None:
    """From another host, which sees no credentials; other days have their own, and most have none."""
    for number in (ANN, BOB):
        emulator.deactivate(number, day=DAY)
    emulator.deactivate(ANN)
    assert await numbers_of(twilio, DAY) == [ANN, BOB]
    assert emulator.requests[-1].parameters == {"Date": ["2024-05-24"]}
    assert await numbers_of(twilio, emulator.clock().date()) == [ANN]
    assert await numbers_of(twilio, date(2024, 5, 25)) == []
    assert ["Authorization" in request.headers for request in emulator.media_requests] == [False] * 3
    assert emulator.media_url != emulator.url


async def test_a_day_has_to_be_named(twilio: AsyncSession, emulator: Emulator) -> None:
    """Twilio refuses to guess; a passing failure is not seen."""
    with pytest.raises(InvalidRequest) as caught:
        async with twilio.deactivations.fetch():
            pass
    assert (caught.value.code, caught.value.operation) == (20001, "deactivations.fetch")
    emulator.faults.add("GET /Deactivations", status=503, times=2)
    assert await numbers_of(twilio, DAY) == []
