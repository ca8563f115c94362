"""Media: the pictures and files of messages.

See https://www.twilio.com/docs/messaging/api/media-resource.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Unpack

import msgspec

from twilio_async._download import Download
from twilio_async._operation import CORE, Options, Paging, Resource, Wire, delete, download, get, pages
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages


class MediaItem(msgspec.Struct, frozen=True, kw_only=True):
    """One picture or file of a message."""

    sid: str
    account_sid: str | None = None
    parent_sid: str | None = None
    """The message's sid."""
    content_type: str | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    uri: str | None = None


class Media(Resource, at=CORE):
    """The media of a message (``session.media``); what is not there is `NotFound` (20404).

    Args of its operations:
        message_sid: the message's sid.
        sid: the item's sid (``ME…``).
    """

    @get("Messages/{message_sid}/Media/{sid}.json")
    async def fetch(self, message_sid: str, sid: str, **options: Unpack[Options]) -> MediaItem:
        """What is known of one item; `download` gets its content."""
        ...

    @delete("Messages/{message_sid}/Media/{sid}.json")
    async def delete(self, message_sid: str, sid: str, **options: Unpack[Options]) -> None:
        """Delete one item. Safe to repeat."""
        ...

    @download("Messages/{message_sid}/Media/{sid}")
    def download(self, message_sid: str, sid: str, *, timeout: float = 30.0) -> Download:
        """The content of one item, as a stream.

        ::

            async with twilio.media.download("MM…", "ME…") as stream:
                async for chunk in stream:
                    file.write(chunk)

        Twilio answers with a redirect to the host that stores it; the credentials do not go there.

        Args:
            timeout: seconds until the first bytes, and between any two chunks. Default 30.

        Returns:
            A stream, to be entered with ``async with``.

        Raises:
            InvalidArgument: an argument cannot be right.
        """
        ...

    @pages("Messages/{message_sid}/Media.json", key="media_list")
    def list(
        self,
        message_sid: str,
        *,
        date_created: date | datetime | None = None,
        date_created_before: Annotated[date | datetime | None, Wire("DateCreated<")] = None,
        date_created_after: Annotated[date | datetime | None, Wire("DateCreated>")] = None,
        **paging: Unpack[Paging],
    ) -> Pages[MediaItem]:
        """The media of one message.

        Args:
            date_created: only items created on this UTC day.
            date_created_before: only items created at or before this time.
            date_created_after: only items created at or after this time.
        """
        ...
