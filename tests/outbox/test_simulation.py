"""Small worlds, each made by a seed: whatever happens in them, nobody is texted twice and every row is accounted for.

They are those of ``python -m benchmarks.chaos --worlds``; here are as many as take a few seconds, and the mutants that show
what worlds can find: each leaves one precaution out, and the first seed that notices stands beside it.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from benchmarks.chaos_worlds import LONGEST_LAG, Made, ModelTwilio, View, World, verdict
from twilio_async.outbox.memory import MemoryStore
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.store import Row, Swept

if TYPE_CHECKING:
    from collections.abc import Callable

    from twilio_async.outbox.ledger import Settlement

simulated = pytest.mark.skipif(
    importlib.util.find_spec("simloop") is None, reason="there is no simloop, which needs Python 3.12: pip install simloop"
)

WORLDS = 60


class Retrying(View):
    async def settle(self, row: Row, settlement: Settlement) -> bool:
        if settlement.event == "lose":
            settlement = msgspec.structs.replace(settlement, event="put_back", delay=1.0)
        return await super().settle(row, settlement)


class Lagging(World):
    """Twilio lists what it takes up to five minutes later."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.lag = LONGEST_LAG


class RetryEverything(World):
    """Whatever was lost is sent again."""

    def make_view(self, store: MemoryStore, freezes: float) -> View:
        return Retrying(store, self.chance, freezes)


class NoQuietPeriod(World):
    """What Twilio does not list yet counts as absent."""

    def quiet(self) -> tuple[float, float]:
        return 0.0, 0.0


class NoFence(World):
    """A worker that stood still goes on where it was."""

    def plan(self) -> Plan:
        plan = super().plan()
        object.__setattr__(plan, "fence", 1e9)  # a plan refuses such a fence
        return plan


class Forgetful(MemoryStore):
    async def sweep(self, *, everything: bool = False) -> Swept:
        for row in self._of(None):
            if row.state == "sending" and (everything or self._leases[row.id] <= self._clock()):
                self._keep(row, state="pending")
        return await super().sweep(everything=everything)


class SendingBackToPending(World):
    """What was on the wire when its worker went away is sent again."""

    def make_store(self, clock: Callable[[], float]) -> MemoryStore:
        return Forgetful(clock=clock)


class ClockOfOurOwn(World):
    """The quiet period goes by the ledger's clock, which is set forward."""

    def make_twilio(self, clock: Callable[[], float], ledgers_clock: Callable[[], float]) -> ModelTwilio:  # noqa: ARG002
        return super().make_twilio(ledgers_clock, ledgers_clock)


MUTANTS: dict[type[World], int] = {
    RetryEverything: 1, NoQuietPeriod: 12, ClockOfOurOwn: 12, NoFence: 26, SendingBackToPending: 12,
}  # fmt: skip
"""The first seed that finds each."""


@simulated
@pytest.mark.timeout(120)
@pytest.mark.parametrize("block", range(4))
def test_nobody_is_texted_twice_and_every_row_is_accounted_for(block: int) -> None:
    """In any of these worlds; the seed of one in which it is otherwise is named."""
    each = WORLDS // 4
    wrong = {seed: found for seed in range(block * each, (block + 1) * each) if (found := World(seed).run())}
    assert wrong == {}


@simulated
@pytest.mark.timeout(60)
def test_a_list_that_lags_five_minutes_proves_nothing_too_early() -> None:
    """Workers that crash and answers that are lost, while the newest messages are not listed yet."""
    assert LONGEST_LAG == 300.0
    assert {seed: found for seed in range(1000, 1010) if (found := Lagging(seed).run())} == {}


@simulated
@pytest.mark.timeout(60)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_precaution_left_out_is_found(mutant: type[World]) -> None:
    """In the world of a known seed, somebody is texted once too often by the mutant, and by the outbox as it is nobody."""
    seed = MUTANTS[mutant]
    assert any("texts for" in found for found in mutant(seed).run())
    assert World(seed).run() == []


@simulated
@pytest.mark.parametrize("seed", [62, 786])
def test_a_worker_that_claims_again_what_it_still_has_in_hand_does_not_stand_still(seed: int) -> None:
    """Its intent took longer than its lease: each of the two tries holds a place among the requests, and gives back its own."""
    assert World(seed).run() == []


@simulated
def test_a_world_can_be_repeated() -> None:
    """The same seed makes the same decisions in the same order, so that what it found can be looked at again."""
    once, again = World(3), World(3)
    assert once.run() == again.run()
    assert once.decisions == again.decisions


def row(**changes: Any) -> Row:
    """A row that was accepted."""
    made = Row(
        id=1, campaign="world", key="k1", state="accepted", payload='{"body":"hi"}', to="+15558675310", sender="+15017122661",
        segments=1, added_at=0.0, sid="SM1",
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


MESSAGE = Made("SM1", "k1", {"To": "+15558675310", "Body": "hi"}, 0.0, 0.0)


@pytest.mark.parametrize(
    ("rows", "made", "wrong"),
    [
        ([row()], [MESSAGE], 0),
        ([row(state="held", sid=None)], [], 0),
        ([row(state="held", sid=None)], [MESSAGE], 0),
        ([row()], [MESSAGE, MESSAGE], 1),
        ([row()], [], 1),
        ([row(state="absent", sid=None)], [], 1),
        ([row(state="unknown", sid=None)], [MESSAGE], 2),
        ([row(), row(id=2, key="k2")], [MESSAGE, MESSAGE], 1),
    ],
)
def test_a_verdict_sees_what_is_wrong(rows: list[Row], made: list[Made], wrong: int) -> None:
    """Texted twice, never, given up, or two rows for one message."""
    assert len(verdict(rows, made, resends=True)) == wrong
