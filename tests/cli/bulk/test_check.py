from __future__ import annotations

import io

import pytest

from twilio_async.cli.bulk.check import Columns, Findings, check
from twilio_async.cli.bulk.roll import Bad, Good, Roll
from twilio_async.cli.bulk.table import header, records
from twilio_async.cli.bulk.template import Braces


def checked(text: str, roll: Roll, *, body: str = "Hi {name}", key: str | None = None) -> tuple[Findings, list[Bad]]:
    """The findings of a file, and the rows that were told of."""
    file = io.StringIO(text, newline="")
    found = header(file)
    file.seek(0)
    told: list[Bad] = []
    columns = Columns(found.recipients(None), key)
    return check(records(file, found), found, columns, Braces(body, found.names), roll, told.append), told


def test_good_rows_are_put_on_the_roll_with_their_texts() -> None:
    """Numbers without formatting, texts filled in, and what they cost together."""
    with Roll() as roll:
        findings, told = checked(f"to,name,x\n+1 415 555 0100,Ann,\n+14155550101,{'é—' * 40},\n", roll)
        assert next(iter(roll.good_rows())) == Good(2, "+14155550100", None, "Hi Ann")
        assert (findings.segments, dict(findings.by_segments), told) == (3, {1: 1, 2: 1}, [])
        assert findings.dearest is not None
        assert findings.dearest.line == 3
        assert findings.unused == ["x"]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",Ann,1", "to", "empty: nobody to send to"),
        ("4155550100,Ann,1", "to", "no country code"),
        ("+14155550100,,1", "name", "empty, and the text needs it"),
        ("+14155550100", "id", "empty, and it is to tell the rows apart"),
        ("+14155550100,Ann,1,more", "", "4 fields for 3 columns"),
        ("+14155550100,A\0nn,1", "name", "NUL"),
        ("+14155550100," + 1600 * "x" + ",1", "", "1,603 characters"),
        ("+14155550100,Ann," + 201 * "x", "id", "200 printable characters are the most"),
        ("+1 (415) 555-0199,Ann,2", "to", "the same recipient as in line 2"),
        ("+14155550100,Ann,0", "id", "the same key as in line 2"),
        ('+14155550100,"Ann" B,1', "", "cannot be read as CSV"),
    ],
)
def test_a_bad_row_is_told_by_line_column_and_reason_and_the_others_go_on(row: str, column: str, reason: str) -> None:
    """One mistake costs one message."""
    with Roll() as roll:
        _, told = checked(f"to,name,id\n+14155550199,Zed,0\n{row}\n+14155550102,Bob,3\n", roll, key="id")
        assert [(bad.line, bad.column) for bad in told] == [(3, column)]
        assert reason in told[0].reason
        assert list(roll.bad_rows()) == told
        assert [good.line for good in roll.good_rows()] == [2, 4]


def test_a_bad_row_does_not_take_a_number_from_a_good_one() -> None:
    """Only rows that are sent make later ones duplicates."""
    with Roll() as roll:
        checked("to,name\n+14155550100,\n+14155550100,Ann\n", roll)
        assert [good.line for good in roll.good_rows()] == [3]


def test_a_text_that_is_blank_is_not_sent() -> None:
    """Twilio would refuse it."""
    with Roll() as roll:
        _, told = checked("to,name\n+14155550100,x\n", roll, body="  \n")
        assert told[0].reason == "the text is empty"


def test_lines_that_are_no_row_are_told_with_where_they_end() -> None:
    """Whoever mends the file sees how much of it is concerned."""
    with Roll() as roll:
        _, told = checked('to,name\n+14155550100,"A\n+14155550101,"B"\n+14155550102,C\n', roll)
        assert told[0].reason.startswith("lines 2 to 3 cannot be read as CSV")
        assert roll.good == 1
