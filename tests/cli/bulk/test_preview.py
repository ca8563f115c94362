from __future__ import annotations

from rich.console import Console

from twilio_async.cli.bulk.check import Findings
from twilio_async.cli.bulk.preview import bad_line, preview
from twilio_async.cli.bulk.roll import Bad, Good, Roll


def printed(findings: Findings, roll: Roll) -> str:
    """The preview as text."""
    console = Console(width=120, color_system=None)
    with console.capture() as capture:
        console.print(preview(findings, roll, "+15017122661"))
    return capture.get()


def test_first_texts_totals_and_the_dearest_row_are_shown() -> None:
    """With the characters that make it dear; numbers are masked, and nothing moves the cursor."""
    findings = Findings(unused=["city"])
    with Roll() as roll:
        for line, body in enumerate(["Hi\x1b[2J Ann", "Hi Bob", "Hi Cy", "Hi “Di” " * 20], 2):
            row = Good(line, f"+1415555{line:04}", None, body)
            roll.add(row)
            findings.take(row, 1 if len(body) < 100 else 3)
        roll.add_bad(Bad(9, "", "", "to", "empty", []))
        text = printed(findings, roll)
    assert "line 2 to …0002  Hi\\x1b[2J Ann" in text
    assert "line 4 to" in text
    assert "line 5 to" not in text
    assert "4 rows to send, 1 that cannot be sent" in text
    assert "6 in all: 3 × 1, 1 × 3" in text
    assert "line 5: 3 segments, UCS-2 because of '“', '”'" in text
    assert "Not used  city" in text
    assert "+1415555" not in text


def test_a_long_text_is_cut_short() -> None:
    """A terminal has only so many lines."""
    findings = Findings()
    with Roll() as roll:
        row = Good(2, "+1", None, "#" * 1600)
        findings.take(row, 11)
        assert printed(findings, roll).count("#") == 300


def test_a_row_that_cannot_be_sent_is_told_in_one_line() -> None:
    """Line, column and reason; a column's name cannot move the cursor either."""
    assert bad_line(Bad(1200, "", "", "to\x1b", "empty", [])) == "line 1,200, to\\x1b: empty"
    assert bad_line(Bad(3, "", "", "", "cannot be read", [])) == "line 3: cannot be read"
