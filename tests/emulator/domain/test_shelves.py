"""What stands on shelves is found by its sid, exported and seeded, whatever its kind."""

from __future__ import annotations

from typing import Any, get_origin

import pytest
from msgspec.structs import fields

from tests.emulator.conftest import NOON
from twilio_async.emulator import Clock, Emulator
from twilio_async.emulator.api.whereabouts import Trace, traces_of
from twilio_async.emulator.domain.contents import Content
from twilio_async.emulator.domain.shelves import SHELVES, Shelved
from twilio_async.emulator.remote.snapshot import SeedError

KINDS = pytest.mark.parametrize(("section", "kind"), SHELVES.items(), ids=SHELVES)
GIVEN = frozenset({"sid", "account_sid", "date_created", "date_updated"})
"""What an entry need not say."""


def entry(kind: type[Shelved]) -> dict[str, Any]:
    """What an entry of a kind has to say."""
    record: Any = kind
    blanks: dict[Any, Any] = {str: "", dict: {}}
    required = {field.name: field.type for field in fields(record) if field.required}
    return {name: blanks.get(get_origin(type_) or type_, []) for name, type_ in required.items()} | {"sid": f"{kind.PREFIX}1"}


def record_of(kind: type[Shelved]) -> dict[str, Any]:
    """The same without what is given anyway."""
    return {name: value for name, value in entry(kind).items() if name not in GIVEN - {"sid"}}


def seeded(section: str, kind: type[Shelved]) -> Emulator:
    """An emulator that has one of a kind, and decides nothing by itself."""
    emulator = Emulator(clock=Clock(lambda: NOON), lifecycle="manual")
    emulator.seed({section: [record_of(kind)]})
    return emulator


@KINDS
def test_what_stands_on_a_shelf_is_exported_and_seeded(section: str, kind: type[Shelved]) -> None:
    """Letter by letter; and again with the same sid it is the same one, changed."""
    emulator, other = seeded(section, kind), Emulator(clock=Clock(lambda: NOON), lifecycle="manual")
    record = emulator.account.shelf(kind).get(f"{kind.PREFIX}1")
    assert record is not None
    assert (record.account_sid, record.date_created) == (emulator.account_sid, NOON)
    other.seed(emulator.export())
    assert other.export() == emulator.export()
    other.seed({section: [{"sid": record.sid}]})
    assert [*other.account.shelf(kind)] == [*emulator.account.shelf(kind)]


@KINDS
def test_what_an_entry_lacks_is_named(section: str, kind: type[Shelved]) -> None:
    """An entry that says too little is refused, and nothing is changed."""
    emulator = Emulator()
    before = [*emulator.account.shelf(kind)]
    for missing in record_of(kind).keys() - {"sid"}:
        given = {name: value for name, value in record_of(kind).items() if name != missing}
        with pytest.raises(SeedError, match=f"`{missing}`.*{section}"):
            emulator.seed({section: [given]})
    assert [*emulator.account.shelf(kind)] == before


@KINDS
def test_what_stands_on_a_shelf_is_found_by_its_sid(section: str, kind: type[Shelved]) -> None:
    """For whoever looks for it in the wrong place, also when it is gone."""
    emulator = seeded(section, kind)
    account = emulator.account
    assert traces_of(f"{kind.PREFIX}1", [account]) == [Trace(account.sid)]
    account.shelf(kind).remove(f"{kind.PREFIX}1")
    assert traces_of(f"{kind.PREFIX}1", [account]) == [Trace(account.sid, gone=True)]


def test_what_an_emulator_begins_with_is_there_until_a_document_says_otherwise() -> None:
    """A document of the whole state that names records of a kind names all of them."""
    emulator, other = Emulator(), Emulator()
    assert [content.sid for content in other.account.shelf(Content)] == [other.content_sid]
    other.seed({"replaces": True, "brands": []})
    assert [content.sid for content in other.account.shelf(Content)] == [other.content_sid]
    emulator.account.shelf(Content).remove(emulator.content_sid)
    other.seed(emulator.export())
    assert [*other.account.shelf(Content)] == []
