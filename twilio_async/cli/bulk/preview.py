"""What the check of a file found, for those who are about to send it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from twilio_async._segments import Offender, segments
from twilio_async.cli.bulk.check import Findings
from twilio_async.cli.bulk.roll import Bad, Roll
from twilio_async.cli.texts import counted, masked, visible

_LONGEST = 300
"""Characters of a text that are worth showing."""


def bad_line(bad: Bad) -> str:
    """A row that cannot be sent, in words."""
    where = f"line {bad.line:,}, {bad.column}" if bad.column else f"line {bad.line:,}"
    return visible(f"{where}: {bad.reason}").plain


def preview(findings: Findings, roll: Roll, sender: str) -> RenderableType:
    """The first texts and the totals.

    Args:
        findings: of the check.
        roll: the rows.
        sender: in words.
    """
    return Group(Text("First texts", "bold"), Padding(_texts(findings), (0, 0, 1, 2)), _totals(findings, roll, sender))


def _texts(findings: Findings) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for row in findings.first:
        table.add_row(f"line {row.line:,} to {masked(row.recipient)}", _shown(row.body))
    return table


def _totals(findings: Findings, roll: Roll, sender: str) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for label, text in _rows(findings, roll, sender):
        table.add_row(label, text)
    return table


def _rows(findings: Findings, roll: Roll, sender: str) -> Iterator[tuple[str, Text]]:
    yield "From", visible(sender)
    yield "Rows", Text(f"{counted(roll.good, 'row')} to send, {roll.bad:,} that cannot be sent")
    yield "Segments", Text(f"{findings.segments:,} in all: {_distribution(findings)}")
    if findings.dearest is not None:
        dearest = findings.dearest
        cut = segments(dearest.body)
        text = Text(f"line {dearest.line:,}: {counted(cut.count, 'segment')}, {cut.encoding}")
        if cut.offending:
            text.append(f" because of {', '.join(_offenders(cut.offending))}")
        yield "Dearest", text
        if dearest.line not in {row.line for row in findings.first}:
            yield "", _shown(dearest.body)
    if findings.unused:
        yield "Not used", visible(", ".join(findings.unused))


def _distribution(findings: Findings) -> str:
    counts = sorted(findings.by_segments.items())
    parts = [f"{rows:,} × {segments}" for segments, rows in counts[:6]]
    return ", ".join([*parts, "…"] if len(counts) > len(parts) else parts)


def _offenders(offending: tuple[Offender, ...]) -> list[str]:
    characters = list(dict.fromkeys(offender.character for offender in offending))
    return [repr(character) for character in characters[:4]] + (["…"] if len(characters) > 4 else [])


def _shown(body: str) -> Text:
    return visible(body if len(body) <= _LONGEST else f"{body[:_LONGEST]}…")
