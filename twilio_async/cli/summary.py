"""What a rehearsal came to, and where to go from there."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from twilio_async.cli.rehearsal import TAKEN_AT_ONCE, Report
from twilio_async.cli.texts import counted

_NEXT = (
    ("twilio-async demo FILE.csv", "the same with rows of your own"),
    ("twilio-async emulator run", "this emulator, for your programs"),
    ('twilio-async segments "Hi…"', "what a text costs, and why"),
    ('twilio-async send +1… "Hi"', "for real, with your credentials"),
)
_PROGRAM = """\
async with AsyncSession.from_env() as twilio:
    async for result in twilio.messages.send_many(rows, rate=100):
        print(result.index, result.message or result.error)"""


def summary(report: Report) -> RenderableType:
    """The figures."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    for label, text, style in _rows(report):
        table.add_row(label, Text(text, style))
    return Padding(table, (1, 0))


def _rows(report: Report) -> Iterator[tuple[str, str, str]]:
    """A label, what there is to say, and in which style."""
    tally, seconds = report.tally, max(report.tally.elapsed, 1e-9)
    yield "Sent", f"{counted(tally.accepted, 'message')}, {counted(tally.segments, 'segment')}", "bold"
    if tally.failures:
        yield "Failed", f"{counted(len(tally.failures), 'message')}, named above", "bold red"
    if left := tally.total - tally.done:
        yield "Not sent", f"{counted(left, 'message')}: interrupted before their turn", "bold yellow"
    speeds = f"{tally.accepted / seconds:,.0f} messages/s, {tally.segments / seconds:,.0f} segments/s"
    yield "Took", f"{tally.elapsed:.1f} s: {speeds}", ""
    if tally.throttled:
        yield "429s", f"{tally.throttled:,}: the emulator takes {TAKEN_AT_ONCE} requests at once", ""
    if tally.retries:
        yield "Retries", f"{tally.retries:,}: only of what was certainly not sent", ""
    found = counted(report.statuses.total(), "message")
    yield "Read back", f"{found} in {report.read_in:.1f} s", ""
    for status, count in report.statuses.most_common():
        yield "", f"{count:,} {status}", "green" if status == "delivered" else ""


def next_steps() -> RenderableType:
    """What to try then."""
    commands = Table.grid(padding=(0, 2))
    for command, purpose in _NEXT:
        commands.add_row(Text(command, "cyan"), Text(purpose))
    return Group(
        Text("Nothing has left this machine. Next:\n"),
        Padding(commands, (0, 0, 0, 2)),
        Text("\nIn a program, with TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN set:\n"),
        Padding(Text(_PROGRAM, "cyan"), (0, 0, 0, 2)),
    )
