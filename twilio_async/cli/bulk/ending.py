"""What a send came to, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from twilio_async.cli.advice import advice
from twilio_async.cli.texts import counted
from twilio_async.outbox.ledger import OPEN, State
from twilio_async.outbox.report import Report

_MOST_CODES = 8
_LABELS: tuple[tuple[State, str, str, str], ...] = (
    ("accepted", "Accepted", "bold green", "by Twilio"),
    ("rejected", "Rejected", "bold red", "by Twilio, for the reasons below"),
    ("skipped", "Opted out", "yellow", "the recipients answered STOP"),
    ("unknown", "In doubt", "bold yellow", "may have been sent; never sent again by itself"),
    ("absent", "Absent", "bold yellow", "Twilio does not have them"),
    ("held", "Held", "bold yellow", "Twilio has something like them; look at its console"),
    ("expired", "Too late", "yellow", "the deadline passed"),
    ("cancelled", "Cancelled", "yellow", "taken back"),
)
_STEPS: tuple[tuple[State, str, str], ...] = (
    ("unknown", "To look for those in doubt, ten minutes later", "reconcile {where}"),
    ("absent", "To send again what Twilio does not have", "reconcile {where} --resend-absent"),
    ("expired", "To take up again what was too late", "retry {where} --state expired"),
    ("rejected", "To try again what was rejected, when the reason is gone", "retry {where}"),
)


def ending(report: Report, *, bad: int = 0) -> RenderableType:
    """The figures, with what they mean.

    Args:
        report: of the ledger.
        bad: rows of the file that could not be sent.
    """
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column()
    for label, count, text, style in _rows(report, bad):
        table.add_row(label, Text(f"{count:,}", style), Text(text))
    return Padding(table, (1, 0))


def _rows(report: Report, bad: int) -> Iterator[tuple[str, int, str, str]]:
    for state, label, style, text in _LABELS:
        if count := report[state]:
            yield label, count, f"{text}, {counted(report.segments.get(state, 0), 'segment')}", style
    if left := sum(report[state] for state in OPEN):
        yield "Not sent", left, "not begun yet", "bold yellow"
    if bad:
        yield "Invalid", bad, "rows of the file that cannot be sent, named above", "bold red"
    for code, count in sorted(report.codes.items(), key=lambda item: -item[1])[:_MOST_CODES]:
        found = advice(code)
        yield str(code or "no code"), count, f"{found.meaning}: {found.remedy}", ""
    if report.throttled:
        yield "429s", report.throttled, "each was tried again", ""


def next_steps(rows: Mapping[State, int], where: str) -> Iterator[str]:
    """What can be done about what was not accepted, a line each.

    Args:
        rows: by state.
        where: the ledger, as a shell is told it.
    """
    for state, purpose, command in _STEPS:
        if rows.get(state):
            yield f"{purpose}: twilio-async outbox {command.format(where=where)}"


def is_complete(rows: Mapping[State, int]) -> bool:
    """Whether all was accepted."""
    return not any(count for state, count in rows.items() if state != "accepted")
