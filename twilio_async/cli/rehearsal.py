"""A bulk send to an emulator in this process: everything is as it would be with Twilio, and nothing leaves the machine."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from twilio_async.bulk import Row, SendMany
from twilio_async.cli.interrupts import Interruptible
from twilio_async.cli.progress import followed
from twilio_async.cli.sheet import Recipient
from twilio_async.cli.tally import Tally
from twilio_async.cli.texts import counted
from twilio_async.emulator import Emulator
from twilio_async.session import AsyncSession

TAKEN_AT_ONCE = 30
"""Requests that the emulator works on at once; it answers one more with a 429, as Twilio does beyond about a hundred."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it.

    Attributes:
        tally: what the sending came to.
        interrupted: whether Ctrl-C ended it before everything was sent and read back.
        statuses: messages read back, by status.
        read_in: seconds that reading them back took.
    """

    tally: Tally
    interrupted: bool
    statuses: Counter[str]
    read_in: float


async def rehearse(recipients: Sequence[Recipient], *, rate: float, concurrency: int, latency: float) -> Report:
    """Send to everybody, then read the history back.

    Args:
        recipients: at least one.
        rate: segments per second at most.
        concurrency: requests in flight at most.
        latency: seconds that the emulator takes for each answer.
    """
    async with Emulator(concurrency_limit=TAKEN_AT_ONCE, latency=latency, max_requests=0) as emulator:
        tally = Tally(len(recipients))
        async with AsyncSession.from_env(emulator.env, concurrency=concurrency, hooks=(tally,)) as twilio:
            began = dt.datetime.now(dt.UTC).replace(microsecond=0)
            sending = twilio.messages.send_many(_rows(recipients, emulator), rate=rate)
            title = f"{counted(len(recipients), 'message')} to the emulator"
            with followed(title, tally, twilio.concurrency, rate) as advance:
                sent = await _send(sending, tally, advance)
            reading = time.monotonic()
            statuses, read = await _read_back(twilio, began)
            return Report(tally, sent.interrupted or read.interrupted, statuses, time.monotonic() - reading)


def _rows(recipients: Sequence[Recipient], emulator: Emulator) -> Iterator[Row]:
    for recipient in recipients:
        channel, colon, _ = recipient.to.rpartition(":")
        sender = f"{channel}{colon}{emulator.number}"
        if colon:
            emulator.account.channels.add(sender)
        yield {"to": recipient.to, "from_": sender, "body": recipient.body}


async def _send(sending: SendMany, tally: Tally, advance: Callable[[], None]) -> Interruptible:
    """Send, and count; the returned block tells whether Ctrl-C ended it."""
    with Interruptible() as block:
        async for result in sending:
            tally.add(result)
            advance()
    for result in sending.leftover:  # what was in flight has ended; what waited for its turn was not sent
        if result.outcome != "not_sent":
            tally.add(result)
    tally.end()
    return block


async def _read_back(twilio: AsyncSession, since: dt.datetime) -> tuple[Counter[str], Interruptible]:
    statuses: Counter[str] = Counter()
    with Interruptible() as block:
        async for message in twilio.messages.history(since):
            statuses[message.status] += 1
    return statuses, block
