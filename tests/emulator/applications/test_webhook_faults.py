"""What goes wrong on the way to an application."""

from __future__ import annotations

import httpx
import pytest

from tests.application import Application
from tests.emulator.conftest import Connect
from tests.emulator.domain.test_lifecycle import create
from twilio_async.emulator import Emulator, Profile


async def statuses_told(emulator: Emulator, api: httpx.AsyncClient, application: Application) -> list[str]:
    """Send a message and see what the application hears of it."""
    await create(api, emulator, StatusCallback=f"{application.url}/status")
    await emulator.settled()
    return application.statuses


async def test_a_webhook_may_come_twice(emulator: Emulator, api: httpx.AsyncClient, application: Application) -> None:
    """The second has the same idempotency token as the first, by which an application knows it."""
    rule = emulator.webhook_faults.add("duplicate", parameters={"MessageStatus": "sent"})
    assert await statuses_told(emulator, api, application) == ["sent", "sent", "delivered"]
    first, second, third = (told.headers["I-Twilio-Idempotency-Token"] for told in application.told)
    assert first == second != third
    assert rule.fired == 1
    assert [delivery.state for delivery in emulator.deliveries] == ["delivered"] * 3


async def test_a_webhook_may_overtake_the_one_in_front(
    emulator: Emulator, api: httpx.AsyncClient, application: Application
) -> None:
    """Reordered: the application hears that a message is delivered, and then that it is sent."""
    emulator.webhook_faults.add("reorder", match="/status", times=1)
    assert await statuses_told(emulator, api, application) == ["delivered", "sent"]


async def test_the_last_webhook_waits_for_nothing(connect: Connect, application: Application) -> None:
    """A rule for all: what is the last of its message is delivered though none follows; and so is what is left at the end."""
    async with Emulator(lifecycle=Profile(delivered=None)) as emulator, connect(emulator) as api:
        emulator.webhook_faults.add("reorder")
        assert await statuses_told(emulator, api, application) == ["sent"]
    async with Emulator() as emulator, connect(emulator) as api:
        emulator.webhook_faults.add("reorder")
        application.told.clear()
        assert await statuses_told(emulator, api, application) == ["delivered", "sent"]


async def test_a_webhook_may_be_late_by_the_emulators_clock(connect: Connect, application: Application) -> None:
    """The others do not wait for it; it comes when the clock has been wound on."""
    async with Emulator(clock="manual") as emulator, connect(emulator) as api:
        emulator.webhook_faults.add("delay", parameters={"MessageStatus": "sent"}, seconds=30)
        assert await statuses_told(emulator, api, application) == ["delivered"]
        emulator.clock.advance(29.9)
        await emulator.settled()
        assert application.statuses == ["delivered"]
        emulator.clock.advance(0.1)
        await emulator.settled()
        assert application.statuses == ["delivered", "sent"]


async def test_a_webhook_may_never_come(emulator: Emulator, api: httpx.AsyncClient, application: Application) -> None:
    """It is in the list of deliveries all the same, without an attempt."""
    emulator.webhook_faults.add("drop", probability=1.0, times=1, seed=1)
    assert await statuses_told(emulator, api, application) == ["delivered"]
    assert [(delivery.state, len(delivery.attempts)) for delivery in emulator.deliveries] == [("dropped", 0), ("delivered", 1)]
    emulator.webhook_faults.add("drop")
    assert len(emulator.webhook_faults) == len(list(emulator.webhook_faults)) == 2
    emulator.webhook_faults.clear()
    assert len(emulator.webhook_faults) == 0


async def test_rules_are_for_what_they_match(emulator: Emulator, api: httpx.AsyncClient, application: Application) -> None:
    """Another URL, or another value of a field, is not struck."""
    emulator.webhook_faults.add("drop", match="/elsewhere")
    emulator.webhook_faults.add("drop", parameters={"MessageStatus": "failed"})
    assert await statuses_told(emulator, api, application) == ["sent", "delivered"]


def test_nonsense_is_refused() -> None:
    """A kind that there is not, and a delay of no length."""
    faults = Emulator().webhook_faults
    with pytest.raises(ValueError, match="duplicate, delay, drop, reorder"):
        faults.add("explode")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="seconds=30"):
        faults.add("delay")
