"""The file that a bulk send reads: its bytes, and what they are written in. It is read through once before anything else."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from typing import BinaryIO

STDIN = "-"
FALLBACK = "cp1252"

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 20
"""Bytes without a line end that no table of recipients has, and that are not to be held in memory."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OTHER_THINGS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"%PDF", "a PDF"),
)
_AS_CSV = "save it as CSV in UTF-8"


class BrokenFile(ValueError):
    """The file as a whole cannot be used; the message says what was found and how to mend it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read as text.

    Attributes:
        binary: its bytes, from the beginning.
        encoding: what they are written in.
        doubt: why the encoding is only a guess, if it is one.
    """

    binary: BinaryIO
    encoding: str
    doubt: str | None

    def text(self) -> io.TextIOWrapper:
        """The file as text, its line ends as they are; closing that closes the file."""
        self.binary.seek(0)
        return io.TextIOWrapper(self.binary, self.encoding, newline="")


@contextlib.contextmanager
def opened(path: str) -> Generator[Source, None, None]:
    """Open a file and find out what it is written in.

    Args:
        path: of the file, or ``-`` for stdin, which is copied to a temporary file first.

    Raises:
        BrokenFile: it cannot be opened, or it is no text.
    """
    with _binary(path) as binary:
        yield source(binary)


@contextlib.contextmanager
def _binary(path: str) -> Generator[BinaryIO, None, None]:
    if path == STDIN:
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy, _CHUNK)
            yield copy
        return
    try:
        file = open(path, "rb")  # noqa: SIM115, PTH123 - closed below; the name is as the user typed it
    except IsADirectoryError:
        raise BrokenFile("it is a folder; name a file in it") from None
    except OSError as error:
        raise BrokenFile(f"it cannot be read: {os.strerror(error.errno or 0)}") from None
    with file:
        if not file.seekable():
            raise BrokenFile(f"it is no file; to read from a pipe give {STDIN} and say --db")
        yield file


def source(binary: BinaryIO) -> Source:
    """Find out what a file is written in: a byte order mark tells, or it is UTF-8, else it may be Windows-1252.

    Raises:
        BrokenFile: it is none of these.
    """
    binary.seek(0)
    start = binary.read(4096)
    for mark, what in _OTHER_THINGS:
        if start.startswith(mark):
            raise BrokenFile(f"it is {what}, and no CSV; {_AS_CSV}")
    if not start:
        raise BrokenFile("it is empty; its first line should name the columns")
    encoding = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None) or _without_mark(start)
    if encoding is not None:
        if problem := _problem(binary, encoding):
            raise BrokenFile(f"{problem}; {_AS_CSV}")
        return Source(binary, encoding, None)
    if (problem := _problem(binary, "utf-8")) is None:
        return Source(binary, "utf-8", None)
    if _problem(binary, FALLBACK) is not None:
        raise BrokenFile(f"{problem}, and no Windows-1252 either; {_AS_CSV}")
    return Source(binary, FALLBACK, f"{problem}; it is read as Windows-1252, so look whether accents come out right below")


def _without_mark(start: bytes) -> str | None:
    """UTF-16 has every other byte zero in a header of plain letters."""
    pairs = max(len(start) // 2, 1)
    if start[1::2].count(0) > pairs // 2:
        return "utf-16-le"
    return "utf-16-be" if start[::2].count(0) > pairs // 2 else None


def _problem(binary: BinaryIO, encoding: str) -> str | None:
    """Where a file turns out not to be written in *encoding*."""
    binary.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = since_end = 0
    while True:
        chunk = binary.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line = lines + 1 + chunk.count(b"\n", 0, max(error.start, 0))
            return f"line {line:,} is not {_name(encoding)}"
        if not chunk:
            return None
        ends = max(text.rfind("\n"), text.rfind("\r"))
        since_end = since_end + len(text) if ends < 0 else len(text) - ends
        lines += text.count("\n")
        if since_end > _LONGEST_LINE:
            raise BrokenFile(f"line {lines + 1:,} is longer than a million characters: this is no CSV; {_AS_CSV}")


def _name(encoding: str) -> str:
    return encoding.upper().removesuffix("-SIG").removesuffix("-LE").removesuffix("-BE")
