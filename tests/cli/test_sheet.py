from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.cli.sheet import Recipient, SheetError, read_sheet, unsendable

NUMBERS = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
BODIES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=200).filter(str.strip)


@given(st.lists(st.tuples(NUMBERS, BODIES), min_size=1), st.sampled_from(",;\t"), st.booleans())
def test_what_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, str]], delimiter: str, bom: bool) -> None:
    """Any body, with delimiters, quotation marks and line ends in it, comes out as it went in, with any delimiter."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([("to", "body"), *rows])
    sheet = read_sheet(file.getvalue().encode("utf-8-sig" if bom else "utf-8"))
    assert [(recipient.to, recipient.body) for recipient in sheet.recipients] == rows
    assert (sheet.bad_rows, sheet.ignored_columns) == ([], [])


def test_columns_are_found_by_name_whatever_their_order_and_case() -> None:
    """A spreadsheet with more than is needed can be used as it is; what is not used is named."""
    sheet = read_sheet(b"Name; Body ;TO;\nAda;Hi;+14155550100;\n")
    assert sheet.recipients == [Recipient(2, "+14155550100", "Hi")]
    assert sheet.ignored_columns == ["name"]


def test_rows_for_the_same_recipient_are_all_kept() -> None:
    """Nobody but the writer of the file knows whether a second row is a mistake."""
    assert len(read_sheet(b"to,body\n+14155550100,Hi\n+14155550100,Hi\n").recipients) == 2


def test_blank_rows_are_no_rows() -> None:
    """Spreadsheets leave them behind."""
    assert read_sheet(b"\nto,body\n\n,,\n+14155550100,Hi\n , \n").recipients == [Recipient(5, "+14155550100", "Hi")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Hi", "to: missing"),
        ("4155550100,Hi", "to: '…0100' is neither E.164"),
        ("+1 415 555 0100,Hi", "to: '…0100' is neither E.164"),
        ("+04155550100,Hi", "neither E.164"),
        ("+14155550100,", "body: empty"),
        ("+14155550100, ", "body: empty"),
        ("+14155550100", "body: empty"),
        ("+14155550100," + 1601 * "x", "body: 1,601 characters, and 1,600 are the most"),
        ("+14155550100,Hello, Ada", "3 fields for 2 columns; put a text that holds ',' in quotation marks"),
        ('+14155550100,"Hello" Ada', "cannot be read as CSV"),
        ('+14155550100,"Hello', "cannot be read as CSV"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_kept(row: str, reason: str) -> None:
    """One mistake in a long file costs one message, and whoever made it is told the line and the reason."""
    sheet = read_sheet(f'to,body\n+14155550101,"two\nlines"\n{row}'.encode())
    assert sheet.recipients == [Recipient(2, "+14155550101", "two\nlines")]
    ((line, found),) = sheet.bad_rows
    assert line == 4
    assert reason in found
    assert "415555010" not in found


def test_after_a_bad_row_the_next_is_read() -> None:
    """A quotation mark in the wrong place spoils its own row alone."""
    sheet = read_sheet(b'to,body\n+14155550100,"a" b\n+14155550101,ok\n')
    assert [row.line for row in sheet.bad_rows] == [2]
    assert sheet.recipients == [Recipient(3, "+14155550101", "ok")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \n", "it is empty"),
        (b"to,body\n", "no rows below the first line"),
        (b"phone,text\n1,2\n", "found: 'phone', 'text'"),
        (b"phone;text;x\n1,2\n", "found: 'phone', 'text', 'x'"),
        (b"+14155550100,Hello\n", "found: '…0100', 'hello'"),
        (b"to,to,body\n", "each once; found: 'to', 'to', 'body'"),
        (b'to,"bo"dy\n', "should name the columns"),
        ("to,body\n+14155550100,Grüße\n".encode("latin-1"), "line 2 is not UTF-8"),
        ("to,body\n+14155550100,Hi\n".encode("utf-16"), "line 1 is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_was_found(content: bytes, reason: str) -> None:
    """No guessing: whoever made the file can mend it with what the message says."""
    with pytest.raises(SheetError) as caught:
        read_sheet(content)
    assert reason in str(caught.value)
    assert "415555" not in str(caught.value)


@pytest.mark.parametrize("to", ["+14155552671", "+4915112345678", "whatsapp:+14155552671", "messenger:108"])
def test_numbers_and_channel_addresses_can_be_sent_to(to: str) -> None:
    """E.164, and whatever a channel calls its people."""
    assert unsendable(to, 1600 * "x") is None
