"""A table of recipients: a CSV file with the columns ``to`` and ``body``, as people and their spreadsheets write it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from twilio_async.cli.texts import masked

LONGEST_BODY = 1600
"""Characters that Twilio takes as one message."""

_COLUMNS = ("to", "body")
_DELIMITERS = (",", ";", "\t")
_ADDRESS = re.compile(r"\+[1-9]\d{6,14}|[a-z]+:\S+")


class SheetError(ValueError):
    """The file as a whole cannot be used; the message says what was found."""


class Recipient(NamedTuple):
    """A row that can be sent."""

    line: int
    """Where it begins in the file, from 1."""
    to: str
    body: str


class BadRow(NamedTuple):
    """A row that cannot be sent."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds."""

    recipients: list[Recipient] = field(default_factory=list[Recipient])
    bad_rows: list[BadRow] = field(default_factory=list[BadRow])
    ignored_columns: list[str] = field(default_factory=list[str])


def read_sheet(content: bytes) -> Sheet:
    """Read a table of recipients.

    Args:
        content: CSV in UTF-8, with or without a byte order mark; the first line names the columns, and what stands between
            them is a comma, a semicolon or a tab.

    Raises:
        SheetError: it has no rows, is in another encoding, or its first line does not name the columns.
    """
    text = _decoded(content)
    delimiter, header = _header(text)
    sheet = Sheet(ignored_columns=[name for name in header if name and name not in _COLUMNS])
    records = _records(text, delimiter)
    next(records)
    for line, cells in records:
        reason = cells if isinstance(cells, str) else _fault(cells, header, delimiter)
        if reason is not None:
            sheet.bad_rows.append(BadRow(line, reason))
        else:
            row = dict(zip(header, cells, strict=False))
            sheet.recipients.append(Recipient(line, row["to"].strip(), row["body"]))
    if not sheet.recipients and not sheet.bad_rows:
        raise SheetError("there are no rows below the first line.")
    return sheet


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SheetError(f"line {line} is not UTF-8; save the file as CSV in UTF-8.") from None
    if not text.strip():
        raise SheetError("it is empty; the first line should be: to,body")
    return text


def _header(text: str) -> tuple[str, list[str]]:
    """The delimiter with which the first line names the columns, and these names."""
    readings = [(delimiter, _names(text, delimiter)) for delimiter in _DELIMITERS]
    for delimiter, names in readings:
        if all(names.count(column) == 1 for column in _COLUMNS):
            return delimiter, names
    _, found = max(readings, key=lambda reading: len(reading[1]))
    raise SheetError(f"the first line should name the columns to and body, each once; found: {', '.join(map(_shown, found))}")


def _names(text: str, delimiter: str) -> list[str]:
    _, cells = next(_records(text, delimiter))
    return [cell.strip().lower() for cell in ([cells] if isinstance(cells, str) else cells)]


def _shown(name: str) -> str:
    """A name from the first line, which may be no name at all but somebody's number."""
    return repr(masked(name) if sum(character.isdigit() for character in name) > 4 else name[:40])


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each record that is not blank with the line where it begins, or the reason why it cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"cannot be read as CSV ({error}); look at its quotation marks"
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _fault(cells: list[str], header: list[str], delimiter: str) -> str | None:
    """Why a row cannot be sent."""
    if any(cells[len(header) :]):
        return f"{len(cells)} fields for {len(header)} columns; put a text that holds {delimiter!r} in quotation marks"
    row = dict(zip(header, cells, strict=False))
    return unsendable(row.get("to", "").strip(), row.get("body", ""))


def unsendable(to: str, body: str) -> str | None:
    """Why a message cannot be sent, as far as it shows without asking Twilio; `None` if it can."""
    if not to:
        return "to: missing"
    if not _ADDRESS.fullmatch(to):
        return f"to: {masked(to)!r} is neither E.164 (+14155552671) nor a channel's address (whatsapp:+14155552671)"
    if not body.strip():
        return "body: empty"
    if len(body) > LONGEST_BODY:
        return f"body: {len(body):,} characters, and {LONGEST_BODY:,} are the most"
    return None
