"""``python -m benchmarks.chaos`` shows whether anybody is texted twice, or never, whatever is done to the workers.

Each seed is a Twilio of its own in which every ninth request goes wrong, a new ledger, and workers that are killed, stopped and
cut off. In the same run the official client and aiohttp-retry send the same rows to the same Twilio, without being killed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from benchmarks.chaos_reaper import FREEZE, Reaped, Reaper, worker_command
from benchmarks.chaos_rivals import RIVALS, send_all
from benchmarks.chaos_twilio import FAULTS, LISTS_FAIL, SENDER, SLOW, SLOWNESS, Text, Truth, faulty_twilio, texts
from benchmarks.chaos_worker import DUTIES, PLAN, SHORT_LEASE, open_ledger, read_diary
from benchmarks.process import fresh
from twilio_async.outbox import Outbox

STORES: Final = ("sqlite", "postgres")
ABOUT: Final = (
    f"{sum(probability for _, probability, _ in FAULTS):.1%} of the creates and {LISTS_FAIL:.0%} of the lists fail; "
    f"{SLOW:.0%} are {SLOWNESS:g} s late.\n"
    f"Times are scaled to a tenth: lease {SHORT_LEASE:g} s, fence {PLAN.fence:g} s, timeout {PLAN.timeout:g} s; quiet period "
    f"{DUTIES.quiet:g} s and {DUTIES.apart:g} s between two looks, with resend_absent. A worker that is stopped "
    f"stands still for {FREEZE:g} s."
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done in one seed."""

    rows: int = 8_000
    kills: int = 7
    freezes: int = 1
    power_cuts: int = 1
    """Where there is a database that can be stopped."""


