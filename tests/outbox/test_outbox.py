"""The outbox as its users see it."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest

import twilio_async.outbox
from tests.outbox.conftest import texts, until
from twilio_async import AsyncSession, ConfigError, InvalidArgument
from twilio_async.outbox import (
    InvalidRow,
    MemoryStore,
    Outbox,
    OutboxClosed,
    OutboxFull,
    OutboxLocked,
    OutboxUnreadable,
    Row,
    SendingWindow,
    engine,
)
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.outbox import BATCH
from twilio_async.outbox.store import Campaign

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator

SOON = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)


# --- where ---------------------------------------------------------------------------------------------------------------


async def test_an_outbox_is_a_file(tmp_path: Path, plain: AsyncSession) -> None:
    """Rows that were added are there for the next program."""
    path = tmp_path / "promo.db"
    async with Outbox.open(path) as outbox:
        await outbox.add(texts(3))
        with pytest.raises(OutboxLocked):
            await Outbox.open(str(path)).__aenter__()
        async with Outbox.open(path, read_only=True) as looking:
            assert (await looking.report())["pending"] == 3
    async with Outbox.open(path) as outbox:
        assert (await outbox.send(plain)).complete
    assert repr(outbox) == f"<Outbox {str(path)!r} closed>"


async def test_an_outbox_is_used_while_it_is_open(tmp_path: Path) -> None:
    """Before and afterwards it says so."""
    outbox = Outbox.open(tmp_path / "promo.db")
    with pytest.raises(OutboxClosed, match="async with"):
        await outbox.add(texts(1))
    async with outbox:
        with pytest.raises(OutboxClosed, match="open already"):
            await outbox.__aenter__()
    await outbox.aclose()
    with pytest.raises(OutboxClosed):
        await outbox.report()


@pytest.mark.parametrize("where", ["", ":memory:", "mysql://x", 7, None], ids=repr)
def test_what_is_no_place_is_refused(where: Any) -> None:
    """Before anything is opened."""
    with pytest.raises(ConfigError, match="where"):
        Outbox.open(where)


def test_a_database_shows_no_password() -> None:
    """Neither where it is named nor, if its support is not installed, where that is said."""
    try:
        said = repr(Outbox.open("postgresql://me:s3cret@db.example/x"))
    except ConfigError as error:
        said = str(error)
    assert "s3cret" not in said
    assert "twilio_async[postgres]" in said or "postgresql" in said


async def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    """And left as it is."""
    path = tmp_path / "rows.csv"
    path.write_text("to,body\n" * 200)
    with pytest.raises(OutboxUnreadable):
        async with Outbox.open(path):
            pass
    assert path.read_text() == "to,body\n" * 200


# --- in ------------------------------------------------------------------------------------------------------------------


async def asynchronously(rows: list[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    """The same rows, one after the other."""
    for row in rows:
        await asyncio.sleep(0)
        yield row


@pytest.mark.parametrize("kind", [list, iter, asynchronously])
async def test_rows_come_from_anything_that_gives_them(outbox: Outbox, kind: Callable[[Any], Any]) -> None:
    """A list, a generator, an async one; more than fit one batch."""
    found = await outbox.add(kind(texts(BATCH + 1)))
    assert (found.added, found.known, found.refused) == (BATCH + 1, 0, [])
    assert [row.key async for row in outbox.rows()] == [f"k{number}" for number in range(BATCH + 1)]


async def test_rows_are_stored_as_they_are_read(outbox: Outbox) -> None:
    """There may be millions: what came before an error of their source is stored, and is known when it comes again."""

    def rows() -> Iterator[dict[str, Any]]:
        yield from texts(BATCH + 100)
        raise OSError("the file ends here")

    with pytest.raises(OSError, match="ends here"):
        await outbox.add(rows())
    assert (await outbox.report()).total == BATCH
    found = await outbox.add(texts(BATCH + 100))
    assert (found.added, found.known) == (100, BATCH)


async def test_adding_again_adds_nothing(outbox: Outbox) -> None:
    """And tells which rows are not what they were."""
    rows = texts(10)
    await outbox.add(rows)
    rows[3]["body"] = "Changed"
    found = await outbox.add(rows)
    assert (found.added, found.known, found.changed) == (0, 10, 1)


async def test_campaigns_are_apart(outbox: Outbox, plain: AsyncSession, emulator: Emulator) -> None:
    """The same key twice, and each is sent by itself."""
    await outbox.add(texts(2), campaign="spring")
    await outbox.add(texts(2), campaign="autumn")
    report = await outbox.send(plain, campaign="spring")
    assert report.rows == {"accepted": 2}
    assert (await outbox.report()).rows == {"accepted": 2, "pending": 2}
    assert (await outbox.send(plain)).rows == {"accepted": 4}


async def test_once_per_recipient(outbox: Outbox) -> None:
    """Whatever the texts say."""
    rows = [{**row, "body": body} for row in texts(3) for body in ("Hi", "Ho")]
    for row in rows:
        del row["key"]
    found = await outbox.add(rows, once_per_recipient=True)
    assert (found.added, found.known, found.changed) == (3, 3, 3)


async def test_a_bad_row_is_raised_before_it_is_stored(outbox: Outbox) -> None:
    """With its number and field; nothing of what it came with is stored."""
    rows = [*texts(2), {"to": "+15558675310", "from_": "+15017122661", "bdy": "Hi"}]
    with pytest.raises(InvalidRow, match=r"row 2: bdy: no such argument of create.*did you mean 'body'"):
        await outbox.add(rows)
    assert (await outbox.report()).total == 0


async def test_bad_rows_are_reported_if_that_is_wanted(outbox: Outbox) -> None:
    """The others go on."""
    rows: list[Any] = [texts(1)[0], {"to": "+1"}, 7, *texts(3)[1:]]
    found = await outbox.add(rows, strict=False)
    assert found.added == 3
    assert [(bad.index, bad.argument) for bad in found.refused] == [(1, "to"), (2, "row")]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"rows": "text"}, "rows"),
    ({"rows": 5}, "rows"),
    ({"rows": {"to": "+1"}}, "rows"),
    ({"campaign": ""}, "campaign"),
    ({"campaign": "a~b"}, "campaign"),
    ({"campaign": 7}, "campaign"),
    ({"deadline": dt.datetime(2030, 1, 1)}, "deadline"),  # noqa: DTZ001 - that is what is refused
    ({"not_before": 5}, "not_before"),
]


@pytest.mark.parametrize(("changes", "argument"), BAD, ids=str)
async def test_bad_arguments_are_named(outbox: Outbox, changes: dict[str, Any], argument: str) -> None:
    """Each by its name, and nothing is stored."""
    given: dict[str, Any] = {"rows": texts(1)} | changes
    with pytest.raises(InvalidArgument) as caught:
        await outbox.add(given.pop("rows"), **given)
    assert caught.value.argument == argument
    assert (await outbox.report()).total == 0


async def test_times_are_kept(outbox: Outbox, plain: AsyncSession) -> None:
    """What is for later is not sent now, and not lost."""
    await outbox.add(texts(1), not_before=SOON, deadline=SOON + dt.timedelta(hours=1))
    sending = asyncio.create_task(outbox.send(plain))
    async for progress in outbox.progress(every=0.01):
        assert progress.rows == {"pending": 1}
        break
    outbox.stop()
    report = await sending
    assert (report["pending"], report.stopped) == (1, "asked to")


# --- out -----------------------------------------------------------------------------------------------------------------


async def test_a_send_ends_with_a_report(outbox: Outbox, plain: AsyncSession, emulator: Emulator) -> None:
    """Each row in one state, segments, codes, and what the server said meanwhile."""
    emulator.opt_out("+15558600001")
    emulator.faults.add("POST", status=429, code=20429, times=2)
    await outbox.add([*texts(4), {"to": "+15558679999", "from_": "+15017122661", "body": "x" * 400}])
    report = await outbox.send(plain)
    assert report.rows == {"accepted": 4, "skipped": 1}
    assert report.segments == {"accepted": 6, "skipped": 1}
    assert report.codes == {21610: 1}
    assert (report.throttled, report.stopped, report.complete) == (2, None, True)
    assert report.elapsed > 0


async def test_a_send_looks_for_what_it_lost(outbox: Outbox, plain: AsyncSession, emulator: Emulator) -> None:
    """What Twilio has is accepted; what it has not is left in doubt, and not sent again."""
    emulator.faults.add("POST", kind="accept_then_drop", times=3)
    emulator.faults.add("POST", kind="reset", times=2)
    await outbox.add(texts(20))
    report = await outbox.send(plain)
    assert report.rows == {"accepted": 18, "unknown": 2}
    assert not report.complete
    assert len(emulator.messages) == 18


async def test_what_is_absent_is_sent_again_if_that_is_wanted(outbox: Outbox, emulator: Emulator, plain: AsyncSession) -> None:
    """After two looks; the send waits for them, and everybody is texted once."""
    emulator.faults.add("POST", kind="reset", times=3)
    emulator.faults.add("POST", kind="accept_then_drop", times=2)
    await outbox.add(texts(10))
    report = await outbox.send(plain, resend_absent=True, quiet=0.0, apart=0.1)
    assert report.rows == {"accepted": 10}
    assert Counter(message.body for message in emulator.messages) == {f"Hello {number}": 1 for number in range(10)}


async def test_a_send_that_waits_can_be_stopped(outbox: Outbox, emulator: Emulator, plain: AsyncSession) -> None:
    """Before the quiet period is over."""
    emulator.faults.add("POST", kind="reset", times=1)
    await outbox.add(texts(2))
    sending = asyncio.create_task(outbox.send(plain, resend_absent=True))
    await until(lambda: any(request.method == "GET" for request in emulator.requests))
    outbox.stop()
    report = await sending
    assert (report.stopped, report.rows) == ("asked to", {"accepted": 1, "unknown": 1})


async def test_a_send_that_cannot_look_says_so(outbox: Outbox, plain: AsyncSession, emulator: Emulator) -> None:
    """Its report is not lost for that."""
    emulator.faults.add("POST", kind="reset", times=1)
    emulator.faults.add("GET", status=403)
    await outbox.add(texts(3))
    report = await outbox.send(plain)
    assert report.rows == {"accepted": 2, "unknown": 1}
    assert report.stopped is not None
    assert report.stopped.startswith("not reconciled: messages.list")


async def test_a_pause_outlives_the_program(tmp_path: Path, plain: AsyncSession) -> None:
    """Until somebody resumes."""
    async with Outbox.open(tmp_path / "promo.db") as outbox:
        await outbox.add(texts(3))
        await outbox.pause()
        assert (await outbox.send(plain)).rows == {"pending": 3}
    async with Outbox.open(tmp_path / "promo.db") as outbox:
        assert (await outbox.send(plain)).rows == {"pending": 3}
        await outbox.resume()
        assert (await outbox.send(plain)).rows == {"accepted": 3}
        with pytest.raises(InvalidArgument, match="there is no 'promo'"):
            await outbox.pause("promo")


async def test_rows_can_be_taken_back(outbox: Outbox, plain: AsyncSession, emulator: Emulator) -> None:
    """Some, or all that are left; what was sent is not."""
    await outbox.add(texts(5))
    assert await outbox.cancel(keys="k3") == 1
    assert await outbox.cancel(keys=["k3", "k4"]) == 1
    await outbox.send(plain)
    assert await outbox.cancel() == 0
    assert Counter(message.body for message in emulator.messages) == {"Hello 0": 1, "Hello 1": 1, "Hello 2": 1}


async def test_rejections_can_be_tried_again(outbox: Outbox, plain: AsyncSession, emulator: Emulator) -> None:
    """By code, when their reason is gone."""
    fault = emulator.faults.add("POST", status=400, code=21606, times=2)
    emulator.faults.add("POST", status=400, code=21211, times=1)
    await outbox.add(texts(5))
    report = await outbox.send(plain)
    assert report.codes == {21606: fault.fired, 21211: 1}
    assert await outbox.retry(codes=[21606]) == 2
    assert (await outbox.send(plain)).rows == {"accepted": 4, "rejected": 1}
    with pytest.raises(InvalidArgument, match="states: expected some of absent"):
        await outbox.retry(states=["accepted"])


async def test_a_stopped_send_can_go_on(outbox: Outbox, plain: AsyncSession, emulator: Emulator) -> None:
    """Nothing in hand is left behind."""
    await outbox.add(texts(100))
    sending = asyncio.create_task(outbox.send(plain, rate=100.0))
    await until(lambda: len(emulator.messages) >= 5)
    outbox.stop()
    report = await sending
    assert report.stopped == "asked to"
    assert report["accepted"] + report["pending"] == 100
    assert (await outbox.send(plain)).rows == {"accepted": 100}
    assert len(emulator.messages) == 100


async def test_a_send_told_to_stop_while_it_looks_sends_nothing_more(
    outbox: Outbox, plain: AsyncSession, emulator: Emulator
) -> None:
    """What becomes pending meanwhile is for the next."""
    emulator.faults.add("POST", kind="reset", times=1)
    emulator.faults.add("GET", latency=1.0)
    await outbox.add(texts(1))
    sending = asyncio.create_task(outbox.send(plain))
    await until(lambda: emulator.in_flight and emulator.requests[-1].method == "GET")
    await outbox.add(texts(2))
    outbox.stop()
    report = await sending
    assert (report.stopped, report.rows) == ("asked to", {"unknown": 1, "pending": 1})


class Crammed(MemoryStore):
    """A ledger that has no room for anything while *full* is set, which it is when *room* intents were noted."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    @property
    def full(self) -> bool:
        """Whether nothing more can be noted."""
        return self.room <= 0

    def check(self) -> None:
        """Refuse what there is no room for."""
        if self.full:
            raise OutboxFull("no room")

    async def begin(self, rows: Sequence[Row], *, lease: float) -> set[int]:
        """See `Store.begin`."""
        self.check()
        self.room -= 1
        return await super().begin(rows, lease=lease)

    async def settle(self, row: Row, settlement: Settlement) -> bool:
        """See `Store.settle`."""
        self.check()
        return await super().settle(row, settlement)

    async def release(self, rows: Sequence[Row]) -> None:
        """See `Store.release`."""
        self.check()
        await super().release(rows)


