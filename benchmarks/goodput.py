"""How much of what a server takes at once is used, and at how many refusals: the emulator, which allows 30 requests in flight.

The emulator runs in a process of its own. ``possible`` is what `send_many` reaches when it is told the server's limit, which
nobody knows of Twilio; beside it, the limit that it finds by itself, from a cold start.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

from benchmarks.clients import texts
from benchmarks.figures import Section
from benchmarks.process import fresh
from benchmarks.scale import Scale
from benchmarks.server import Addresses

ALLOWED = 30
LATENCY = 0.2
"""Seconds for an answer: far more than 30 requests cost both sides of CPU, so that the limit is what bounds the sending."""

TOLD, ADAPTIVE = "told the limit", "finds it out"
GOODPUT, REFUSED, LOST = "messages per second", "429s per message", "rows lost"


def run(scale: Scale, _server: Addresses) -> Section:
    """Send the same rows both ways, each to an emulator of its own."""
    section = Section("goodput", f"{scale.adapting:,} messages to an emulator that takes {ALLOWED} at once, {LATENCY:g} s each")
    for name, concurrency in ((TOLD, ALLOWED), (ADAPTIVE, 100)):
        with emulating() as (env, ask):
            accepted, seconds = fresh(sending, env, concurrency, scale.adapting)
            refused, arrived = ask()
        section.add(GOODPUT, name, accepted / seconds, "/s")
        section.add(REFUSED, name, 100 * refused / scale.adapting, "%")
        section.add(LOST, name, scale.adapting - min(accepted, arrived), "")
    section.expect("goodput ÷ possible", section.ratio(GOODPUT, ADAPTIVE, TOLD), at_least=0.9)
    section.expect("429s in percent of the messages", section.value(REFUSED, ADAPTIVE) or 0.0, at_most=2)
    section.expect("rows lost", section.value(LOST, ADAPTIVE) or 0.0, at_most=0)
    return section


def sending(env: dict[str, str], concurrency: int, count: int) -> tuple[int, float]:
    """How many of *count* messages were accepted, and in how many seconds."""
    from twilio_async import AsyncSession, Concurrency

    async def send() -> tuple[int, float]:
        # Told the limit, it starts there; otherwise it starts where it always does.
        places = Concurrency(concurrency, start=concurrency) if concurrency == ALLOWED else Concurrency(concurrency)
        rows = ({"to": to, "from_": env["TWILIO_NUMBER"], "body": body} for to, body in texts(count))
        async with AsyncSession.from_env(env, concurrency=places) as twilio:
            began = time.perf_counter()
            outcomes = [result.outcome async for result in twilio.messages.send_many(rows)]
            return outcomes.count("accepted"), time.perf_counter() - began

    return asyncio.run(send())


@contextlib.contextmanager
def emulating() -> Iterator[tuple[dict[str, str], Asked]]:
    """Run an emulator while the context is open.

    Yields:
        Its environment variables, and a function that tells how often it refused and how many messages it holds.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_emulate, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv(), Asked(ours)
    finally:
        process.terminate()
        process.join()


class Asked:
    """The emulator's own account, asked for through a pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __call__(self) -> tuple[int, int]:
        """Requests refused, and messages held."""
        self._pipe.send(None)
        refused, held = self._pipe.recv()
        return refused, held


def _emulate(pipe: Connection) -> None:
    from twilio_async.emulator import Emulator

    with Emulator(concurrency_limit=ALLOWED, latency=LATENCY, max_requests=1) as emulator:
        pipe.send(emulator.env)
        pipe.recv()
        pipe.send((emulator.rejected, len(emulator.messages)))
        pipe.recv()  # until it is ended
