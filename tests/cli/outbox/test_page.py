from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

from tests.cli.outbox.test_figures import MINUTE, row
from twilio_async.cli.outbox.figures import Figures
from twilio_async.cli.outbox.page import page

MADE = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)


class Reader(HTMLParser):
    """Collects the tags, and complains about what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def counted() -> Figures:
    """Figures in which there is something of everything."""
    found = Figures()
    for minute in range(3):
        found.add(row("accepted", began=(MINUTE + minute) * 60.0, took=0.3))
    found.add(row("rejected", began=MINUTE * 60.0, code=21614))
    found.add(row("rejected", began=MINUTE * 60.0, code=99999))
    found.add(row("unknown", began=MINUTE * 60.0))
    found.add(row("pending"))
    found.deliveries["delivered"] = 2
    return found


def test_the_page_holds_all_that_it_needs() -> None:
    """It loads nothing and runs nothing, and the browser is told to see to that; its tags are in order."""
    text = page("promo", counted(), made=MADE)
    reader = Reader(text)
    assert reader.open == []
    assert not {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe", "object", "form"}
    for _, attributes in reader.tags:
        assert not {"src", "srcset", "action"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
    policies = [found["content"] for tag, found in reader.tags if tag == "meta" and "http-equiv" in found]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]
    assert "url(" not in text
    assert "@import" not in text


def test_what_happened_is_shown() -> None:
    """The states, the minutes, the times and the codes with what to do."""
    text = page("promo", counted(), made=MADE)
    for shown in (
        "7 rows, 14 segments; 3 accepted",
        "By time",
        "Time to accept",
        "50% within",
        "21614",
        "landlines take no texts",
    ):
        assert shown in text, shown
    assert "https://www.twilio.com/docs/api/errors/99999" in text
    assert "delivered" in text
    assert len(re.findall("<rect", text)) == 4
    assert "2027-01-31 12:00:00 UTC" in text


def test_names_are_shown_and_not_obeyed() -> None:
    """A campaign may be called anything, and so may a status in a callback."""
    found = counted()
    found.deliveries["<script>alert(1)</script>"] = 1
    text = page("<img src=x onerror=alert(1)>", found, made=MADE)
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_nothing_sent_yet_is_a_page_too() -> None:
    """Without times, codes and minutes."""
    text = page("promo", Figures(), made=MADE)
    assert "Nothing was sent yet." in text
    assert Reader(text).open == []