async def test_what_a_ledger_had_no_room_for_is_noted_when_it_has(
    emulator: Emulator, plain: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same outbox sends what the first send had in hand, and keeps the answers that came, without waiting for a lease."""
    monkeypatch.setattr(engine, "ROOM_AFTER", (0.0,))
    store = Crammed(room=7)
    async with Outbox(store) as outbox:
        await outbox.add(texts(60))
        for _ in range(2):
            with pytest.raises(OutboxFull):
                await outbox.send(plain)
        seen = len(emulator.messages)
        assert 0 < seen <= 7
        store.room = 1000
        assert (await outbox.send(plain)).rows == {"accepted": 60}
    assert Counter(message.body for message in emulator.messages) == {f"Hello {number}": 1 for number in range(60)}


async def test_an_outbox_that_is_closed_notes_what_it_can(
    emulator: Emulator, plain: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever made room and ends has the answers that came in the ledger, and nothing in hand."""
    monkeypatch.setattr(engine, "ROOM_AFTER", (0.0,))
    store = Crammed(room=7)
    async with Outbox(store) as outbox:
        await outbox.add(texts(60))
        with pytest.raises(OutboxFull):
            await outbox.send(plain)
        store.room = 1000
    seen = len(emulator.messages)
    assert (await store.progress(None)).rows == {"accepted": seen, "pending": 60 - seen}


async def test_a_send_told_to_stop_stays_told_when_another_begins(
    outbox: Outbox, plain: AsyncSession, emulator: Emulator
) -> None:
    """Each hears of what was said while it was under way."""
    emulator.faults.add("POST", kind="reset", times=1)
    emulator.faults.add("GET", latency=0.2)
    await outbox.add(texts(1))
    first = asyncio.create_task(outbox.send(plain))
    await until(lambda: emulator.in_flight and emulator.requests[-1].method == "GET")
    outbox.stop()
    second = asyncio.create_task(outbox.send(plain))
    assert (await first).stopped == "asked to"
    assert (await second).stopped is None


async def test_a_send_told_to_stop_between_two_drains_begins_none(plain: AsyncSession, emulator: Emulator) -> None:
    """At no moment is it deaf."""

    class Interrupted(MemoryStore):
        async def campaigns(self) -> list[Campaign]:
            if not self._by_key.get(("default", "late")):
                await outbox.add([texts(1)[0] | {"key": "late", "body": "late"}])
                outbox.stop()
            return await super().campaigns()

    async with Outbox(Interrupted()) as outbox:
        await outbox.add(texts(1))
        report = await outbox.send(plain)
    assert (report.stopped, report.rows) == ("asked to", {"accepted": 1, "pending": 1})
    assert len(emulator.messages) == 1


async def test_an_outbox_that_is_closed_amid_a_send_waits_for_the_answers(
    tmp_path: Path, plain: AsyncSession, emulator: Emulator
) -> None:
    """Nothing more is begun, and no outcome is thrown away."""
    emulator.faults.add("POST", latency=0.2)
    async with Outbox.open(tmp_path / "promo.db") as outbox:
        await outbox.add(texts(50))
        sending = asyncio.create_task(outbox.send(plain))
        await until(lambda: emulator.in_flight >= 5)
    with pytest.raises(OutboxClosed):
        await sending
    seen = len(emulator.messages)
    assert 5 <= seen < 50
    async with Outbox.open(tmp_path / "promo.db", read_only=True) as looking:
        assert (await looking.report()).rows == {"accepted": seen, "pending": 50 - seen}


@pytest.mark.parametrize("passes", range(8))
async def test_whoever_is_cancelled_while_it_is_opened_or_closed_keeps_no_file(tmp_path: Path, passes: int) -> None:
    """The next may have it, whenever that was."""
    path = tmp_path / "promo.db"

    async def use() -> None:
        async with Outbox.open(path):
            pass

    using = asyncio.create_task(use())
    for _ in range(passes):
        await asyncio.sleep(0.001)
    using.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await using
    await use()
    with anyio.CancelScope() as scope:
        async with Outbox.open(path):
            scope.cancel()
    await use()


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("rate", {"rate": 0}), ("deadline", {"deadline": dt.datetime(2030, 1, 1)}), ("campaign", {"campaign": "~"}),  # noqa: DTZ001
        ("window", {"window": "day"}), ("timeout", {"timeout": 90.0}),
    ],
    ids=str,
)  # fmt: skip
async def test_a_send_that_makes_no_sense_sends_nothing(
    outbox: Outbox, plain: AsyncSession, emulator: Emulator, argument: str, options: dict[str, Any]
) -> None:
    """Its arguments are checked first."""
    await outbox.add(texts(1))
    with pytest.raises(InvalidArgument) as caught:
        await outbox.send(plain, **options)
    assert caught.value.argument == argument
    assert emulator.requests == []


