"""`Outbox`: rows that survive anything, each sent at most once."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import importlib
import itertools
import os
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, cast

import anyio.lowlevel

from twilio_async import _wire
from twilio_async.bulk import Row as InputRow
from twilio_async.bulk import StopReason
from twilio_async.errors import ConfigError, InvalidArgument, TwilioError
from twilio_async.outbox.arrears import Arrears
from twilio_async.outbox.drafts import Drafter
from twilio_async.outbox.engine import ASKED_TO, Drain, Drained
from twilio_async.outbox.errors import InvalidRow, OutboxClosed, OutboxError
from twilio_async.outbox.ledger import MOVES, OPEN, STATES, State, read_reference
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.reconcile import APART, QUIET, Reconciled, reconcile
from twilio_async.outbox.report import AddReport, Progress, Report
from twilio_async.outbox.store import Added, Draft, Observed, Row, Store

if TYPE_CHECKING:
    from types import TracebackType

    from twilio_async.outbox.window import SendingWindow
    from twilio_async.session import AsyncSession

CAMPAIGN = "default"
_REJECTED = frozenset[State]({"rejected"})
BATCH = 5000
"""Rows that are stored together."""
STRETCH = 250
"""Rows that are checked before others have their turn."""


class Outbox:
    """Messages to be sent, in a ledger that survives a crash, and never to anybody twice.

    ::

        async with Outbox.open("promo.db") as outbox:
            await outbox.add(rows)
            report = await outbox.send(twilio, rate=100)

    Run again after a crash, the same program goes on where it was. Before each request the intent to make it is written down
    durably; a row whose answer never came is ``unknown`` and is not sent again by itself. `reconcile` looks for it at Twilio.

    What remains possible, and cannot be excluded by any client: with ``resend_absent=True``, a message that Twilio lists later
    than the quiet period, or that was sent by a machine whose clock was more than a day ahead; a machine that stands still in
    the microseconds between the fence and the write; a proxy that delivers a request minutes after it was given up; an older
    copy of the ledger that is put in the place of the newer.

    Args:
        store: an open store, such as `MemoryStore`; `open` makes one that lasts.
    """

    def __init__(self, store: Store) -> None:
        self._store: Store | None = store
        self._opener: Callable[[], Awaitable[Store]] | None = None
        self._where = repr(store)
        self._prepare()

    def _prepare(self) -> None:
        self._drains: set[Drain] = set()
        self._drained = asyncio.Event()
        """Set while there is no drain."""
        self._drained.set()
        self._arrears = Arrears()
        self._stops: set[asyncio.Event] = set()
        """One for each send."""

    @classmethod
    def open(cls, where: str | os.PathLike[str], *, read_only: bool = False) -> Outbox:
        """An outbox that is opened by ``async with``.

        Args:
            where: path of a file on a local disk, which is made if there is none and which one process at a time works on; or
                a URL ``postgresql://…``, for a database that many machines share.
            read_only: look without changing anything, also while another process works on the file. Default: no.

        Raises:
            ConfigError: it is neither, or PostgreSQL support is not installed.
        """
        opener = _opener(where, read_only=read_only)
        outbox = object.__new__(cls)
        outbox._store, outbox._opener, outbox._where = None, opener, _spoken(where)
        outbox._prepare()
        return outbox

    async def __aenter__(self) -> Self:
        """Open the ledger, and put in order what a process that died had in hand.

        Raises:
            OutboxError: it cannot be used; the class and the message say what to do about it.
        """
        if self._opener is not None:
            if self._store is not None:
                raise OutboxClosed("the outbox is open already: use one `async with` for each", operation="outbox")
            self._store = await self._opener()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the ledger."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the ledger, once what is on the wire has its answer; nothing more is begun. Safe to repeat."""
        store, self._store = self._store, None
        self.stop()
        if store is None:
            return
        try:
            await self._drained.wait()
            with contextlib.suppress(OutboxError):  # no room still: the next to open it puts it in order
                await self._arrears.pay(store)
        finally:
            await store.aclose()

    def __repr__(self) -> str:
        return f"<Outbox {self._where} {'closed' if self._store is None else 'open'}>"

    @property
    def store(self) -> Store:
        """The ledger's store.

        Raises:
            OutboxClosed: it is not open.
        """
        if self._store is None:
            raise OutboxClosed("the outbox is not open: use it inside `async with Outbox.open(…)`", operation="outbox")
        return self._store

    # --- in --------------------------------------------------------------------------------------------------------------

    async def add(
        self,
        rows: Iterable[InputRow] | AsyncIterable[InputRow],
        *,
        campaign: str = CAMPAIGN,
        deadline: dt.datetime | None = None,
        not_before: dt.datetime | None = None,
        once_per_recipient: bool = False,
        strict: bool = True,
        connection: object | None = None,
    ) -> AddReport:
        """Store rows to be sent. Safe to repeat: a row whose key the campaign has already is left as it is.

        Args:
            rows: mappings of `Messages.create`'s arguments and, if it has one, ``key``: your own id of the text, up to 200
                characters; it stands in callbacks' URLs, so let it be no phone number. Without one, recipient, sender and
                content make it, so that the same text to the same person is one row. Read lazily, so there may be millions.
            campaign: a name under which they stand together. Default ``"default"``.
            deadline: an aware datetime after which they are not sent any more. Default: none.
            not_before: an aware datetime before which they are not sent. Default: none.
            once_per_recipient: whether rows without a key have their recipient for one, so that a campaign texts nobody twice.
                Default: no.
            strict: whether a row that cannot be sent is raised, so that neither it nor what follows is stored. Default: yes;
                otherwise it is reported and the others go on.
            connection: your own `psycopg.AsyncConnection` to the outbox's PostgreSQL, in a transaction: the rows are there when
                you commit it, with the order that they are about, and never if you do not. Default: stored at once.

        Returns:
            How many were added, were known already, and were refused.

        Raises:
            InvalidRow: with *strict*, by the row's number and field.
            InvalidArgument: another argument cannot be right.
            OutboxError: the ledger cannot be written.
        """
        add, name = _adder(self.store, connection), _checked_campaign(campaign)
        drafter = Drafter(
            not_before=_instant("not_before", not_before) or 0.0,
            deadline=_instant("deadline", deadline),
            once_per_recipient=once_per_recipient,
        )
        added = known = changed = 0
        refused: list[InvalidRow] = []
        index = 0
        async for batch in _batches(_checked_rows(rows)):
            drafts: list[Draft] = []
            for row in batch:
                try:
                    drafts.append(drafter.draft(index, row))
                except InvalidRow as error:
                    if strict:
                        raise
                    refused.append(error)
                index += 1
                if index % STRETCH == 0:
                    await anyio.lowlevel.checkpoint()
            stored = await add(name, drafts)
            added, known, changed = added + stored.added, known + stored.known, changed + stored.changed
        return AddReport(added=added, known=known, changed=changed, refused=refused)

    # --- out -------------------------------------------------------------------------------------------------------------

    async def send(
        self,
        twilio: AsyncSession,
        *,
        campaign: str | None = None,
        rate: float | None = None,
        per_sender_rate: float | Mapping[str, float] | None = None,
        queue_lead: float = 60.0,
        concurrency: int | None = None,
        timeout: float = 35.0,
        deadline: dt.datetime | None = None,
        window: SendingWindow | None = None,
        stop_on: Collection[StopReason] = (),
        max_rejected: float | None = 0.5,
        resend_absent: bool = False,
        quiet: float = QUIET,
        apart: float = APART,
    ) -> Report:
        """Send what is pending, until there is nothing left or a reason to stop, and look for what is in doubt.

        Cancelled, or told to by `stop`, it begins nothing more and waits for the answers to what is on the wire. Refused
        credentials, a suspended account and an address that does not exist end it, too; those rows stay pending.

        Args:
            twilio: the account to send from. Its limits of rate and concurrency hold as well.
            campaign: which rows. Default: all that are not paused.
            rate: segments per second, all senders and all machines together. Default: no limit but the session's.
            per_sender_rate: segments per second of each sender: one number, or a mapping by ``from_`` or
                ``messaging_service_sid``. Default: no limit; Twilio queues what a sender cannot send at once.
            queue_lead: seconds that a sender with a rate may run ahead of it, by letting Twilio queue. What is queued can
                neither be paused nor cancelled here. Default 60.
            concurrency: requests in flight at most. Default: the session's limit.
            timeout: seconds for one request, at most 50. Default 35.
            deadline: an aware datetime after which nothing is begun; what is left is ``expired``. Default: none.
            window: hours outside of which nothing is begun; `send` waits for the next. Default: none.
            stop_on: Twilio's codes and error classes after which nothing more is begun. Default: none but the above.
            max_rejected: the share of the last 200 rows which, when rejected, ends it, since something is wrong with
                all of them. At least 50 are sent first. ``None`` for no such end. Default 0.5.
            resend_absent: whether rows that Twilio does not have, looked for twice after *quiet*, are sent again; `send` then
                waits until nothing is in doubt any more. Default: no, for Twilio promises no time by which it lists a message.
            quiet: seconds after the first look for a row before "Twilio does not have it" is believed, by Twilio's clock.
                Default 600.
            apart: seconds between the two looks that it takes. Default 60.

        Returns:
            What the campaign came to.

        Raises:
            InvalidArgument: an argument cannot be right.
            OutboxError: the ledger cannot be used any more.
            TwilioError: the session cannot be used: it is closed, or the server's certificate is not trusted.
        """
        plan = Plan(
            campaign=None if campaign is None else _checked_campaign(campaign), rate=rate, per_sender_rate=per_sender_rate,
            queue_lead=queue_lead, concurrency=concurrency, timeout=timeout, deadline=_instant("deadline", deadline),
            window=window, stop_on=stop_on, max_rejected=max_rejected,
        )  # fmt: skip
        began, throttled = time.monotonic(), 0
        stop = asyncio.Event()
        self._stops.add(stop)
        try:
            while True:
                drained = await self._drain(twilio, plan, stop)
                throttled += drained.throttled
                stopped = drained.stopped
                if stopped is None:
                    stopped = await self._resolve(twilio, plan, stop, quiet=quiet, apart=apart, resend_absent=resend_absent)
                if stopped is not None or not await self._has_pending(campaign):
                    break
        finally:
            self._stops.discard(stop)
        report = await self.report(campaign)
        return _ended(report, stopped, throttled, time.monotonic() - began)

    async def _drain(self, twilio: AsyncSession, plan: Plan, stop: asyncio.Event) -> Drained:
        drain = Drain(self.store, twilio, plan, arrears=self._arrears)
        if stop.is_set():
            drain.stop(ASKED_TO)
        self._drains.add(drain)
        self._drained.clear()
        try:
            return await drain.run()
        finally:
            self._drains.discard(drain)
            if not self._drains:
                self._drained.set()

    async def _resolve(
        self, twilio: AsyncSession, plan: Plan, stop: asyncio.Event, *, quiet: float, apart: float, resend_absent: bool
    ) -> str | None:
        """Look for what is in doubt, again and again if that is wanted; why it was given up, if it was."""
        while True:
            try:
                found = await reconcile(
                    self.store, twilio, campaign=plan.campaign, quiet=quiet, apart=apart, resend_absent=resend_absent
                )
            except OutboxClosed:
                raise
            except TwilioError as error:
                return f"not reconciled: {error}"
            if stop.is_set():
                return ASKED_TO
            if found.resent or not resend_absent or found.again_in is None:
                return None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(found.again_in, 0.05)):
                    await stop.wait()
                    return ASKED_TO

    async def _has_pending(self, campaign: str | None) -> bool:
        paused = {found.name for found in await self.store.campaigns() if found.paused}
        if campaign is not None:
            return campaign not in paused and (await self.store.progress(campaign)).rows.get("pending", 0) > 0
        names = {found.name for found in await self.store.campaigns()} - paused
        return any([(await self.store.progress(name)).rows.get("pending", 0) for name in names])

    def stop(self) -> None:
        """Let every `send` of this outbox begin nothing more and return when what is on the wire has its answer."""
        for stop in self._stops:
            stop.set()
        for drain in self._drains:
            drain.stop(ASKED_TO)

    async def pause(self, campaign: str = CAMPAIGN) -> None:
        """Begin no further row of a campaign, on any machine, until `resume`. What is on the wire is not taken back.

        Args:
            campaign: Default ``"default"``.

        Raises:
            InvalidArgument: there is no such campaign.
        """
        await self._set_paused(campaign, paused=True)

    async def resume(self, campaign: str = CAMPAIGN) -> None:
        """Undo `pause`; the next `send` goes on with it.

        Args:
            campaign: Default ``"default"``.

        Raises:
            InvalidArgument: there is no such campaign.
        """
        await self._set_paused(campaign, paused=False)

    async def _set_paused(self, campaign: str, *, paused: bool) -> None:
        if not await self.store.pause(_checked_campaign(campaign), paused=paused):
            raise InvalidArgument(f"campaign: there is no {campaign!r}", argument="campaign", operation="outbox")

    async def cancel(self, campaign: str | None = None, *, keys: Collection[str] | None = None) -> int:
        """Take rows back that have not been begun.

        Args:
            campaign: Default: all.
            keys: only these rows. Default: all.

        Returns:
            How many were taken back.
        """
        return await self.store.withdraw(campaign, "cancelled", keys=_several("keys", keys))

    async def retry(
        self,
        campaign: str | None = None,
        *,
        states: Collection[State] = _REJECTED,
        codes: Collection[int] | None = None,
        keys: Collection[str] | None = None,
    ) -> int:
        """Make settled rows pending again, to be sent by the next `send`.

        Args:
            campaign: Default: all.
            states: some of ``rejected``, ``skipped``, ``absent``, ``held``, ``expired`` and ``cancelled``. Sending what is
                absent or held again may text a person twice. Default: ``rejected``.
            codes: only rows with one of these codes of Twilio's. Default: all.
            keys: only these rows. Default: all.

        Returns:
            How many were made pending.

        Raises:
            InvalidArgument: rows in such a state cannot be sent again.
        """
        chosen = {states} if isinstance(states, str) else set(states)
        if not chosen <= MOVES["retry"].sources:
            possible = ", ".join(sorted(MOVES["retry"].sources))
            raise InvalidArgument(f"states: expected some of {possible}", argument="states", operation="outbox.retry")
        return await self.store.retry(campaign, states=cast("set[State]", chosen), codes=codes, keys=_several("keys", keys))

    # --- in doubt --------------------------------------------------------------------------------------------------------

    async def reconcile(
        self,
        twilio: AsyncSession,
        *,
        campaign: str | None = None,
        quiet: float = QUIET,
        apart: float = APART,
        resend_absent: bool = False,
    ) -> Reconciled:
        """Look once at Twilio for every row in doubt. `send` does so when it ends.

        Args:
            twilio: the account that sent them.
            campaign: Default: all.
            quiet: seconds after the first look for a row before "Twilio does not have it" is believed, by Twilio's clock.
                Default 600.
            apart: seconds between the two looks that it takes. Default 60.
            resend_absent: whether a row that is absent becomes pending again. Default: no.

        Raises:
            TwilioError: Twilio's list cannot be read; nothing is concluded then.
        """
        return await reconcile(self.store, twilio, campaign=campaign, quiet=quiet, apart=apart, resend_absent=resend_absent)

    async def observe(self, ref: str, *, sid: str, status: str | None = None, error_code: int | None = None) -> Observed:
        """Note what a status callback tells: exact evidence that a row was sent, and of its delivery.

        A row with a ``status_callback`` has ``?ref=…`` added to its URL. Hand over what came with it, and only after the
        request's signature was verified: whoever can forge this can keep a text from being sent.

        Args:
            ref: the parameter ``ref`` of the callback's URL.
            sid: its ``MessageSid``.
            status: its ``MessageStatus``.
            error_code: its ``ErrorCode``.

        Returns:
            ``"learned"`` if it told something new, ``"known"`` if not, ``"another"`` if the row has another message already, so
            that it was sent twice, ``"stranger"`` if it names no row of this outbox.
        """
        found = read_reference(ref)
        if found is None:
            return "stranger"
        campaign, key = found
        return await self.store.observe(campaign, key, sid=sid, status=status, code=error_code)

    # --- to look at ------------------------------------------------------------------------------------------------------

    async def progress(self, campaign: str | None = None, *, every: float = 1.0) -> AsyncIterator[Progress]:
        """How far it is, at once and then again and again, until nothing is left to be sent or the outbox is closed.

        Args:
            campaign: Default: all.
            every: seconds between two looks. Default 1.

        Raises:
            InvalidArgument: *every* is no time to wait.
        """
        if not 0 < every < float("inf"):
            raise InvalidArgument("every: expected seconds, more than 0", argument="every", operation="outbox.progress")
        while self._store is not None:
            counts = await self._store.progress(campaign)
            drains = [drain for drain in self._drains if drain.plan.campaign in {None, campaign} or campaign is None]
            yield Progress(
                rows=counts.rows,
                segments=counts.segments,
                in_flight=sum(drain.in_flight for drain in drains),
                concurrency=sum(drain.concurrency for drain in drains),
                throttled=sum(drain.throttled for drain in drains),
            )
            if not counts.of(OPEN):
                return
            await asyncio.sleep(every)

    async def report(self, campaign: str | None = None) -> Report:
        """What it came to so far.

        Args:
            campaign: Default: all.
        """
        counts = await self.store.progress(campaign)
        return Report(rows=counts.rows, segments=counts.segments, codes=await self.store.codes(campaign))

    async def rows(self, *states: State, campaign: str | None = None) -> AsyncIterator[Row]:
        """Rows in some states, in the order in which they were added. They are read in pages, so there may be millions.

        Args:
            *states: Default: all.
            campaign: Default: all.

        Raises:
            InvalidArgument: there is no such state.
        """
        if not set(states) <= set(STATES):
            raise InvalidArgument(f"states: expected some of {', '.join(STATES)}", argument="states", operation="outbox.rows")
        after = 0
        while page := await self.store.rows(states, campaign=campaign, after=after):
            for row in page:
                yield row
            after = page[-1].id


