from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.cli.bulk.source import BrokenFile, opened, source

TABLE = "to,name\n+14155550100,Zoë\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_unicode_is_told_by_its_bytes(encoding: str, found: str) -> None:
    """With a mark or without, what spreadsheets write is read as it was written, and nothing is in doubt."""
    read = source(io.BytesIO(TABLE.encode(encoding)))
    assert (read.encoding, read.doubt) == (found, None)
    assert read.text().read() == TABLE


def test_a_mark_of_the_other_byte_order_is_heeded() -> None:
    """UTF-16 comes in two orders."""
    assert source(io.BytesIO(b"\xfe\xff" + TABLE.encode("utf-16-be"))).text().read() == TABLE


def test_what_is_not_utf_8_is_taken_for_windows_and_that_is_said() -> None:
    """The line where it shows is named, since somebody has to look whether the guess is right."""
    read = source(io.BytesIO(TABLE.encode("cp1252")))
    assert read.encoding == "cp1252"
    assert read.doubt is not None
    assert read.doubt.startswith("line 2 is not UTF-8; it is read as Windows-1252")
    assert read.text().read() == TABLE


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04...", "an Excel workbook"),
        (b"\x1f\x8b\x08", "compressed with gzip"),
        (b"to,name\n+1,\x81\xff\n", "line 2 is not UTF-8, and no Windows-1252 either"),
        (b"\xff\xfeb", "is not UTF-16"),
        (b"x" * (1 << 20) + b"xx", "longer than a million characters"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, reason: str) -> None:
    """The message says what was found instead."""
    with pytest.raises(BrokenFile, match=reason):
        source(io.BytesIO(content))


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever somebody feeds it, what is accepted can be read to its end."""
    try:
        read = source(io.BytesIO(content))
    except BrokenFile:
        return
    read.text().read()


def test_files_that_cannot_be_opened_are_refused(tmp_path: Path) -> None:
    """A folder and a file that is not there are told apart."""
    with pytest.raises(BrokenFile, match="it is a folder"), opened(str(tmp_path)):
        pass
    with pytest.raises(BrokenFile, match="No such file"), opened(str(tmp_path / "no.csv")):
        pass
