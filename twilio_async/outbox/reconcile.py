"""Ask Twilio what became of the rows in doubt: read its list of messages, compare, and note what that proves."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import email.utils
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from twilio_async._call import Response, responses
from twilio_async.errors import InvalidArgument, UnreadableAnswer
from twilio_async.outbox.matching import WANDERING, Window, judge
from twilio_async.outbox.store import Resolved, Row, Store, Verdict

if TYPE_CHECKING:
    from twilio_async.pages import Pages
    from twilio_async.resources.messages import Message
    from twilio_async.session import AsyncSession

QUIET: Final = 600.0
"""Seconds after Twilio was first asked for a row from which its silence means something."""
APART: Final = 60.0
"""Seconds between the two looks that it takes."""
FEW: Final = 50
"""Recipients that are asked for one by one; for more, the newest messages of their senders are read through."""
AT_ONCE: Final = 8


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """What reconciling found out."""

    matched: int = 0
    """Rows whose message Twilio has."""
    absent: int = 0
    """Rows that Twilio does not have, looked for twice."""
    resent: int = 0
    """The same, and pending again."""
    held: int = 0
    """Rows that a person has to look at."""
    left: int = 0
    """Rows of which nothing can be said yet."""
    again_in: float | None = None
    """Seconds after which it can find out more; ``None`` if there is nothing left."""


async def reconcile(
    store: Store,
    twilio: AsyncSession,
    *,
    campaign: str | None = None,
    quiet: float = QUIET,
    apart: float = APART,
    resend_absent: bool = False,
) -> Reconciled:
    """Look once for every row in doubt.

    Args:
        store: the ledger.
        twilio: the account that sent them.
        campaign: ``None`` for all.
        quiet: seconds after the first look for a row before "Twilio does not have it" is believed. Default 600.
        apart: seconds between the two looks that it takes. Default 60.
        resend_absent: whether such a row is sent again. Default: no.

    Raises:
        InvalidArgument: an argument is out of its range.
        TwilioError: Twilio's list cannot be read; nothing is concluded then.
    """
    for name, value in (("quiet", quiet), ("apart", apart)):
        if not 0 <= value < float("inf"):
            raise InvalidArgument(f"{name}: expected seconds, 0 or more", argument=name, operation="outbox.reconcile")
    rows = await _all_unknowns(store, campaign)
    if not rows:
        return Reconciled()
    now = await store.now()
    by_recipient, at = await _read(twilio, rows, now)
    window = Window(now=at, quiet=quiet, skew=at - now)
    known = await store.known_sids([message.sid for messages in by_recipient.values() for message in messages])
    verdicts = _verdicts(rows, by_recipient, known, window)
    resolved = await store.resolve(verdicts, at=at, apart=apart, resend_absent=resend_absent)
    return _summary(await _all_unknowns(store, campaign), resolved, at, quiet, apart, resend_absent=resend_absent)


def _verdicts(rows: Sequence[Row], by_recipient: dict[str, list[Message]], known: Any, window: Window) -> list[Verdict]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.to].append(row)
    return [
        verdict
        for to, group in groups.items()
        for verdict in judge(group, [message for message in by_recipient.get(to, ()) if message.sid not in known], window)
    ]


def _summary(
    left: Sequence[Row], resolved: Resolved, at: float, quiet: float, apart: float, *, resend_absent: bool
) -> Reconciled:
    waits = [
        _wait(row, at, quiet, apart) for row in left if row.state == "unknown" or (row.state == "absent" and resend_absent)
    ]
    return Reconciled(**msgspec.structs.asdict(resolved), left=len(waits), again_in=max(min(waits), 0.0) if waits else None)


def _wait(row: Row, at: float, quiet: float, apart: float) -> float:
    if row.absent_at is not None:
        return row.absent_at + apart - at
    return 0.0 if row.asked_at is None else row.asked_at + quiet - at


async def _all_unknowns(store: Store, campaign: str | None) -> list[Row]:
    rows: list[Row] = []
    while page := await store.unknowns(campaign=campaign, after=rows[-1].id if rows else 0):
        rows += page
    return rows


# --- reading Twilio's list -----------------------------------------------------------------------------------------------


async def _read(twilio: AsyncSession, rows: Sequence[Row], now: float) -> tuple[dict[str, list[Message]], float]:
    """Twilio's messages to the rows' recipients since the earliest intent, and what time it was there meanwhile."""
    since = min(now, *(row.intent_at or row.added_at for row in rows)) - WANDERING
    recipients = {row.to for row in rows}
    if len(recipients) <= FEW:
        lists = [twilio.messages.list(to=recipient) for recipient in sorted(recipients)]
    else:
        lists = [twilio.messages.list(from_=sender) for sender in sorted(_senders(rows))] or [twilio.messages.list()]
    found: dict[str, list[Message]] = defaultdict(list)
    dates: list[float] = []
    places = asyncio.Semaphore(AT_ONCE)

    async def read(pages: Pages[Message]) -> None:
        async with places:
            for message in await _newer(pages, since, dates):
                if message.to in recipients:
                    found[message.to].append(message)

    try:
        async with asyncio.TaskGroup() as group:
            for pages in lists:
                group.create_task(read(pages))
    except BaseExceptionGroup as several:  # the first says what is wrong; the others were cut short for it
        raise several.exceptions[0] from None
    if not dates:
        raise UnreadableAnswer("Twilio's answers bear no date, so that its silence proves nothing", operation="messages.list")
    return found, min(dates)


def _senders(rows: Sequence[Row]) -> set[str]:
    """The senders whose messages to read through; none to read all, since a service's may have no number yet."""
    senders = {row.arguments.get("from_") if "messaging_service_sid" not in row.arguments else None for row in rows}
    return set() if None in senders else {sender for sender in senders if sender is not None}


async def _newer(pages: Pages[Message], since: float, dates: list[float]) -> list[Message]:
    """Messages down to a moment; the list is in order of sending, and of creation where that is not yet."""
    collected: list[Response[Any]] = []
    responses.set(collected)  # this task's own; for the time at Twilio
    found: list[Message] = []
    async with contextlib.aclosing(pages.pages()) as several:
        async for page in several:
            dates += [told for response in collected if (told := _date(response)) is not None]
            collected.clear()
            found += page
            ordered = (page[-1].date_sent or page[-1].date_created) if page else None
            if ordered is not None and ordered.timestamp() < since:
                break
    return found


def _date(response: Response[Any]) -> float | None:
    try:
        told = email.utils.parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        return None
    return (told if told.tzinfo else told.replace(tzinfo=dt.UTC)).timestamp()
