from __future__ import annotations

import pytest

from twilio_async.cli.bulk.jinja import Jinja
from twilio_async.cli.bulk.template import RowError, TemplateError


def test_the_language_is_jinjas() -> None:
    """Columns are variables, an empty cell is for the template to deal with, and odd names are in the row."""
    template = Jinja(
        "Hi {{ name or 'there' }}{% if row['First name'] %} & {{ row['First name'] }}{% endif %}", ["name", "First name"]
    )
    assert template.columns == ["name"]
    assert template.render({"name": "", "First name": "A<b>"}) == "Hi there & A<b>"


@pytest.mark.parametrize(
    ("text", "reason"), [("{{ town }}", "no column 'town'; there are: name"), ("\n{% if %}", "line 2"), ("{{ name", "line 1")]
)
def test_what_cannot_be_read_is_refused_before_the_first_row(text: str, reason: str) -> None:
    """With the line, or the name that is not there."""
    with pytest.raises(TemplateError, match=reason):
        Jinja(text, ["name"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ name.__class__.__mro__[1].__subclasses__() }}", "may not"),
        ("{{ ''.__class__.__base__ }}", "may not"),
        ("{{ row.update({'x': 1}) }}", "may not"),
        ("{{ name | int / 0 }}", "ZeroDivisionError"),
        ("{{ row.town.x }}", "cannot be filled in"),
        ("{{ range(100000000) | list }}", "OverflowError"),
    ],
)
def test_a_template_cannot_reach_out_of_its_sandbox(text: str, reason: str) -> None:
    """What it may not do, or fails at, costs the row and says so."""
    with pytest.raises(RowError, match=reason):
        Jinja(text, ["name"]).render({"name": "1"})