QUICK: Final = Size(rows=400, kills=2, freezes=0, power_cuts=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of the rows of one contender."""

    name: str
    rows: int
    twice: int
    never: int
    doubted: int = 0
    """Attempts whose outcome was unknown."""
    matched: int = 0
    """Those of them that were found at Twilio."""
    resent: int = 0
    """Those that Twilio did not have, so that the row was sent again."""
    held: int = 0
    """Rows that a person has to look at."""
    lost: int = 0
    """Rows whose state in the ledger is not what Twilio says of them."""
    reaped: Reaped = field(default_factory=Reaped)
    wall: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger is, and what can be done to it."""

    where: str
    workers: int
    cut_power: Callable[[], None] | None = None


# --- ours ----------------------------------------------------------------------------------------------------------------


def ours(store: str, seed: int, size: Size) -> Result:
    """Send the rows of a seed through an outbox whose workers do not live long."""
    chance = random.Random(seed)  # noqa: S311 - the same moments in every run
    rows = texts(size.rows)
    with _place(store) as (place, folder), faulty_twilio(seed) as twilio:
        asyncio.run(_add(place.where, rows))
        began = time.monotonic()
        diary = folder / "diary"
        command = worker_command(place.where, diary)
        reaper = Reaper(command, twilio, place.workers, chance, place.cut_power, folder / "errors")
        reaped = reaper.run(size.rows, size.kills, size.freezes, size.power_cuts if place.cut_power else 0)
        wall = time.monotonic() - began
        truth = twilio.truth()
        held, lost = asyncio.run(_compare(place.where, truth))
        doubted, matched, resent = read_diary(diary)
    return Result(
        name=f"outbox, {store}", rows=size.rows, twice=truth.twice(), never=truth.never(size.rows), doubted=doubted,
        matched=matched, resent=resent, held=held, lost=lost, reaped=reaped, wall=wall,
    )  # fmt: skip


async def _add(where: str, rows: Sequence[Text]) -> None:
    async with Outbox(await open_ledger(where)) as outbox:
        added = await outbox.add({"key": text.key, "to": text.to, "from_": SENDER, "body": text.body} for text in rows)
        assert added.added == len(rows)


async def _compare(where: str, truth: Truth) -> tuple[int, int]:
    """How many rows are held, and of how many the ledger says something else than Twilio."""
    held = wrong = 0
    async with Outbox(await open_ledger(where)) as outbox:
        async for row in outbox.rows():
            created = truth.created[row.arguments["body"]] > 0
            held += row.state == "held"
            wrong += row.state != ("accepted" if created else "held")
    return held, wrong


@contextlib.contextmanager
def _place(store: str) -> Generator[tuple[Place, Path]]:
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        if store == "sqlite":
            yield Place(str(Path(folder) / "outbox.db"), workers=1), Path(folder)
            return
        from tests.postgres import database, server  # a PostgreSQL of our own, as the tests have it

        def cut_power() -> None:
            server().stop()
            server().start()

        with asyncio.Runner() as runner:
            around = database()
            dsn = runner.run(around.__aenter__())
            try:
                yield Place(dsn, workers=2, cut_power=cut_power), Path(folder)
            finally:
                runner.run(around.__aexit__(None, None, None))


# --- the others ----------------------------------------------------------------------------------------------------------


def theirs(rival: str, seed: int, size: Size) -> Result:
    """Send the same rows with another client."""
    with faulty_twilio(seed) as twilio:
        began = time.monotonic()
        fresh(_send, rival, twilio.env, size.rows)
        wall = time.monotonic() - began
        truth = twilio.truth()
    return Result(name=rival, rows=size.rows, twice=truth.twice(), never=truth.never(size.rows), wall=wall)


def _send(rival: str, env: dict[str, str], rows: int) -> None:
    asyncio.run(send_all(rival, env, texts(rows)))


# --- all of it -----------------------------------------------------------------------------------------------------------

HEADS: Final = (
    "", "seed", "rows", "twice", "never", "unknown", "matched", "resent", "held", "wrong", "kills", "stops", "power cuts",
    "failed", "wall",
)  # fmt: skip


def _line(result: Result, seed: str) -> tuple[str, ...]:
    reaped = result.reaped
    counts = (
        result.rows, result.twice, result.never, result.doubted, result.matched, result.resent, result.held, result.lost,
        reaped.kills, reaped.freezes, reaped.power_cuts, len(reaped.failures),
    )  # fmt: skip
    return result.name, seed, *(f"{count:,}" for count in counts), f"{result.wall:.0f} s"


def _sum(results: Sequence[Result]) -> Result:
    reaped = Reaped(
        sum(each.reaped.kills for each in results), sum(each.reaped.freezes for each in results),
        sum(each.reaped.power_cuts for each in results), [said for each in results for said in each.reaped.failures],
    )  # fmt: skip
    counts = ("rows", "twice", "never", "doubted", "matched", "resent", "held", "lost", "wall")
    return Result(
        name=results[0].name, reaped=reaped, **{name: sum(getattr(each, name) for each in results) for name in counts}
    )  # fmt: skip


def runs(stores: Sequence[str], seeds: Sequence[int], size: Size) -> Iterator[tuple[int, Result]]:
    """Everything, seed after seed."""
    for seed in seeds:
        for store in stores:
            yield seed, ours(store, seed, size)
        for rival in RIVALS:
            yield seed, theirs(rival, seed, size)


def main() -> None:
    """Read the command line, run, print a line for each run as it ends."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, _end)
    if asked.worlds:
        from benchmarks import chaos_worlds

        sys.exit(chaos_worlds.main(range(asked.first, asked.first + asked.worlds)))
    size = QUICK if asked.quick else replace(Size(), rows=asked.rows)
    stores = STORES if asked.store == "both" else (asked.store,)
    print(ABOUT, flush=True)
    print(_aligned(HEADS), flush=True)
    found: dict[str, list[Result]] = {}
    seeds = range(asked.first, asked.first + (1 if asked.quick else asked.seeds))
    for seed, result in runs(stores, seeds, size):
        found.setdefault(result.name, []).append(result)
        print(_aligned(_line(result, str(seed))), flush=True)
        for said in result.reaped.failures:
            print(f"  a worker ended by itself: {said}", flush=True)
    print()
    for results in found.values():
        print(_aligned(_line(_sum(results), f"all {len(results)}")))
    of_ours = [result for results in found.values() for result in results if result.name not in RIVALS]
    sys.exit(any(result.twice or result.never > result.held or result.lost for result in of_ours))


def _end(_signal: int, _frame: object) -> None:
    """Leave no worker behind."""
    sys.exit(143)


def _aligned(line: Sequence[str]) -> str:
    name, *others = line
    return f"{name:22}" + "".join(
        f"{text:>11}" if head == "power cuts" else f"{text:>8}" for text, head in zip(others, HEADS[1:], strict=True)
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.chaos", description="Whether anybody is texted twice or never.")
    parser.add_argument(
        "--rows", type=int, default=Size().rows, metavar="N", help="messages of each seed (default %(default)s)"
    )
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="how many (default %(default)s)")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first of them (default %(default)s)")
    parser.add_argument("--store", choices=(*STORES, "both"), default="sqlite", help="the ledger (default %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a few messages, to see that everything runs")
    parser.add_argument("--worlds", type=int, metavar="N", help="explore so many simulated worlds instead")
    return parser.parse_args()


if __name__ == "__main__":
    main()
