"""The check of a whole file before the first message: each row is good, or it is bad for a reason that is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from twilio_async._segments import segment_count
from twilio_async.cli.bulk.numbers import recipient
from twilio_async.cli.bulk.roll import Bad, Clash, Good, Roll
from twilio_async.cli.bulk.table import Header, Record, Unreadable
from twilio_async.cli.bulk.template import RowError, Template
from twilio_async.cli.sheet import LONGEST_BODY

LONGEST_KEY = 200
SHOWN = 3


class Dearest(NamedTuple):
    """The row that takes most segments."""

    segments: int
    line: int
    body: str


@dataclass(slots=True)
class Findings:
    """What the check of a file came to.

    Attributes:
        first: the first rows that can be sent.
        by_segments: good rows by how many segments they take.
        dearest: of these.
        unused: columns that are not needed.
    """

    first: list[Good] = field(default_factory=list[Good])
    by_segments: Counter[int] = field(default_factory=Counter[int])
    dearest: Dearest | None = None
    unused: list[str] = field(default_factory=list[str])

    @property
    def segments(self) -> int:
        """Of all rows together."""
        return sum(segments * count for segments, count in self.by_segments.items())

    def take(self, row: Good, segments: int) -> None:
        """Count a good row."""
        self.by_segments[segments] += 1
        if len(self.first) < SHOWN:
            self.first.append(row)
        if self.dearest is None or segments > self.dearest.segments:
            self.dearest = Dearest(segments, row.line, row.body)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things are in a row.

    Attributes:
        to: the recipients.
        key: the user's own ids; `None` if there are none.
    """

    to: str
    key: str | None


class _Fault(ValueError):
    """Why a row cannot be sent, and where."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def check(
    found: Iterable[Record | Unreadable],
    header: Header,
    columns: Columns,
    template: Template,
    roll: Roll,
    told: Callable[[Bad], object] = lambda _: None,
) -> Findings:
    """Look at each row of a file, and put it on the roll.

    Args:
        found: the file's records.
        header: its columns.
        columns: the names of those that mean something.
        template: the text.
        roll: where the rows go.
        told: called with each row that cannot be sent.
    """
    findings = Findings(unused=_unused(header, columns, template))
    for item in found:
        bad = _unreadable(item) if isinstance(item, Unreadable) else _checked(item, header, columns, template, roll, findings)
        if bad is not None:
            roll.add_bad(bad)
            told(bad)
    return findings


def _unused(header: Header, columns: Columns, template: Template) -> list[str]:
    used = {columns.to, columns.key, *template.columns}
    return [name for name in dict.fromkeys(header.names) if name and name not in used]


def _unreadable(item: Unreadable) -> Bad:
    where = "" if item.last <= item.line else f"lines {item.line:,} to {item.last:,} "
    return Bad(item.line, "", "", "", f"{where}{item.reason}", [])


def _checked(
    record: Record, header: Header, columns: Columns, template: Template, roll: Roll, findings: Findings
) -> Bad | None:
    cells = header.named(record.cells)
    try:
        _check_shape(record.cells, header)
        row = Good(record.line, _recipient(cells, columns.to), _key(cells, columns.key), _body(cells, template))
        segments = _segments(row.body)
        _enlist(row, columns, roll)
    except _Fault as fault:
        return Bad(
            record.line, cells.get(columns.to, ""), cells.get(columns.key or columns.to, ""), fault.column, fault.reason,
            record.cells,
        )  # fmt: skip
    findings.take(row, segments)
    return None


def _check_shape(cells: list[str], header: Header) -> None:
    width = len(header.names)
    if any(cells[width:]):
        raise _Fault(
            "", f"{len(cells)} fields for {width} columns; put a text that holds {header.delimiter!r} in quotation marks"
        )
    for name, cell in zip(header.names, cells, strict=False):
        if "\0" in cell:
            raise _Fault(name, "holds a NUL character; the file is damaged here")


def _recipient(cells: Mapping[str, str], column: str) -> str:
    if not cells[column]:
        raise _Fault(column, "empty: nobody to send to")
    try:
        return recipient(cells[column])
    except ValueError as error:
        raise _Fault(column, str(error)) from None


def _key(cells: Mapping[str, str], column: str | None) -> str | None:
    if column is None:
        return None
    key = cells[column]
    if not key:
        raise _Fault(column, "empty, and it is to tell the rows apart")
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise _Fault(column, f"no key: {LONGEST_KEY} printable characters are the most")
    return key


def _body(cells: Mapping[str, str], template: Template) -> str:
    try:
        body = template.render(cells)
    except RowError as error:
        raise _Fault(error.column, str(error)) from None
    if not body.strip():
        raise _Fault("", "the text is empty")
    if len(body) > LONGEST_BODY:
        raise _Fault("", f"the text has {len(body):,} characters, and {LONGEST_BODY:,} are the most")
    if "\0" in body:
        raise _Fault("", "the text holds a NUL character")
    return body


def _segments(body: str) -> int:
    try:
        return segment_count(body)
    except ValueError as error:
        raise _Fault("", f"the text cannot be sent: {error}") from None


def _enlist(row: Good, columns: Columns, roll: Roll) -> None:
    try:
        roll.add(row)
    except Clash as clash:
        what = "key" if clash.of_key else "recipient"
        column = columns.key if clash.of_key else columns.to
        raise _Fault(column or "", f"the same {what} as in line {clash.line:,}, which is the one that counts") from None
