"""The media of messages."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from urllib.parse import urlsplit

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import rfc2822, window
from twilio_async.emulator.api.paging import PARAMETERS, envelope_2010, turn
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.records import Media, Message
from twilio_async.emulator.domain.state import State

FOLDER = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media"
FILTERS = ("DateCreated", "DateCreated<", "DateCreated>")
UNKNOWN_TYPE = "application/octet-stream"

# The types that Python knows by itself, so that they do not depend on what is installed on the machine.
_TYPES = mimetypes.MimeTypes()

routes: Routes = Routes()
contents: Routes = Routes()
"""The same resources without ``.json``: no operation of Twilio's documents, but where the files are."""


def attach(state: State, account: Account, message: Message, urls: Sequence[str]) -> None:
    """Give a new message its media. They are not fetched: their type is what the end of the URL says."""
    if not urls:
        return
    collection = account.media[message.sid] = Collection()
    for url in urls:
        media = Media(
            sid=f"ME{state.unique()}",
            account_sid=message.account_sid,
            parent_sid=message.sid,
            content_type=content_type(state, url),
            url=url,
            date_created=message.date_created,
            date_updated=message.date_created,
        )
        collection.add(media, message.date_created)


def content_type(state: State, url: str) -> str:
    """The type of the file at *url*: as registered, else as its suffix says."""
    hosted = state.hosted_media.get(url)
    return hosted.content_type if hosted else _TYPES.guess_type(urlsplit(url).path)[0] or UNKNOWN_TYPE


def _uri(media: Media) -> str:
    return f"/2010-04-01/Accounts/{media.account_sid}/Messages/{media.parent_sid}/Media/{media.sid}"


def _content(media: Media) -> dict[str, object]:
    return {
        "account_sid": media.account_sid,
        "content_type": media.content_type,
        "date_created": rfc2822(media.date_created),
        "date_updated": rfc2822(media.date_updated),
        "parent_sid": media.parent_sid,
        "sid": media.sid,
        "uri": f"{_uri(media)}.json",
    }


def _all_media(call: Call) -> Collection[Media]:
    return call.account.media.get(call.message("MessageSid").sid, Collection())


def _media(call: Call) -> Media:
    media = _all_media(call).get(call.sids["Sid"])
    if media is None:
        raise call.not_found()
    return media


@routes.get("ListMedia", f"{FOLDER}.json", *FILTERS, *PARAMETERS)
def list_media(call: Call) -> Answer:
    """The media of a message, the newest first."""
    collection = _all_media(call)
    asked = turn(call, collection)
    when = window(call.text("DateCreated"), call.text("DateCreated<"), call.text("DateCreated>"))
    if when is None:
        raise errors.INVALID_PARAMETER.error(name="DateCreated")
    found = collection.slice(asked.size, when, after=asked.after, before=asked.before)
    return envelope_2010(call, "media_list", FILTERS, asked, found, _content)


@routes.get("FetchMedia", f"{FOLDER}/{{Sid}}.json")
def fetch_media(call: Call) -> Answer:
    """What is known about one file."""
    return Answer(content=_content(_media(call)))


@contents.get("FetchMediaContent", f"{FOLDER}/{{Sid}}")
def fetch_media_content(call: Call) -> Answer:
    """The file itself is on another host, where nobody must send his credentials to."""
    return Answer(307, headers={"Location": call.state.media_origin + _uri(_media(call))})


@routes.delete("DeleteMedia", f"{FOLDER}/{{Sid}}.json")
def delete_media(call: Call) -> Answer:
    """Delete one file; the message stays."""
    _all_media(call).remove(_media(call).sid)
    return Answer(204)
