"""What an application answered to an inbound message: the verbs of TwiML, read without trusting a byte of it. Pure.

https://www.twilio.com/docs/messaging/twiml
"""

from __future__ import annotations

from typing import Final, NoReturn, TypeAlias
from urllib.parse import urljoin, urlsplit
from xml.parsers import expat

from msgspec import Struct

from twilio_async.emulator.applications import debugger
from twilio_async.emulator.applications.errands import Method

MAX_SIZE: Final = 64 * 1024
"""Bytes of a document."""
MAX_DEPTH: Final = 32
"""Elements within elements."""
MAX_BODY: Final = 1600
"""Characters of a message."""
MAX_MEDIA: Final = 10
"""Files of a message."""
MAX_REPLIES: Final = 10
"""Messages that one inbound message may be answered with, over all documents (14109)."""
MAX_DOCUMENTS: Final = 50
"""Documents that one inbound message may lead to (14106)."""

_XML: Final = frozenset({"text/xml", "application/xml", "text/html"})
_CHARSETS: Final = frozenset({"utf-8", "utf-16", "iso-8859-1", "us-ascii"})
_ATTRIBUTES: Final = {
    "Message": frozenset({"to", "from", "action", "method", "statusCallback"}),
    "Redirect": frozenset({"method"}),
}
_FOREIGN: Final = ("xml", "xsi:")
"""How the attributes begin that are XML's own business."""
_VERBS_OF_VOICE: Final = frozenset(
    {
        "Connect", "Dial", "Echo", "Enqueue", "Gather", "Hangup", "Leave", "Pause", "Pay", "Play", "Prompt", "Queue", "Record",
        "Refer", "Reject", "Say", "Start", "Stop",
    }
)  # fmt: skip


class Problem(Struct, frozen=True):
    """Something wrong with a document.

    Attributes:
        code: of Twilio's debugger.
        detail: what it is, and where.
    """

    code: int
    detail: str

    @property
    def title(self) -> str:
        """What the code means."""
        return debugger.title(self.code)


class Message(Struct, frozen=True, kw_only=True):
    """Send a message.

    Attributes:
        body: its text; `None` if there are files only.
        media: URLs of files.
        to: whom to; `None` for whoever wrote.
        from_: whom from; `None` for the number that was written to.
        action: who hears of the message's states.
        method: how *action* is called.
        status_callback: what *action* was called before.
    """

    body: str | None = None
    media: tuple[str, ...] = ()
    to: str | None = None
    from_: str | None = None
    action: str | None = None
    method: Method = "POST"
    status_callback: str | None = None

    def __repr__(self) -> str:
        """Without what is in it, which is people's."""
        return f"<Message of {len(self.body or '')} characters and {len(self.media)} files>"


class Redirect(Struct, frozen=True, kw_only=True):
    """Go on with another document.

    Attributes:
        url: where it is.
        method: how it is asked for.
    """

    url: str
    method: Method = "POST"


Verb: TypeAlias = Message | Redirect


class Twiml(Struct, frozen=True):
    """A document that has been read.

    Attributes:
        verbs: what to do, in order; a redirect is the last.
        warnings: what was passed over.
        error: why nothing is to be done at all; `None` if the document could be read.
    """

    verbs: tuple[Verb, ...] = ()
    warnings: tuple[Problem, ...] = ()
    error: Problem | None = None


def read_twiml(status: int, content_type: str, body: bytes, *, url: str = "") -> Twiml:
    """Read what an application answered.

    Args:
        status: of the answer; 204 has nothing to read.
        content_type: of the answer, with its parameters.
        body: any bytes at all.
        url: where the answer came from; relative URLs in it are relative to this.

    Returns:
        What to do; whatever the bytes are, there is no exception.
    """
    if status == 204 or not body.strip():
        return Twiml()
    if len(body) > MAX_SIZE:
        return _failed(debugger.BODY_TOO_LARGE, f"the document has more than {MAX_SIZE} bytes")
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    if kind == "text/plain":
        return Twiml(_text(body, _charset(parameters)))
    if kind not in _XML:
        return _failed(debugger.INVALID_CONTENT_TYPE, f"{kind[:60] or 'nothing'!r} is no content type of TwiML")
    try:
        root = _parsed(body, _charset(parameters))
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        return _failed(debugger.PARSE_FAILURE, f"{words}, in line {error.lineno}, column {error.offset + 1}")
    except (_RefusedError, LookupError, ValueError) as error:  # an encoding may be unknown, or one that XML cannot have
        return _failed(debugger.PARSE_FAILURE, str(error) if isinstance(error, _RefusedError) else "its encoding is unknown")
    return _Reader(url).read(root)


def _failed(code: int, detail: str) -> Twiml:
    return Twiml(error=Problem(code, detail))


def _text(body: bytes, charset: str | None) -> tuple[Verb, ...]:
    text = body.decode(charset or "utf-8", "replace").strip()
    return (Message(body=text[:MAX_BODY]),) if text else ()