# --- where ---------------------------------------------------------------------------------------------------------------


def _opener(where: str | os.PathLike[str], *, read_only: bool) -> Callable[[], Awaitable[Store]]:
    if not isinstance(where, (str, os.PathLike)):
        raise ConfigError(f"where: expected a path or a URL postgresql://…, got {type(where).__name__}")
    text = os.fspath(where)
    if text.startswith(("postgresql://", "postgres://")):
        return _postgres(text, read_only=read_only)
    if text in {"", ":memory:"} or "://" in text:
        raise ConfigError(
            "where: expected the path of a file or a URL postgresql://…; for one in memory use Outbox(MemoryStore())"
        )

    async def open_file() -> Store:
        from twilio_async.outbox.sqlite import SqliteStore  # not everybody has a file

        return await SqliteStore.open(text, read_only=read_only)

    return open_file


def _postgres(dsn: str, *, read_only: bool) -> Callable[[], Awaitable[Store]]:
    try:
        module: Any = importlib.import_module("twilio_async.outbox.postgres")
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"PostgreSQL needs the extra: pip install 'twilio_async[postgres]' (there is no {error.name})"
        ) from None
    return lambda: module.PostgresStore.open(dsn, read_only=read_only)


def _adder(store: Store, connection: object | None) -> Callable[[str, Sequence[Draft]], Awaitable[Added]]:
    """How *store* takes rows: at once, or within somebody's transaction."""
    if connection is None:
        return store.add
    within: Any = getattr(store, "add_within", None)
    if within is None:
        raise InvalidArgument(
            "connection: only an outbox in PostgreSQL can join a transaction of yours",
            argument="connection",
            operation="outbox.add",
        )
    return functools.partial(within, connection)


