"""What an earlier run left in the ledger, held against what the file and the command line say now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from twilio_async.cli.bulk.roll import Roll
from twilio_async.cli.texts import counted
from twilio_async.outbox import Outbox
from twilio_async.outbox.ledger import DOUBTFUL, OPEN, State


@dataclass(slots=True)
class Stored:
    """What is in the ledger of a campaign.

    Attributes:
        states: its rows by state.
        known: those of them that the file has as well.
        changed: of these, how many read otherwise now.
        changed_open: of these, how many are still to be sent.
        rekeyed: rows that are not in the file, but whose recipients are, under another key.
        gone_open: rows that are not in the file and still to be sent.
        paused: whether the campaign is.
    """

    states: Counter[State] = field(default_factory=Counter[State])
    known: int = 0
    changed: int = 0
    changed_open: int = 0
    rekeyed: int = 0
    gone_open: int = 0
    paused: bool = False

    @property
    def total(self) -> int:
        """All rows."""
        return self.states.total()

    @property
    def open(self) -> int:
        """Rows that are still to be sent."""
        return sum(self.states[state] for state in OPEN)

    @property
    def doubtful(self) -> int:
        """Rows that are to be looked for at Twilio."""
        return sum(self.states[state] for state in DOUBTFUL)

    def summary(self) -> str:
        """How far an earlier run came, in words."""
        told = ", ".join(f"{count:,} {state}" for state, count in self.states.most_common())
        return f"An earlier run left {counted(self.total, 'row')}: {told}."

    def differences(self) -> Iterator[str]:
        """What somebody has to decide about, in words."""
        if self.changed:
            waiting = f", of which {self.changed_open:,} are still to be sent" if self.changed_open else ""
            yield (
                f"{counted(self.changed, 'row')} would read otherwise now, or come from another sender{waiting}: "
                "what was stored first is what is sent, and nobody gets a second text."
            )
        if self.rekeyed:
            yield (
                f"{counted(self.rekeyed, 'recipient')} of this file stand in the ledger under another key: "
                "they would be sent a second text. Is --key-column the same as before?"
            )
        if self.gone_open:
            yield f"{counted(self.gone_open, 'row')} are not in the file any more, and are still to be sent."


async def look(outbox: Outbox, campaign: str, roll: Roll, sender: Mapping[str, str]) -> Stored:
    """Compare the ledger with a file.

    Args:
        outbox: the ledger, which is not changed.
        campaign: the name under which the file's rows stand.
        roll: the file's rows.
        sender: the argument of `create` that says who sends.
    """
    stored = Stored(paused=any(found.paused and found.name == campaign for found in await outbox.store.campaigns()))
    async for row in outbox.rows(campaign=campaign):
        stored.states[row.state] += 1
        is_open = row.state in OPEN
        found = roll.find(row.key)
        if found is None:
            stored.gone_open += is_open
            stored.rekeyed += roll.has_recipient(row.to)
            continue
        stored.known += 1
        if row.arguments != {"to": found.recipient, "body": found.body, **sender}:
            stored.changed += 1
            stored.changed_open += is_open
    return stored
