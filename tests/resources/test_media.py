"""Media over a real socket: lists, metadata and deletes. What the content is and how it streams is `test_download`'s."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from twilio_async import AsyncSession, InvalidArgument, MediaItem, Message, NotFound
from twilio_async._operation import Options
from twilio_async.emulator import Emulator
from twilio_async.resources.media import Media

UNKNOWN = "ME" + "0" * 32
NEW_YORK = dt.timezone(dt.timedelta(hours=-5))
LISTED_AS: dict[str, tuple[Any, str, str]] = {
    "date_created": (dt.date(2026, 3, 10), "DateCreated", "2026-03-10"),
    "date_created_before": (dt.datetime(2026, 3, 10, 7, 0, tzinfo=NEW_YORK), "DateCreated<", "2026-03-10T12:00:00Z"),
    "date_created_after": (dt.date(2026, 3, 10), "DateCreated>", "2026-03-10"),
}
"""A value for each filter, and its name and value on the wire."""


@pytest.fixture
async def album(twilio: AsyncSession, emulator: Emulator) -> Message:
    """A message with five pictures and nothing else."""
    urls = [f"https://example.com/{number}.{suffix}" for number, suffix in enumerate(("png", "jpg", "gif", "pdf", "unknown"))]
    return await twilio.messages.create(to="+15558675310", from_=emulator.number, media_url=urls)


def test_the_table_names_every_filter() -> None:
    """No filter goes without a try on the wire."""
    own = Media.operations["list"].arguments - Options.__annotations__.keys()
    assert LISTED_AS.keys() == own - {"message_sid"}


@pytest.mark.parametrize("argument", sorted(LISTED_AS))
async def test_each_filter_goes_out_under_twilio_s_name(
    argument: str, twilio: AsyncSession, emulator: Emulator, album: Message
) -> None:
    """A filter stands in the query, beside the page size and nothing else."""
    value, name, sent = LISTED_AS[argument]
    await twilio.media.list(album.sid, **{argument: value})
    assert emulator.requests[-1].query == ((name, sent), ("PageSize", "1000"))


async def test_filters_say_which_items_come(twilio: AsyncSession, emulator: Emulator, album: Message) -> None:
    """A day is a UTC day, and bounds are inclusive."""
    created = album.date_created
    assert created is not None
    day = dt.timedelta(days=1)
    for filters, count in (
        ({"date_created": created.date()}, 5),
        ({"date_created": created.date() - day}, 0),
        ({"date_created_after": created}, 5),
        ({"date_created_after": created + dt.timedelta(seconds=1)}, 0),
        ({"date_created_before": created}, 5),
        ({"date_created_before": created.date()}, 0),
    ):
        arguments: dict[str, Any] = {**filters}
        assert len(await twilio.media.list(album.sid, **arguments)) == count, filters


async def test_an_item_is_read_into_values(twilio: AsyncSession, emulator: Emulator, album: Message) -> None:
    """What a list gives and what a fetch gives are the same, and times are aware."""
    listed = await twilio.media.list(album.sid).to_list()
    assert {item.sid for item in listed} == {media.sid for media in emulator.media(album.sid)}
    assert {item.content_type for item in listed} == {
        "image/png", "image/jpeg", "image/gif", "application/pdf", "application/octet-stream",
    }  # fmt: skip
    for item in listed:
        assert isinstance(item, MediaItem)
        assert await twilio.media.fetch(album.sid, item.sid) == item
        assert (item.parent_sid, item.account_sid) == (album.sid, emulator.account_sid)
        assert item.date_created == item.date_updated == album.date_created
        assert item.uri == f"/2010-04-01/Accounts/{emulator.account_sid}/Messages/{album.sid}/Media/{item.sid}.json"


async def test_items_are_listed_page_by_page(twilio: AsyncSession, emulator: Emulator, album: Message) -> None:
    """Each comes once, whatever the size of the pages, and a list goes on where a page ended."""
    whole = [item.sid async for item in twilio.media.list(album.sid)]
    assert [item.sid async for item in twilio.media.list(album.sid, page_size=2)] == whole
    assert [item.sid async for item in twilio.media.list(album.sid, page_size=2, limit=3)] == whole[:3]
    first = await twilio.media.list(album.sid, page_size=2)
    assert [item.sid async for item in twilio.media.list(album.sid, resume=first.token)] == whole[2:]


async def test_a_text_has_no_media(twilio: AsyncSession, emulator: Emulator) -> None:
    """An empty list is no error."""
    text = emulator.add_message(body="Only words.")
    assert await twilio.media.list(text.sid).to_list() == []


async def test_one_item_can_be_deleted(twilio: AsyncSession, emulator: Emulator, album: Message) -> None:
    """The others stay, and the second time there is nothing to delete."""
    first, *others = [media.sid for media in emulator.media(album.sid)]
    await twilio.media.delete(album.sid, first)
    assert [media.sid for media in emulator.media(album.sid)] == others
    with pytest.raises(NotFound):
        await twilio.media.delete(album.sid, first)


async def test_a_delete_whose_answer_was_lost_has_been_done(twilio: AsyncSession, emulator: Emulator, album: Message) -> None:
    """The repeat's 404 is the success of the first try."""
    emulator.faults.add("DELETE /Media/", kind="accept_then_500", times=1)
    await twilio.media.delete(album.sid, emulator.media(album.sid)[0].sid)
    assert len(emulator.media(album.sid)) == 4


async def test_what_does_not_exist_is_not_found(twilio: AsyncSession, album: Message) -> None:
    """An unknown item and an unknown message are told in the same way."""
    for message_sid, sid in ((album.sid, UNKNOWN), ("MM" + "0" * 32, UNKNOWN)):
        for call in (twilio.media.fetch, twilio.media.delete):
            with pytest.raises(NotFound) as caught:
                await call(message_sid, sid)
            assert caught.value.code == 20404
    with pytest.raises(NotFound):
        await twilio.media.list("MM" + "0" * 32)


@pytest.mark.parametrize("sid", ["", ".", "..", "ME/../..", "ME?x", "ME#x", None, b"ME"])
async def test_a_sid_that_leads_elsewhere_is_refused(sid: Any, twilio: AsyncSession, emulator: Emulator) -> None:
    """Both parts of the path are checked before anything goes out, also for a download."""
    for call in (twilio.media.fetch, twilio.media.delete, twilio.media.download):
        for sids in ((sid, UNKNOWN), (UNKNOWN, sid)):
            with pytest.raises(InvalidArgument):
                await call(*sids)  # type: ignore[misc]  # a download is refused before there is one to enter
    assert emulator.requests == []