async def test_a_deadline_of_the_send(outbox: Outbox, plain: AsyncSession) -> None:
    """What is left at that moment expires, and can be had back."""
    await outbox.add(texts(5))
    report = await outbox.send(plain, deadline=dt.datetime.now(dt.UTC))
    assert report.rows == {"expired": 5}
    assert report.stopped == "the deadline has passed"
    assert await outbox.retry(states={"expired"}) == 5
    window = SendingWindow("00:00", "23:59:59.999999", zone="UTC")
    assert (await outbox.send(plain, window=window)).rows == {"accepted": 5}


# --- evidence ------------------------------------------------------------------------------------------------------------


async def test_a_callback_settles_what_was_lost(outbox: Outbox, plain: AsyncSession, emulator: Emulator) -> None:
    """Its URL names the row, its body the message."""
    emulator.faults.add("POST", kind="accept_then_drop", times=1)
    emulator.faults.add("GET", status=403)
    await outbox.add(texts(1, status_callback="https://example.com/status"))
    await outbox.send(plain)
    (row,) = [row async for row in outbox.rows("unknown")]
    (request,) = [request for request in emulator.requests if request.method == "POST"]
    assert request.parameters["StatusCallback"] == [f"https://example.com/status?ref={row.ref}"]
    (message,) = emulator.messages
    assert await outbox.observe(row.ref, sid=message.sid, status="delivered") == "learned"
    (row,) = [row async for row in outbox.rows("accepted")]
    assert (row.sid, row.evidence, row.delivery) == (message.sid, "callback", "delivered")
    assert await outbox.observe("nonsense", sid=message.sid) == "stranger"
    assert await outbox.observe("default~nobody", sid=message.sid) == "stranger"


