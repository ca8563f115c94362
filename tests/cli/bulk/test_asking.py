from __future__ import annotations

from collections import Counter

import pytest

from twilio_async.cli.bulk.asking import ask, earlier, is_to_do
from twilio_async.cli.bulk.job import Job
from twilio_async.cli.bulk.roll import Good, Roll
from twilio_async.cli.bulk.stored import Stored
from twilio_async.cli.failures import Failure, Unusable
from twilio_async.cli.pacing import Pacing
from twilio_async.errors import ConfigError
from twilio_async.outbox.ledger import STATES, State

PACING = Pacing(rate=None, per_sender_rate=None, concurrency=1, window=None, deadline=None, max_rejected=None)


def job(*, rehearsal: bool = False) -> Job:
    """A job from stdin, where nobody can be asked."""
    return Job(file="-", campaign="x", ledger="no.db", sender={"from_": "+1"}, pacing=PACING, rehearsal=rehearsal, line="")


def roll_of(count: int) -> Roll:
    """A roll with so many rows."""
    roll = Roll()
    for number in range(count):
        roll.add(Good(number, f"+1{number}", None, "x"))
    return roll


def counted(**states: int) -> Counter[State]:
    """Rows by state."""
    return Counter({state: states.get(state, 0) for state in STATES})


def test_what_is_left_to_do_is_told() -> None:
    """New rows, rows of an earlier run, rows in doubt; or nothing."""
    with roll_of(2) as roll:
        assert is_to_do(Stored(), roll, "x.csv")
        assert is_to_do(Stored(states=counted(accepted=1), known=1), roll, "x.csv")
        assert is_to_do(Stored(states=counted(accepted=1, pending=1), known=2), roll, "x.csv")
        assert is_to_do(Stored(states=counted(accepted=1, unknown=1), known=2), roll, "x.csv")
        assert not is_to_do(Stored(states=counted(accepted=2), known=2), roll, "x.csv")
    with roll_of(0) as empty:
        assert not is_to_do(Stored(), empty, "x.csv")


@pytest.mark.parametrize(
    ("stored", "yes", "anyway", "missing"),
    [
        (Stored(), False, False, "--yes"),
        (Stored(changed=1), True, False, "--anyway"),
        (Stored(changed=1), False, False, "--anyway --yes"),
        (Stored(), True, False, None),
        (Stored(), True, True, None),
        (Stored(changed=1), True, True, None),
    ],
)
def test_where_nobody_can_be_asked_the_options_that_are_missing_are_named(
    stored: Stored, yes: bool, anyway: bool, missing: str | None
) -> None:
    """A script that goes on does so because its author said it."""
    with roll_of(1) as roll:
        if missing is None:
            ask(stored, roll, job(), yes=yes, anyway=anyway)
            return
        with pytest.raises(Unusable, match=f"add {missing}[.]$"):
            ask(stored, roll, job(), yes=yes, anyway=anyway)


def test_a_paused_campaign_is_not_begun_whatever_was_said() -> None:
    """Somebody paused it for a reason."""
    with roll_of(1) as roll, pytest.raises(Failure, match=r"twilio-async outbox resume no\.db"):
        ask(Stored(paused=True), roll, job(), yes=True, anyway=True)


def test_credentials_are_needed_for_all_but_a_rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are looked for before anything is asked."""
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)
    with roll_of(1) as roll:
        with pytest.raises(ConfigError):
            earlier(job(), roll)
        assert earlier(job(rehearsal=True), roll) == Stored()
