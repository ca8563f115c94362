from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.cli.bulk.source import BrokenFile
from twilio_async.cli.bulk.table import DELIMITERS, Header, Record, Unreadable, header, records

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=20)


def read(text: str) -> list[Record | Unreadable]:
    """The records of a file that holds *text*."""
    file = io.StringIO(text, newline="")
    found = header(file)
    file.seek(0)
    return list(records(file, found))


@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1).filter(lambda rows: all(any(cell.strip() for cell in row) for row in rows)),
    st.sampled_from(DELIMITERS),
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    """Whatever stands in the cells, and whatever stands between them."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([("to", "name"), *rows])
    found = read(file.getvalue())
    assert [tuple(record.cells) for record in found if isinstance(record, Record)] == rows


def test_lines_are_told_as_an_editor_counts_them() -> None:
    """Blank rows count as lines and are no rows; a text of two lines makes the next row's line two further on."""
    found = read('\nto,body\n\n+1,"a\nb"\n,,\n+2,c\n')
    assert found == [Record(4, ["+1", "a\nb"]), Record(7, ["+2", "c"])]


def test_a_row_with_stray_quotation_marks_is_named_and_the_next_is_read() -> None:
    """One mistake costs the lines that it spans, and these are told."""
    found = read('to,body\n+1,"a" b\n+2,"a\n+3,"b"\n+4,d\n')
    assert [(item.line, item.last) for item in found if isinstance(item, Unreadable)] == [(2, 2), (3, 4)]
    assert found[-1] == Record(5, ["+4", "d"])


def test_a_quotation_mark_that_is_never_closed_breaks_the_file() -> None:
    """Everything after it would be one cell: nothing is sent of such a file."""
    with pytest.raises(BrokenFile, match="line 3: a quotation mark is opened and not closed"):
        read('to,body\n+1,a\n+2,"b\n+3,c\n')
    with pytest.raises(BrokenFile, match="line 2: a quotation mark"):
        read('to,body\n+1,"b\n' + 20_000 * "+14155550100,Hello\n")


def test_the_delimiter_is_the_one_that_gives_the_columns_that_are_wanted() -> None:
    """A header full of commas may still be one with semicolons."""
    assert header(io.StringIO("a,b,c,d;Phone\n"), ["phone"]).delimiter == ";"
    assert header(io.StringIO("to|name, first\n")).delimiter == "|"
    assert header(io.StringIO('"to"\t"first\nname"\n')).names == ("to", "first name")


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_without_a_header_is_refused(text: str) -> None:
    """There is nothing in it."""
    with pytest.raises(BrokenFile, match="it is empty"):
        header(io.StringIO(text))


def test_columns_are_found_whatever_their_capitals_unless_these_tell_two_apart() -> None:
    """Two of the same name are one too many, if that one is needed."""
    found = Header(",", ("Name", "NAME", "Phone", "x", "x", "City"))
    assert (found.column("NAME"), found.column("phone")) == ("NAME", "Phone")
    with pytest.raises(BrokenFile, match="2 columns 'name'"):
        found.column("name")
    with pytest.raises(BrokenFile, match="2 columns 'x'"):
        found.column("x")
    with pytest.raises(BrokenFile, match="no column 'town'; there are: 'Name', 'NAME'"):
        found.column("town")


@pytest.mark.parametrize(
    ("names", "column"),
    [(("id", "TO"), "TO"), (("Name", "Phone Number"), "Phone Number"), (("mobile", "to"), "to"), (("x", "Tel"), "Tel")],
)
def test_the_recipients_are_found_under_their_usual_names(names: tuple[str, ...], column: str) -> None:
    """Nobody has to say what is plain."""
    assert Header(",", names).recipients(None) == column


def test_recipients_that_cannot_be_told_are_asked_for() -> None:
    """Two columns may hold them, or none; a first line of data is seen, and its number is not shown."""
    with pytest.raises(BrokenFile, match="--to-column with one of: 'Phone', 'Mobile'"):
        Header(",", ("Phone", "Mobile")).recipients(None)
    with pytest.raises(BrokenFile, match="--to-column with one of: 'id', 'name'"):
        Header(",", ("id", "name")).recipients(None)
    with pytest.raises(BrokenFile, match="its first line holds data") as caught:
        Header(",", ("+14155552671", "Ann")).recipients(None)
    assert "415555" not in str(caught.value)


def test_cells_are_stripped_and_those_that_are_missing_are_empty() -> None:
    """Spreadsheets leave spaces about, and cut empty cells off."""
    assert Header(",", ("to", "name", "x")).named([" +1 ", "Ann "]) == {"to": "+1", "name": "Ann", "x": ""}
