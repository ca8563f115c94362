"""Which messages of Twilio's list are which doubtful rows: by multisets, and never by a guess. Pure.

Twilio gives no reference back, so a row is known by its fingerprint: recipient, sender, text and time. Rows with one
fingerprint can be exchanged for one another, which is why counting suffices: n rows and m messages, and if m ≥ n all were
accepted. No message at all means absent, once it is old enough to be listed. Anything in between is for a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from twilio_async._segments import smart_encode
from twilio_async.outbox.store import Row, Verdict

if TYPE_CHECKING:
    from twilio_async.resources.messages import Message

TRIAL_PREFIX = "Sent from your Twilio trial account - "
"""What Twilio puts before every text of a trial account."""

WANDERING = 86_400.0
"""Seconds before an intent from which a message that would fit keeps a row from being called absent: clocks are wrong."""


class Window(NamedTuple):
    """When a row's message can have been created, seen from its intent.

    *now* is Twilio's time, and *skew* what its clock is ahead of the store's; *slack* what either may be wrong; *longest* the
    time from the intent to the last moment at which the request can have arrived. *quiet* is the time from the first look after
    which silence means something; that first look, and not the loss, since it bears a time of Twilio's.
    """

    now: float
    quiet: float = 600.0
    longest: float = 45.0
    skew: float = 0.0
    slack: float = 120.0

    def holds(self, row: Row, message: Message) -> bool:
        """Whether *message* was created when *row*'s would have been."""
        since = self._since(row, message)
        return -self.slack <= since <= self.longest + self.slack

    def near(self, row: Row, message: Message) -> bool:
        """The same if the store's clock was wrong at the intent: a day ahead, or more if that shows, or behind by anything."""
        return self._since(row, message) >= -WANDERING or self._intent(row) > self.now

    def is_quiet(self, row: Row) -> bool:
        """Whether *row*'s message would be listed by now, if there were one."""
        return self.now - (self.now if row.asked_at is None else row.asked_at) >= self.quiet

    def _intent(self, row: Row) -> float:
        """The intent as Twilio's clock had it, if the store's was right."""
        return (row.intent_at or 0.0) + self.skew

    def _since(self, row: Row, message: Message) -> float:
        created = 0.0 if message.date_created is None else message.date_created.timestamp()
        return created - self._intent(row)


def judge(rows: Sequence[Row], messages: Iterable[Message], window: Window) -> list[Verdict]:
    """Verdicts about rows, all to one recipient, which came from `Store.unknowns`.

    Args:
        rows: all the doubtful rows to that recipient, those accepted without a sid among them.
        messages: what Twilio has to that recipient and no row of the ledger is known to be, in any order.
        window: the times.

    Returns:
        A verdict for each row about which something can be said.
    """
    left = sorted((message for message in messages if _is_outbound(message)), key=_created)
    verdicts: list[Verdict] = []
    undecided: list[tuple[list[Row], bool]] = []
    for group in _grouped(rows):
        certain = [row for row in group if row.state == "accepted"]
        doubtful = [row for row in group if row.state != "accepted"]
        listed = _paired(certain, left, window)
        found = None if listed is None else _matched(listed, left)
        pairs = None if found is None else _paired(doubtful, left, window)
        verdicts += found or []
        if pairs is None:
            undecided.append((doubtful, found is not None))
        else:
            verdicts += _matched(pairs, left)
    for doubtful, shown in undecided:  # only now is it known which messages are others'
        verdicts += _unmatched(doubtful, left, window, shown=shown)
    return verdicts


def _grouped(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that can be exchanged for one another; those whose text Twilio leaves alone come first, since they match exactly."""
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.intent_at or 0.0, row.id)):
        groups[_fingerprint(row)].append(row)
    return sorted(groups.values(), key=lambda group: _rewritten(group[0].arguments))


def _fingerprint(row: Row) -> tuple[object, ...]:
    given = row.arguments
    return row.sender, None if _rewritten(given) else given.get("body", "")


def _paired(group: Sequence[Row], left: Sequence[Message], window: Window) -> dict[Row, Message] | None:
    """A message for each row, the earlier row the earlier message; ``None`` if there are not enough."""
    rewritten = bool(group) and _rewritten(group[0].arguments)
    fits = _fits_sender if rewritten else _fits_text
    free = [message for message in left if any(window.holds(row, message) and fits(row, message) for row in group)]
    if rewritten and not len(group) == len(free) == 1:
        return None  # without its text a message proves something only if it is the one there is
    pairs: dict[Row, Message] = {}
    for row in group:
        message = next((message for message in free if window.holds(row, message)), None)
        if message is None:
            return None
        free.remove(message)
        pairs[row] = message
    return pairs


def _matched(pairs: Mapping[Row, Message], left: list[Message]) -> list[Verdict]:
    """The verdicts of pairs, whose messages are taken from those that are left."""
    for message in pairs.values():
        left.remove(message)
    return [Verdict(id=row.id, epoch=row.epoch, finding="match", sid=message.sid) for row, message in pairs.items()]


def _unmatched(doubtful: Sequence[Row], left: Sequence[Message], window: Window, *, shown: bool) -> list[Verdict]:
    """What to say of rows that found no message each, once they are old enough to say something.

    *shown* is whether Twilio lists those just like them that it took for certain; if not, its silence means nothing.
    """
    verdicts: list[Verdict] = []
    for row in doubtful:
        if not window.is_quiet(row):
            if row.asked_at is None:
                verdicts.append(Verdict(id=row.id, epoch=row.epoch, finding="wait"))
            continue
        similar = sum(_could_be(row, message, window) for message in left)
        if similar or not shown:
            reason = f"Twilio has {similar} like it that may be this one or not" if similar else "Twilio does not list its like"
            verdicts.append(Verdict(id=row.id, epoch=row.epoch, finding="hold", reason=reason))
        else:
            verdicts.append(Verdict(id=row.id, epoch=row.epoch, finding="miss"))
    return verdicts


def _could_be(row: Row, message: Message, window: Window) -> bool:
    """Whether it would be rash to send *row* again: the text with another time, or the time with another text."""
    if window.holds(row, message):
        return _fits_sender(row, message)
    return window.near(row, message) and _fits_text(row, message)


# --- one row, one message ------------------------------------------------------------------------------------------------

_REWRITES = ("content_sid", "shorten_urls", "persistent_action")


def _rewritten(given: Mapping[str, Any]) -> bool:
    """Whether the list will show another text than was given, or none."""
    return (
        any(given.get(name) for name in _REWRITES)
        or given.get("content_retention") == "discard"
        or given.get("address_retention") == "obfuscate"
    )


def _fits_text(row: Row, message: Message) -> bool:
    body = row.arguments.get("body", "")
    shown = (message.body or "").removeprefix(TRIAL_PREFIX)
    return shown in {body, smart_encode(body)} and _fits_sender(row, message)


def _fits_sender(row: Row, message: Message) -> bool:
    """A service names itself in its messages, whichever of its numbers it chose, if it has chosen one yet."""
    given = row.arguments
    service = given.get("messaging_service_sid")
    if service is not None and message.messaging_service_sid != service:
        return False
    sender = given.get("from_")
    return sender is None or message.from_ == sender or (service is not None and message.from_ is None)


def _is_outbound(message: Message) -> bool:
    return message.direction.startswith("outbound-api") and message.date_created is not None


def _created(message: Message) -> tuple[float, str]:
    return (0.0 if message.date_created is None else message.date_created.timestamp()), message.sid
