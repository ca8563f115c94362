"""A CSV file as a table: what stands between its cells, what its columns are called, and its records one after the other."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from twilio_async.cli.bulk.source import BrokenFile
from twilio_async.cli.texts import masked

DELIMITERS = (",", ";", "\t", "|")
USUAL_NAMES = ("to", "phone", "phone_number", "phonenumber", "number", "mobile", "recipient", "telephone", "tel", "msisdn")
"""What people call the column with the recipients."""

_UNCLOSED = ("unexpected end of data", "field larger than field limit")
_DIGITS_OF_A_NUMBER = 7


class Record(NamedTuple):
    """A row of the file that is not blank."""

    line: int
    """Where it begins, from 1."""
    cells: list[str]


class Unreadable(NamedTuple):
    """Lines that are no row."""

    line: int
    last: int
    """Where it ends."""
    reason: str


Found: TypeAlias = Record | Unreadable


@dataclass(frozen=True, slots=True)
class Header:
    """How a file is laid out.

    Attributes:
        delimiter: what stands between the cells.
        names: of its columns, as written.
    """

    delimiter: str
    names: tuple[str, ...]

    def column(self, name: str) -> str:
        """A column's name as it is written in the file; capitals matter only if that tells two apart.

        Raises:
            BrokenFile: there is none of that name, or there are several.
        """
        for found in (
            [known for known in self.names if known == name],
            [known for known in self.names if known.casefold() == name.casefold()],
        ):
            if len(found) == 1:
                return found[0]
            if found:
                raise BrokenFile(f"there are {len(found)} columns {name!r}; rename all but the one that is meant")
        raise BrokenFile(f"there is no column {name!r}; there are: {self.listed()}")

    def has(self, name: str) -> bool:
        """Whether there is a column of that name."""
        return name.casefold() in {known.casefold() for known in self.names}

    def listed(self) -> str:
        """The columns in words. A file without a header may have somebody's number there."""
        return ", ".join(repr(_shown(name)) for name in self.names if name) or "none"

    def recipients(self, name: str | None) -> str:
        """The column that holds the recipients.

        Args:
            name: as the user calls it; `None` to look for one of `USUAL_NAMES`.

        Raises:
            BrokenFile: there is none, or which one it is cannot be told.
        """
        if name is not None or self.has("to"):
            return self.column(name or "to")
        usual = [known for known in self.names if known.casefold().replace(" ", "_").replace("-", "_") in USUAL_NAMES]
        if len(usual) == 1:
            return usual[0]
        if usual:
            raise BrokenFile(f"which column holds the recipients? Say --to-column with one of: {', '.join(map(repr, usual))}")
        if any(_is_number(known) for known in self.names):
            raise BrokenFile(f"its first line holds data ({self.listed()}); put a line with the names of the columns above it")
        raise BrokenFile(f"which column holds the recipients? Say --to-column with one of: {self.listed()}")

    def named(self, cells: list[str]) -> Mapping[str, str]:
        """The cells by column, stripped; cells that are missing are empty."""
        return {name: cell.strip() for name, cell in itertools.zip_longest(self.names, cells[: len(self.names)], fillvalue="")}


def header(text: io.TextIOBase, wanted: Collection[str] = ()) -> Header:
    """Read the header from the beginning of a file.

    Args:
        text: the file, which is read up to the header's end.
        wanted: columns that should be there; the delimiter that gives most of them is right.

    Raises:
        BrokenFile: there is no header.
    """
    first = next((line for line in text if line.strip()), None)
    if first is None:
        raise BrokenFile("it is empty; its first line should name the columns")
    lines = [first, *_rest_of_record(first, text)]
    wanted = {name.casefold() for name in wanted} or set(USUAL_NAMES)
    readings = [Header(delimiter, _names(lines, delimiter)) for delimiter in DELIMITERS]
    return max(readings, key=lambda reading: (len(wanted & {name.casefold() for name in reading.names}), len(reading.names)))


def _rest_of_record(first: str, text: Iterable[str]) -> Iterator[str]:
    """A name in quotation marks may run over several lines."""
    marks = first.count('"')
    for line in itertools.islice(text, 20) if marks % 2 else ():
        yield line
        marks += line.count('"')
        if marks % 2 == 0:
            return


def _names(lines: Iterable[str], delimiter: str) -> tuple[str, ...]:
    cells = next(csv.reader(lines, delimiter=delimiter), list[str]())
    return tuple(" ".join(cell.split()) for cell in cells)


def records(text: Iterable[str], header: Header) -> Iterator[Found]:
    """Each record below the header that is not blank, or the reason why it is none.

    Args:
        text: the file from its beginning.
        header: its header.

    Raises:
        BrokenFile: a quotation mark is opened and not closed, so that all that follows it would be one cell.
    """
    reader = csv.reader(text, delimiter=header.delimiter, strict=True)
    is_header = True
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if str(error).startswith(_UNCLOSED):
                raise BrokenFile(
                    f"line {line:,}: a quotation mark is opened and not closed; close it, or double it if it is part of a text"
                ) from None
            yield Unreadable(line, reader.line_num, f"cannot be read as CSV ({error}); look at its quotation marks")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if is_header:
            is_header = False
        else:
            yield Record(line, cells)


def _is_number(name: str) -> bool:
    return sum(character.isdigit() for character in name) >= _DIGITS_OF_A_NUMBER


def _shown(name: str) -> str:
    return masked(name) if _is_number(name) else name[:40]