def _charset(parameters: str) -> str | None:
    """The charset among a content type's parameters, if it is one that every parser knows."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and (charset := value.strip(' "').lower()) in _CHARSETS:
            return charset
    return None


# --- bytes to elements ---------------------------------------------------------------------------------------------------


class _RefusedError(Exception):
    """The document is XML, but none that is read here."""


class _Element:
    __slots__ = ("attributes", "children", "line", "name", "texts")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.texts: list[str] = []
        self.children: list[_Element] = []

    @property
    def text(self) -> str:
        """What stands in it, without what stands in its children and without blanks around it."""
        return "".join(self.texts).strip()

    @property
    def place(self) -> str:
        """Which it is, and where."""
        return f"<{self.name[:40]}> in line {self.line}"


def _parsed(body: bytes, charset: str | None) -> _Element:
    parser = expat.ParserCreate(charset)
    parser.buffer_text = True
    above = [_Element("", {}, 0)]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(above) > MAX_DEPTH:
            raise _RefusedError(f"elements are nested deeper than {MAX_DEPTH}, in line {parser.CurrentLineNumber}")
        element = _Element(name, attributes, parser.CurrentLineNumber)
        above[-1].children.append(element)
        above.append(element)

    def end(_name: str) -> None:
        above.pop()

    def text(data: str) -> None:
        above[-1].texts.append(data)

    def doctype(*_: object) -> NoReturn:
        # Without a document type there are no entities, neither such that explode nor such that read files.
        raise _RefusedError("a document type is not allowed")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(body, True)  # noqa: FBT003  # pyexpat takes no keywords
    root = above[0].children[0]
    if root.name != "Response":
        raise _RefusedError(f"the root is {root.place}, not <Response>")
    return root


# --- elements to verbs ---------------------------------------------------------------------------------------------------


class _Reader:
    """Reads verbs, and collects what is wrong with them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._warnings: list[Problem] = []

    def read(self, root: _Element) -> Twiml:
        """All of a document, up to a redirect."""
        self._check_attributes(root)
        if root.text:
            self._warn(debugger.SCHEMA_WARNING, f"text outside of a verb, {root.place}")
        verbs: list[Verb] = []
        for element in root.children:
            verb = self._verb(element)
            if verb is not None:
                verbs.append(verb)
            if isinstance(verb, Redirect):
                break
        return Twiml(tuple(verbs), tuple(self._warnings))

    def _verb(self, element: _Element) -> Verb | None:
        if element.name in {"Message", "Sms"}:
            return self._message(element)
        if element.name == "Redirect":
            return self._redirect(element)
        code = debugger.INVALID_VERB if element.name in _VERBS_OF_VOICE else debugger.SCHEMA_WARNING
        self._warn(code, f"unknown verb {element.place}")
        return None

    def _message(self, element: _Element) -> Message | None:
        self._check_attributes(element)
        body, media = self._content(element)
        if len(body) > MAX_BODY:
            self._warn(debugger.INVALID_BODY, f"more than {MAX_BODY} characters, {element.place}")
            return None
        if not body and not media:
            self._warn(debugger.INVALID_BODY, f"neither text nor files, {element.place}")
            return None
        return Message(
            body=body or None,
            media=media,
            to=element.attributes.get("to") or None,
            from_=element.attributes.get("from") or None,
            action=self._callback(element, "action"),
            method=self._method(element, debugger.INVALID_METHOD),
            status_callback=self._callback(element, "statusCallback"),
        )

    def _content(self, message: _Element) -> tuple[str, tuple[str, ...]]:
        bodies = [message.text] if message.text else []
        media: list[str] = []
        for child in message.children:
            self._check_attributes(child)
            if child.children or child.name not in {"Body", "Media"}:
                self._warn(debugger.SCHEMA_WARNING, f"unknown element {child.place}")
            if child.name == "Body":
                bodies.append(child.text)
            elif child.name == "Media" and (url := self._resolved(child.text)):
                media.append(url)
            elif child.name == "Media":
                self._warn(debugger.SCHEMA_WARNING, f"no URL of a file, {child.place}")
        if len(bodies) > 1:
            self._warn(debugger.SCHEMA_WARNING, f"more than one text, {message.place}")
        if len(media) > MAX_MEDIA:
            self._warn(debugger.SCHEMA_WARNING, f"more than {MAX_MEDIA} files, {message.place}")
        return (bodies[0] if bodies else ""), tuple(media[:MAX_MEDIA])

    def _redirect(self, element: _Element) -> Redirect | None:
        self._check_attributes(element)
        for child in element.children:
            self._warn(debugger.SCHEMA_WARNING, f"unknown element {child.place}")
        # Without a URL the same document is asked for again.
        url = self._resolved(element.text or self._url)
        if url is None:
            self._warn(debugger.INVALID_URL, f"no URL to go on with, {element.place}")
            return None
        return Redirect(url=url, method=self._method(element, debugger.SCHEMA_WARNING))

    def _check_attributes(self, element: _Element) -> None:
        known = _ATTRIBUTES.get("Message" if element.name == "Sms" else element.name, frozenset())
        for name in element.attributes:
            if name not in known and not name.startswith(_FOREIGN):
                self._warn(debugger.SCHEMA_WARNING, f"unknown attribute {name[:40]!r}, {element.place}")

    def _method(self, element: _Element, code: int) -> Method:
        match element.attributes.get("method", "POST").upper():
            case "GET":
                return "GET"
            case "POST":
                return "POST"
            case _:
                self._warn(code, f"the method is neither GET nor POST, {element.place}")
                return "POST"

    def _callback(self, element: _Element, name: str) -> str | None:
        said = element.attributes.get(name)
        if not said:
            return None
        code = debugger.INVALID_STATUS_CALLBACK if name == "statusCallback" else debugger.SCHEMA_WARNING
        url = self._resolved(said)
        if url is None:
            self._warn(code, f"{name} is no URL, {element.place}")
        return url

    def _resolved(self, said: str) -> str | None:
        """An absolute URL; `None` if that is none."""
        try:
            url = urljoin(self._url, said.strip()) if said.strip() else ""
            parts = urlsplit(url)
        except ValueError:
            return None
        return url if parts.scheme in {"http", "https"} and parts.netloc else None

    def _warn(self, code: int, detail: str) -> None:
        self._warnings.append(Problem(code, detail))
