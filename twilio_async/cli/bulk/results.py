"""The files that a bulk send writes: what became of each row, and the rows that cannot be sent. Both hold whole numbers."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import tempfile
from collections.abc import Generator, Iterable
from pathlib import Path

from twilio_async.cli.bulk.roll import Bad, Fate
from twilio_async.cli.bulk.table import Header
from twilio_async.cli.failures import Unusable

NOT_STORED = "not stored"


def write_results(path: Path, fates: Iterable[Fate]) -> int:
    """Write one line for each row of the file, and return how many there are.

    Args:
        path: where; what is there is replaced when all is written.
        fates: of the rows, in order.
    """
    lines = 0
    with replaced(path) as file:
        writer = csv.writer(file)
        writer.writerow(("line", "to", "key", "state", "sid", "code", "reason"))
        for fate in fates:
            writer.writerow(fate._replace(state=fate.state or NOT_STORED))
            lines += 1
    return lines


def write_rejects(path: Path, rows: Iterable[Bad], header: Header) -> None:
    """Write the rows that cannot be sent as they are, each with its line, the column and the reason.

    When they are corrected, the file can be sent as it is: the added columns are not used.

    Args:
        path: where; what is there is replaced when all is written.
        rows: in order.
        header: of their file.
    """
    width = len(header.names)
    with replaced(path, encoding="utf-8-sig") as file:  # spreadsheets need the mark
        writer = csv.writer(file, delimiter=header.delimiter)
        writer.writerow((*header.names, "line", "column", "reason"))
        for row in rows:
            cells = (row.cells + [""] * width)[: max(width, len(row.cells))]
            writer.writerow((*cells, row.line, row.column, row.reason))


def check_writable(path: Path, *others: Path) -> None:
    """Refuse a place where a file cannot be written, before anything is sent.

    Args:
        path: the place.
        *others: files that must not be overwritten.

    Raises:
        Unusable: it cannot be.
    """
    if path.is_dir():
        raise Unusable(f"{path} is a folder; name a file in it.")
    if any(_is_same(path, other) for other in others):
        raise Unusable(f"{path} is used for something else already; name another file.")
    if not os.access(path.parent, os.W_OK):
        problem = "cannot be written" if path.parent.is_dir() else "does not exist"
        raise Unusable(f"{path.parent} {problem}; name a file elsewhere.")


def _is_same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()


@contextlib.contextmanager
def replaced(path: Path, *, encoding: str = "utf-8") -> Generator[io.TextIOBase, None, None]:
    """A file that takes its place when it is complete, readable by its owner alone."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with open(handle, "w", encoding=encoding, newline="") as file:  # noqa: PTH123 - it is open already
            yield file
        Path(name).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> Unusable:
    return Unusable(f"{path} cannot be written: {os.strerror(error.errno or 0)}.")
