"""The codes of Twilio's debugger."""

from __future__ import annotations

import json
from pathlib import Path

from twilio_async.emulator.applications import debugger


def test_every_code_has_a_title() -> None:
    """No constant is without a row, and no row without a constant."""
    codes = {value for name, value in vars(debugger).items() if name.isupper() and isinstance(value, int)}
    assert codes == debugger.TITLES.keys()
    assert all(debugger.title(code) == title for code, title in debugger.TITLES.items())


def test_a_code_that_is_not_known_is_named_by_its_number() -> None:
    """A caller may have its own."""
    assert debugger.title(99_999) == "Error 99999"


def test_the_titles_are_those_of_twilios_catalogue(spec: Path) -> None:
    """As far as the catalogue is at hand."""
    rows = json.loads((spec / "errors.json").read_text())["rows"]
    known = {row["code"]: row["catalogue_title"] for row in rows if "catalogue_title" in row}
    assert debugger.INVALID_CONTENT_TYPE in known
    for code in known.keys() & debugger.TITLES.keys():
        assert known[code] == debugger.title(code)