# --- to look at ----------------------------------------------------------------------------------------------------------


async def test_progress_is_a_stream(outbox: Outbox, plain: AsyncSession) -> None:
    """From the first look until nothing is left."""
    await outbox.add(texts(60))
    sending = asyncio.create_task(outbox.send(plain, rate=200.0))
    seen = [progress async for progress in outbox.progress(every=0.02)]
    await sending
    assert seen[0].total == 60
    assert seen[-1].rows == {"accepted": 60}
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert max(each.concurrency for each in seen) >= 1
    with pytest.raises(InvalidArgument, match="every"):
        await anext(outbox.progress(every=0))


async def test_rows_are_looked_at_by_state(outbox: Outbox, plain: AsyncSession) -> None:
    """With all that is known of them; and without number and text where they are printed."""
    await outbox.add(texts(3))
    await outbox.cancel(keys=["k1"])
    await outbox.send(plain)
    rows: list[Row] = [row async for row in outbox.rows("accepted", "cancelled")]
    assert [row.state for row in rows] == ["accepted", "cancelled", "accepted"]
    assert rows[0].arguments == {name: value for name, value in texts(1)[0].items() if name != "key"}
    assert "1555" not in repr(rows)
    assert "Hello" not in repr(rows)
    with pytest.raises(InvalidArgument, match="states"):
        await anext(outbox.rows("done"))  # type: ignore[arg-type]


# --- the front door ------------------------------------------------------------------------------------------------------


def test_every_public_name_is_there_and_sorted() -> None:
    """And loaded when it is asked for."""
    names = twilio_async.outbox.__all__
    assert sorted(names) == names
    assert names == sorted(twilio_async.outbox._ROOMS)
    assert all(getattr(twilio_async.outbox, name) is not None for name in names)
    assert dir(twilio_async.outbox) == names
    with pytest.raises(AttributeError, match="nothing"):
        _ = twilio_async.outbox.nothing


def test_the_front_door_loads_neither_a_database_nor_aiohttp() -> None:
    """Until they are needed."""
    code = (
        "import twilio_async.outbox, sys; first = {'sqlite3', 'aiohttp', 'twilio_async.session'} & set(sys.modules)\n"
        "from twilio_async.outbox import Outbox; print(first, {'sqlite3', 'aiohttp'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set() set()"