def _spoken(where: str | os.PathLike[str]) -> str:
    """Where it is, without the password that a URL may hold."""
    text = os.fspath(where)
    return "postgresql" if "://" in text else repr(text)


# --- arguments -----------------------------------------------------------------------------------------------------------


def _checked_campaign(name: str) -> str:
    if isinstance(name, str) and 0 < len(name) <= 100 and name.isprintable() and "~" not in name:
        return name
    raise InvalidArgument(
        "campaign: expected a name of 1 to 100 printable characters, without '~'", argument="campaign", operation="outbox"
    )


def _checked_rows(rows: Any) -> Iterable[InputRow] | AsyncIterable[InputRow]:
    if isinstance(rows, (str, bytes, Mapping)) or not (hasattr(rows, "__aiter__") or hasattr(rows, "__iter__")):
        raise InvalidArgument("rows: expected an iterable of mappings", argument="rows", operation="outbox.add")
    return cast("Iterable[InputRow] | AsyncIterable[InputRow]", rows)


async def _batches(rows: Iterable[InputRow] | AsyncIterable[InputRow]) -> AsyncIterator[list[InputRow]]:
    if isinstance(rows, AsyncIterable):
        batch: list[InputRow] = []
        async for row in rows:
            batch.append(row)
            if len(batch) >= BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
        return
    source = iter(rows)
    while batch := list(itertools.islice(source, BATCH)):
        yield batch


def _instant(argument: str, value: dt.datetime | None) -> float | None:
    if value is None:
        return None
    try:
        return _wire.in_utc(value).timestamp()
    except _wire.Unsendable as error:
        raise InvalidArgument(f"{argument}: {error}", argument=argument, operation="outbox") from None


def _several(argument: str, values: Collection[str] | None) -> list[str] | None:
    """Several texts; a lone one is one, never its letters."""
    if values is None:
        return None
    found = [values] if isinstance(values, str) else list(values)
    if not all(isinstance(value, str) for value in found):
        raise InvalidArgument(f"{argument}: expected texts", argument=argument, operation="outbox")
    return found


def _ended(report: Report, stopped: str | None, throttled: int, elapsed: float) -> Report:
    return Report(
        rows=report.rows, segments=report.segments, codes=report.codes, stopped=stopped, throttled=throttled, elapsed=elapsed
    )
