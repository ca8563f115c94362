"""``twilio-async segments``: what a text costs, and which characters are to blame."""

from __future__ import annotations

import collections
import itertools

import click
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from twilio_async._segments import Offender, Segments, segments
from twilio_async.cli.texts import counted, or_stdin, visible

_SHOWN = 4
"""Positions of one character that are worth a place."""


@click.command()
@click.argument("text", callback=or_stdin)
@click.option("--smart-encoding", is_flag=True, help="Replace look-alike characters first, as a Messaging Service can.")
def command(text: str, *, smart_encoding: bool) -> None:
    """Show how many SMS segments TEXT costs, and why. `-` reads it from stdin.

    A text outside the GSM-7 alphabet fits 70 characters into a segment instead of 160: the table names the characters
    that are to blame.
    """
    Console(highlight=False).print(explained(text, smart_encoding=smart_encoding))


def explained(text: str, *, smart_encoding: bool = False) -> RenderableType:
    """A text's segments as a table.

    Args:
        text: the body of a message.
        smart_encoding: show what is left after smart encoding.

    Raises:
        UsageError: the text cannot be sent at all.
    """
    try:
        cut = segments(text, smart_encoding=smart_encoding)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    parts: list[RenderableType] = [_facts(cut), Padding(_texts(cut), (1, 0, 0, 0))]
    if cut.offending:
        parts += [Padding(_offenders(cut.offending), (1, 0, 0, 0)), Padding(_advice(cut), (1, 0, 0, 0))]
    return Group(*parts)


def _facts(cut: Segments) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("Encoding", Text(cut.encoding, "bold green" if cut.encoding == "GSM-7" else "bold yellow"))
    table.add_row("Segments", Text(str(cut.count), "bold"))
    table.add_row("Units", f"{cut.units:,} {_unit(cut)}")
    table.add_row("Characters", f"{len(cut.text):,}")
    return table


def _unit(cut: Segments) -> str:
    return "septets" if cut.encoding == "GSM-7" else "UTF-16 units"


def _texts(cut: Segments) -> Table:
    table = _listing()
    table.add_column("Segment", justify="right")
    table.add_column("Text")
    for number, part in enumerate(cut.texts, 1):
        table.add_row(str(number), visible(part))
    return table


def _offenders(offending: tuple[Offender, ...]) -> Table:
    """A row for each character, however often it occurs."""
    positions: dict[Offender, list[int]] = collections.defaultdict(list)
    for offender in offending:
        positions[offender._replace(position=0)].append(offender.position)
    table = _listing()
    for heading in ("Outside GSM-7", "Name", "At", "Smart encoding"):
        table.add_column(heading)
    for offender, at in positions.items():
        table.add_row(visible(offender.character), offender.name.capitalize(), _places(at), _replacement(offender))
    return table


def _listing() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")


def _places(positions: list[int]) -> str:
    shown = ", ".join(map(str, itertools.islice(positions, _SHOWN)))
    return shown if len(positions) <= _SHOWN else f"{shown} … {len(positions):,} in all"


def _replacement(offender: Offender) -> Text:
    if offender.replacement is None:
        return Text("stays", "yellow")
    return Text("removed", "green") if not offender.replacement else Text(repr(offender.replacement), "green")


def _advice(cut: Segments) -> Text:
    smart = segments(cut.text, smart_encoding=True)
    if (smart.encoding, smart.count) == (cut.encoding, cut.count):
        return Text("Smart encoding would change neither the encoding nor the number of segments.")
    return Text(f"With smart encoding: {smart.encoding}, {counted(smart.count, 'segment')}, {smart.units:,} {_unit(smart)}.")
