from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.cli.bulk.template import Braces, RowError, TemplateError

COLUMNS = ("name", "First Name", "a.b")


def test_names_are_looked_up_whatever_their_capitals() -> None:
    """Columns are found as people write them, those with spaces and dots in their names too."""
    template = Braces("Hi {NAME}, {first  name} {a.b} {name}!", COLUMNS)
    assert template.columns == ["name", "First Name", "a.b"]
    assert template.render({"name": "Ann", "First Name": "A", "a.b": "1"}) == "Hi Ann, A 1 Ann!"


def test_what_stands_in_a_cell_is_text_and_nothing_else() -> None:
    """A recipient named like a column is not filled in."""
    assert Braces("{name}", COLUMNS).render({"name": "{a.b} {{x}} %s"}) == "{a.b} {{x}} %s"


@given(st.text())
def test_any_text_can_be_written(text: str) -> None:
    """Braces are doubled, everything else stands as it is."""
    assert Braces(text.replace("{", "{{").replace("}", "}}"), COLUMNS).render({}) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{name.__class__}", "only a column's name may stand between braces"),
        ("{name[0]}", "only a column's name"),
        ("{name!r}", "only a column's name"),
        ("{name:>1000000000}", "only a column's name"),
        ("{town}", "no column 'town'; there are: {name}, {First Name}, {a.b}"),
        ("{}", "no column ''"),
        ("Hi {", "stands alone at character 4"),
        ("Hi } there", "stands alone at character 4"),
    ],
)
def test_whatever_is_no_column_is_refused(text: str, reason: str) -> None:
    """Attributes, items, conversions and formats do not exist here."""
    with pytest.raises(TemplateError, match=reason.replace("{", r"\{")):
        Braces(text, COLUMNS)


def test_an_empty_cell_that_is_needed_is_named() -> None:
    """Nobody is greeted with "Hi ,"."""
    with pytest.raises(RowError, match="empty") as caught:
        Braces("Hi {name}", COLUMNS).render({"name": ""})
    assert caught.value.column == "name"
