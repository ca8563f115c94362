"""How fast and when to send: the options that the commands have in common, and what they say to the outbox."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from twilio_async.outbox.plan import Plan
from twilio_async.outbox.window import SendingWindow

F = TypeVar("F", bound=Callable[..., Any])

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_HOURS = re.compile(r"\s*(\d{1,2}:\d\d)\s*(?:-|–|to)\s*(\d{1,2}:\d\d)\s*")
_NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How to send.

    Attributes:
        rate: segments per second, all senders together.
        per_sender_rate: segments per second of each sender.
        concurrency: requests in flight at most.
        window: the hours in which to send.
        deadline: when nothing more is begun.
        max_rejected: the share of recent rows which, when rejected, ends it.
    """

    rate: float | None
    per_sender_rate: float | None
    concurrency: int
    window: SendingWindow | None
    deadline: dt.datetime | None
    max_rejected: float | None

    def arguments(self) -> dict[str, Any]:
        """What `Outbox.send` is told; the concurrency is the session's."""
        return {
            "rate": self.rate,
            "per_sender_rate": self.per_sender_rate,
            "window": self.window,
            "deadline": self.deadline,
            "max_rejected": self.max_rejected,
        }

    def plan(self, campaign: str | None) -> Plan:
        """The same for a worker.

        Args:
            campaign: `None` for all.
        """
        return Plan(
            campaign=campaign,
            rate=self.rate,
            per_sender_rate=self.per_sender_rate,
            window=self.window,
            deadline=None if self.deadline is None else self.deadline.timestamp(),
            max_rejected=self.max_rejected,
        )


def _share(context: click.Context, parameter: click.Parameter, text: str) -> float | None:
    """A share of rows from 0 to 1; `None` for ``never``."""
    if text.strip().lower() == _NEVER:
        return None
    found = _PERCENT.fullmatch(text.strip())
    share = float(found[1]) / 100 if found else 0.0
    if not 0 < share <= 1:
        raise click.BadParameter(f"{text!r} is no share; expected a percentage, such as 5%, or {_NEVER}.", context, parameter)
    return share


_POSITIVE = click.FloatRange(0, min_open=True)
_OPTIONS = (
    click.option("--rate", type=_POSITIVE, metavar="N", help="Segments per second at most. Default: no limit."),
    click.option(
        "--per-sender-rate", type=_POSITIVE, metavar="N", help="Segments per second of each sender. Default: no limit."
    ),
    click.option("--concurrency", type=click.IntRange(1, 400), default=50, help="Requests in flight at most. Default: 50."),
    click.option("--window", metavar="HH:MM-HH:MM", help="Hours of the day in which to send; takes --timezone."),
    click.option("--timezone", metavar="ZONE", help="The zone of --window and --deadline, such as Europe/Berlin."),
    click.option(
        "--deadline", metavar="TIME", help="When to begin nothing more: 2027-01-31T20:00, with an offset or --timezone."
    ),
    click.option(
        "--stop-after-rejected",
        callback=_share,
        default="50%",
        metavar="PERCENT",
        help="Stop when this share of the latest 200 was rejected; `never` to go on regardless. Default: 50%.",
    ),
)


def pacing_options(command: F) -> F:
    """Give a command the options of pacing; it hands them to `pacing`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def pacing(
    *,
    rate: float | None,
    per_sender_rate: float | None,
    concurrency: int,
    window: str | None,
    timezone: str | None,
    deadline: str | None,
    stop_after_rejected: float | None,
) -> Pacing:
    """What the options say.

    Raises:
        UsageError: they say what cannot be.
    """
    zone = _zone(timezone)
    return Pacing(
        rate=rate,
        per_sender_rate=per_sender_rate,
        concurrency=concurrency,
        window=None if window is None else _window(window, zone),
        deadline=None if deadline is None else _deadline(deadline, zone),
        max_rejected=stop_after_rejected,
    )


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.UsageError(f"--timezone: there is no zone {name!r}; expected a name such as Europe/Berlin.") from None


def _window(hours: str, zone: ZoneInfo | None) -> SendingWindow:
    found = _HOURS.fullmatch(hours)
    if found is None:
        raise click.UsageError(f"--window: {hours!r} is no span of hours, such as 09:00-20:00.")
    if zone is None:
        raise click.UsageError("--window: in whose hours? Say --timezone, such as --timezone Europe/Berlin.")
    opens, closes = (text.zfill(5) for text in found.groups())
    return SendingWindow(opens, closes, zone=zone)


def _deadline(text: str, zone: ZoneInfo | None) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.UsageError(f"--deadline: {text!r} is no moment, such as 2027-01-31T20:00+01:00.") from None
    if moment.tzinfo is None and zone is None:
        raise click.UsageError("--deadline: in whose time? Give an offset, such as 2027-01-31T20:00+01:00, or --timezone.")
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    if moment <= dt.datetime.now(dt.UTC):
        raise click.UsageError(f"--deadline: {text} has passed.")
    return moment
