"""How messages end badly."""

from __future__ import annotations

import json
import re
from pathlib import Path

from twilio_async.emulator.domain.delivery_errors import BAD_ENDS, bad_end

_STATUS = re.compile(r"final status (\w+)")


def test_the_table_is_the_reference(spec: Path) -> None:
    """Each code that can end a message is there, with the end that it has."""
    rows = json.loads((spec / "errors.json").read_text())["rows"]
    known = {
        row["code"]: found[1] for row in rows if row["scope"] == "delivery" and (found := _STATUS.match(row.get("note") or ""))
    }
    assert len(known) > 20
    assert {code: BAD_ENDS.get(code) for code in known} == known


def test_an_unknown_code_was_a_carriers() -> None:
    """Twilio's own errors are all in the table."""
    assert bad_end(39999) == "undelivered"
    assert bad_end(30001) == "failed"
