"""What an application answers to an inbound message: the messaging verbs of TwiML, Twilio's XML.

::

    twiml.MessagingResponse("Thanks!")  # a reply to whoever wrote
    twiml.MessagingResponse(twiml.Message("Your map.", media_url="/map.png"))
    twiml.MessagingResponse()  # received, and nothing to say

Send `MessagingResponse.to_bytes` with the content type `CONTENT_TYPE`: Twilio takes XML only for what it is labelled, and
a message in an answer that it cannot read is lost (its error 12300). Values are immutable, compare by what they say, and
are checked as they are made, so that the line which holds the mistake is the one that raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from twilio_async.errors import InvalidArgument

CONTENT_TYPE: Final = "text/xml"
"""The media type of an answer. The document itself says that it is UTF-8."""

Method: TypeAlias = Literal["GET", "POST"]

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
_MESSAGES_MOST = 10  # Twilio drops those beyond (its error 14109)
_MEDIA_MOST = 10

# XML 1.0 has no way to write these, not even as a reference: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# A parser makes "\r\n" and "\r" of a text one "\n", and every line break and tab of an attribute a space, unless they are
# written as references.
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Message:
    """Send a text or media message (``<Message>``).

    Args:
        body: the text; may be left out where there are media.
        media_url: URL of a picture or other file to send, or up to 10 of them; relative to the webhook's own, or absolute.
        to: recipient, E.164 or a channel address. Default: whoever wrote.
        from_: sender, E.164 or a channel address. Default: the number that was written to.
        action: URL that gets the message's status callbacks; relative or absolute.
        method: how Twilio calls *action*. Default: POST.
        status_callback: Twilio's older name for *action*.

    Raises:
        InvalidArgument: no *body* and no media, an empty URL or address, more than 10 media, another *method*, or a
            character that XML cannot hold (a control character, half of a surrogate pair); the message names argument and
            position.
    """

    body: str | None
    media_url: tuple[str, ...]
    to: str | None
    from_: str | None
    action: str | None
    method: Method | None
    status_callback: str | None

    def __init__(
        self,
        body: str | None = None,
        *,
        media_url: str | Sequence[str] | None = None,
        to: str | None = None,
        from_: str | None = None,
        action: str | None = None,
        method: Method | None = None,
        status_callback: str | None = None,
    ) -> None:
        media = (media_url,) if isinstance(media_url, str) else tuple(media_url or ())
        if not body and not media:
            raise InvalidArgument("body: a message says something or shows something", argument="body")
        if len(media) > _MEDIA_MOST:
            raise InvalidArgument(f"media_url: {len(media)} given, a message takes {_MEDIA_MOST}", argument="media_url")
        if body is not None:
            _check_text("body", body)
        for number, url in enumerate(media):
            _check_filled("media_url" if isinstance(media_url, str) else f"media_url[{number}]", url)
        for name, value in (("to", to), ("from_", from_), ("action", action), ("status_callback", status_callback)):
            if value is not None:
                _check_filled(name, value)
        _check_method(method)
        _set(
            self, body=body, media_url=media, to=to, from_=from_, action=action, method=method, status_callback=status_callback
        )

    def __repr__(self) -> str:
        # What it says and to whom is private: it does not belong into logs.
        return f"<Message body={len(self.body or '')} characters media={len(self.media_url)}>"

    def __str__(self) -> str:
        """The element, without a declaration."""
        attributes = {
            "to": self.to,
            "from": self.from_,
            "action": self.action,
            "method": self.method,
            "statusCallback": self.status_callback,
        }
        text = _escaped(self.body or "")
        if self.media_url:  # beside another element the text needs one of its own
            text = (text and f"<Body>{text}</Body>") + "".join(f"<Media>{_escaped(url)}</Media>" for url in self.media_url)
        return _element("Message", attributes, text)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Redirect:
    """Go on with the TwiML of another URL (``<Redirect>``). Nothing after it is read.

    Args:
        url: where that TwiML is; relative to the webhook's own URL, or absolute.
        method: how Twilio calls *url*. Default: POST.

    Raises:
        InvalidArgument: an empty *url*, another *method*, or a character that XML cannot hold.
    """

    url: str
    method: Method | None

    def __init__(self, url: str, *, method: Method | None = None) -> None:
        _check_filled("url", url)
        _check_method(method)
        _set(self, url=url, method=method)

    def __repr__(self) -> str:
        # The URL may carry a password.
        return "<Redirect>"

    def __str__(self) -> str:
        """The element, without a declaration."""
        return _element("Redirect", {"method": self.method}, _escaped(self.url))


Verb: TypeAlias = Message | Redirect


@dataclass(frozen=True, slots=True, init=False, repr=False)
class MessagingResponse:
    """The answer to an inbound message (``<Response>``).

    Args:
        verbs: what Twilio shall do, in order; a ``str`` is a `Message` of that text to whoever wrote. Without any, Twilio
            knows that the message was received, and sends nothing. At most 10 messages; a `Redirect` stands last.

    Raises:
        InvalidArgument: more than 10 messages, something after a `Redirect` (it would never be read), or something that is
            neither a verb nor a text.
    """

    verbs: tuple[Verb, ...]

    def __init__(self, *verbs: Verb | str) -> None:
        said = tuple(Message(verb) if isinstance(verb, str) else verb for verb in verbs)
        for number, verb in enumerate(said):
            if not isinstance(verb, Message | Redirect):
                raise InvalidArgument(
                    f"verbs[{number}]: expected Message, Redirect or str, got {type(verb).__name__}", argument="verbs"
                )
            if isinstance(verb, Redirect) and number + 1 < len(said):
                raise InvalidArgument(f"verbs[{number + 1}]: nothing after a Redirect is read", argument="verbs")
        messages = sum(isinstance(verb, Message) for verb in said)
        if messages > _MESSAGES_MOST:
            raise InvalidArgument(f"verbs: {messages} messages given, an answer takes {_MESSAGES_MOST}", argument="verbs")
        _set(self, verbs=said)

    def __repr__(self) -> str:
        return f"<MessagingResponse {list(self.verbs)}>"

    def __str__(self) -> str:
        """The document without a declaration, as text has no encoding to declare."""
        return _element("Response", {}, "".join(map(str, self.verbs)))

    def to_bytes(self) -> bytes:
        """The document as it is sent: UTF-8 that says so. Its content type is `CONTENT_TYPE`."""
        return _DECLARATION + str(self).encode()


def _check_text(argument: str, text: str) -> None:
    if not isinstance(text, str):
        raise InvalidArgument(f"{argument}: expected str, got {type(text).__name__}", argument=argument)
    if found := _NOT_XML.search(text):
        raise InvalidArgument(f"{argument}[{found.start()}] is U+{ord(found[0]):04X}: XML cannot hold it", argument=argument)


def _check_filled(argument: str, text: str) -> None:
    _check_text(argument, text)
    if not text.strip():
        raise InvalidArgument(f"{argument}: empty", argument=argument)


def _check_method(method: str | None) -> None:
    if method not in (None, "GET", "POST"):
        raise InvalidArgument(f"method: expected 'GET' or 'POST', got {method!r}", argument="method")


def _set(value: Message | Redirect | MessagingResponse, **fields: object) -> None:
    """Fill a frozen value, once, from its constructor."""
    for name, field in fields.items():
        object.__setattr__(value, name, field)


def _escaped(text: str) -> str:
    return text.translate(_IN_TEXT)


def _element(name: str, attributes: dict[str, str | None], content: str) -> str:
    """An element in XML; attributes that are ``None`` are left out, *content* is XML already."""
    written = "".join(f' {key}="{value.translate(_IN_ATTRIBUTE)}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"
