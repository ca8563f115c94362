from __future__ import annotations

import datetime as dt
from typing import Any

import click
import pytest
from click.testing import CliRunner

from twilio_async.cli.pacing import Pacing, pacing, pacing_options


def paced(*arguments: str) -> Pacing:
    """What a command makes of these options."""
    found: list[Pacing] = []

    @click.command()
    @pacing_options
    def command(**options: Any) -> None:
        found.append(pacing(**options))

    done = CliRunner().invoke(command, arguments)
    if done.exit_code:
        raise click.UsageError(done.output)
    return found[0]


def test_without_options_nothing_is_limited_but_the_concurrency() -> None:
    """And half of all rejected is too much."""
    assert paced() == Pacing(rate=None, per_sender_rate=None, concurrency=50, window=None, deadline=None, max_rejected=0.5)


def test_options_are_what_the_outbox_is_told() -> None:
    """Every one of them, as it takes them."""
    found = paced(
        "--rate", "100", "--per-sender-rate", "1", "--concurrency", "20", "--stop-after-rejected", "5%",
        "--window", "9:00 - 20:00", "--timezone", "Europe/Berlin", "--deadline", "2999-01-31T20:00",
    )  # fmt: skip
    told = found.arguments()
    assert (told["rate"], told["per_sender_rate"], found.concurrency, told["max_rejected"]) == (100, 1, 20, 0.05)
    assert repr(told["window"]) == "<SendingWindow 09:00-20:00 Europe/Berlin>"
    assert told["deadline"].utcoffset() == dt.timedelta(hours=1)
    plan = found.plan("promo")
    assert (plan.campaign, plan.rate, plan.max_rejected, plan.deadline) == ("promo", 100, 0.05, told["deadline"].timestamp())


def test_never_means_that_no_share_is_too_much() -> None:
    """Somebody may know better."""
    assert paced("--stop-after-rejected", "never").max_rejected is None


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--rate", "0"), "x>0"),
        (("--stop-after-rejected", "5"), "is no share"),
        (("--stop-after-rejected", "101%"), "is no share"),
        (("--window", "09:00-20:00"), "in whose hours? Say --timezone"),
        (("--window", "nine to five", "--timezone", "UTC"), "is no span of hours"),
        (("--timezone", "Berlin"), "no zone 'Berlin'"),
        (("--deadline", "tomorrow"), "is no moment"),
        (("--deadline", "2999-01-31T20:00"), "in whose time?"),
        (("--deadline", "2020-01-31T20:00Z"), "has passed"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_do(arguments: tuple[str, ...], reason: str) -> None:
    """By the name of the option."""
    with pytest.raises(click.UsageError) as caught:
        paced(*arguments)
    assert reason in caught.value.message
    assert arguments[0] in caught.value.message
