"""Records in order of time, and their pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.emulator.domain.collection import Collection, Window

START = datetime(2024, 5, 24, 12, 0, tzinfo=UTC)


class Thing(NamedTuple):
    sid: str
    version: int = 0


def collection_of(minutes: Iterable[int]) -> Collection[Thing]:
    """Things named by their number, each so many minutes after the start."""
    collection: Collection[Thing] = Collection()
    for number, minute in enumerate(minutes):
        collection.add(Thing(f"T{number}"), START + timedelta(minutes=minute))
    return collection


def sids(items: Iterable[Thing]) -> list[str]:
    """What a slice shows."""
    return [thing.sid for thing in items]


def test_the_newest_come_first_and_of_one_second_the_last_added() -> None:
    """The order is that of time, then of arrival."""
    collection = collection_of([2, 0, 1, 2])
    assert sids(collection.slice(10).items) == ["T3", "T0", "T2", "T1"]
    assert sids(collection) == ["T0", "T1", "T2", "T3"]
    assert collection.oldest().sid == "T1"
    assert len(collection) == 4


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 7))
def test_the_pages_of_a_collection_are_all_of_it_in_order(minutes: list[int], size: int) -> None:
    """Whatever the times and the page size, page after page gives each record once, and back again."""
    collection = collection_of(minutes)
    everything = sids(collection.slice(len(minutes) + 1).items)
    page = collection.slice(size)
    pages = [page]
    while page.older:
        page = collection.slice(size, after=page.items[-1].sid)
        pages.append(page)
    assert [sid for each in pages for sid in sids(each.items)] == everything
    for earlier, later in pairwise(pages):
        assert collection.slice(size, before=later.items[0].sid).items == earlier.items


def test_a_slice_says_whether_there_is_more() -> None:
    """On both sides, so that a page knows its neighbours."""
    collection = collection_of([0, 1, 2])
    assert collection.slice(2)[1:] == (False, True)
    assert collection.slice(2, after="T1")[1:] == (True, False)
    assert collection.slice(1, before="T0")[1:] == (True, True)
    assert collection.slice(3, before="T0")[1:] == (False, True)


def test_a_window_is_inclusive() -> None:
    """What happened in its first and in its last second belongs to it."""
    second = int(START.timestamp())
    collection = collection_of([0, 1, 2, 3])
    assert sids(collection.slice(10, Window(second + 60, second + 120)).items) == ["T2", "T1"]
    assert sids(collection.slice(10, Window(since=second + 121)).items) == ["T3"]
    assert sids(collection.slice(10, Window(until=second)).items) == ["T0"]


def test_a_filter_does_not_count_what_it_drops() -> None:
    """A page is as long as was asked for."""
    found = collection_of(range(10)).slice(2, keep=lambda thing: int(thing.sid[1:]) % 3 == 0)
    assert sids(found.items) == ["T9", "T6"]
    assert found.older


def test_new_records_do_not_disturb_a_reader() -> None:
    """What comes while somebody turns pages is on none of them."""
    collection = collection_of(range(4))
    collection.slice(2)
    collection.add(Thing("new"), START + timedelta(minutes=9))
    assert sids(collection.slice(2, after="T2").items) == ["T1", "T0"]


def test_a_reader_may_delete_what_he_has_read() -> None:
    """The sid of a deleted record is still a place to go on from."""
    collection = collection_of(range(4))
    collection.slice(2)
    collection.remove("T3")
    collection.remove("T2")
    assert collection.knows("T2")
    assert collection.get("T2") is None
    assert sids(collection.slice(2, after="T2").items) == ["T1", "T0"]


def test_a_record_that_moves_leaves_its_mark_where_a_page_ended() -> None:
    """A message that is sent between two pages moves up; the next page goes on where the last one ended."""
    collection = collection_of(range(4))
    collection.slice(2)
    collection.replace(Thing("T2", version=1), START + timedelta(minutes=9))
    assert sids(collection.slice(2, after="T2").items) == ["T1", "T0"]
    assert sids(collection.slice(1).items) == ["T2"]


def test_a_replaced_record_keeps_its_place_unless_it_gets_another() -> None:
    """Among those of its second too."""
    collection = collection_of([0, 0, 0])
    collection.replace(Thing("T1", version=1))
    collection.replace(Thing("T1", version=2), START)
    assert collection.slice(3).items == [Thing("T2"), Thing("T1", version=2), Thing("T0")]
    assert collection.get("T1") == Thing("T1", version=2)


def test_a_forgotten_record_was_never_there() -> None:
    """Unlike a deleted one."""
    collection = collection_of(range(2))
    collection.forget("T0")
    assert not collection.knows("T0")
    assert sids(collection) == ["T1"]


def test_a_record_may_come_again() -> None:
    """A number that was taken out of a pool can be put in again, at the end."""
    collection = collection_of(range(2))
    collection.remove("T0")
    collection.add(Thing("T0"), START + timedelta(minutes=9))
    assert sids(collection) == ["T1", "T0"]
    assert sids(collection.slice(2).items) == ["T0", "T1"]


def test_unknown_sids_are_errors() -> None:
    """Nothing is changed that is not there."""
    collection = collection_of([])
    assert collection.get("T0") is None
    for change in (collection.remove, collection.forget):
        with pytest.raises(KeyError):
            change("T0")
    with pytest.raises(IndexError):
        collection.oldest()


@given(st.lists(st.lists(st.integers(0, 5), max_size=10), max_size=4), st.integers(1, 7))
def test_several_collections_are_one_in_order(minutes: list[list[int]], size: int) -> None:
    """Each keeps its own order, and a page goes on although what it ended with was deleted meanwhile."""
    collections: list[Collection[Thing]] = []
    for letter, of_one in enumerate(minutes):
        collections.append(Collection())
        for number, minute in enumerate(of_one):
            collections[-1].add(Thing(f"T{letter}-{number}"), START + timedelta(minutes=minute))
    together = Collection[Thing].of_all(collections)
    everything = sids(together.slice(100).items)
    assert len(everything) == len(together) == sum(map(len, minutes))
    assert [together.second_of(sid) for sid in everything] == sorted(map(together.second_of, everything), reverse=True)
    for letter, collection in enumerate(collections):
        assert [sid for sid in everything if sid.startswith(f"T{letter}-")] == sids(collection.slice(100).items)
    for sid in everything[size - 1 : size]:
        collections[int(sid[1])].remove(sid)
        rest = Collection[Thing].of_all(collections).slice(100, after=sid)
        assert sids(rest.items) == everything[size:]
