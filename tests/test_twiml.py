"""`twilio_async.twiml`: what an application answers, judged by the official client and by an XML parser."""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import partial
from typing import Any, Literal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml import messaging_response as official

from twilio_async import twiml
from twilio_async.errors import InvalidArgument
from twilio_async.twiml import Message, MessagingResponse, Redirect

Tree = tuple[str, dict[str, str], str, list[Any]]

# XML's own definition of a character, written from the ranges that it leaves out.
LEGAL = st.characters(
    exclude_categories=["Cs"], exclude_characters=[chr(code) for code in {*range(32), 0xFFFE, 0xFFFF} - {9, 10, 13}]
)
TEXTS = st.text(LEGAL, min_size=1)
SPELT_OUT = TEXTS.filter(lambda text: bool(text.strip()))
METHODS = st.sampled_from([None, "GET", "POST"])
MESSAGES = st.fixed_dictionaries(
    {"body": st.none() | TEXTS, "media_url": st.lists(SPELT_OUT, max_size=10), "method": METHODS}
    | {name: st.none() | SPELT_OUT for name in ("to", "from_", "action", "status_callback")}
).filter(lambda message: bool(message["body"] or message["media_url"]))
REDIRECTS = st.fixed_dictionaries({"url": SPELT_OUT, "method": METHODS})


def tree(document: bytes | str) -> Tree:
    """What a parser makes of *document*; white space is text as any other."""

    def seen(element: ET.Element) -> Tree:
        return element.tag, dict(element.attrib), element.text or "", [seen(child) for child in element]

    return seen(ET.fromstring(document))


@given(messages=st.lists(MESSAGES, max_size=10), redirect=st.none() | REDIRECTS)
def test_an_answer_is_the_same_tree_as_that_of_the_official_client(
    messages: list[dict[str, Any]], redirect: dict[str, Any] | None
) -> None:
    """Whatever is said, Twilio reads from our bytes what it reads from the official client's."""
    theirs = official.MessagingResponse()
    ours: list[Message | Redirect] = []
    for fields in messages:
        ours.append(Message(**fields))
        plain = {name: value for name, value in fields.items() if name not in {"body", "media_url"}}
        written = theirs.message(None if fields["media_url"] else fields["body"], **plain)
        if fields["media_url"] and fields["body"]:
            written.body(fields["body"])
        for url in fields["media_url"]:
            written.media(url)
    if redirect is not None:
        ours.append(Redirect(**redirect))
        theirs.redirect(redirect["url"], method=redirect["method"])

    # Their writer leaves a carriage return of a text as it is, and so loses it to the first parser.
    expected = tree(theirs.to_xml().replace("\r", "&#13;"))
    assert tree(MessagingResponse(*ours).to_bytes()) == expected


@given(TEXTS, SPELT_OUT)
def test_a_text_comes_back_as_it_was(text: str, address: str) -> None:
    """Every character that XML can hold survives a parser, in a text and in an attribute, line breaks of all kinds too."""
    _, _, _, [(_, attributes, said, _)] = tree(MessagingResponse(Message(text, to=address)).to_bytes())

    assert (said, attributes) == (text, {"to": address})


@given(st.text(st.characters() | st.characters(categories=["Cc", "Cs"]), min_size=1))
def test_a_text_is_either_refused_or_well_formed(text: str) -> None:
    """No text gives a document that Twilio cannot read, and none is refused without need."""
    lost = [position for position, character in enumerate(text) if not _can_be_held(character)]
    if not lost:
        assert tree(MessagingResponse(text).to_bytes())[3] == [("Message", {}, text, [])]
        return
    with pytest.raises(InvalidArgument) as caught:
        MessagingResponse(text)

    assert caught.value.message == f"body[{lost[0]}] is U+{ord(text[lost[0]]):04X}: XML cannot hold it"


def _can_be_held(character: str) -> bool:
    """Whether a parser, the judge here, takes *character* as a reference."""
    try:
        ET.fromstring(f"<a>&#{ord(character)};</a>")
    except ET.ParseError:
        return False
    return True


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        (MessagingResponse(), "<Response/>"),
        (MessagingResponse("Thanks!"), "<Response><Message>Thanks!</Message></Response>"),
        (MessagingResponse('<b> & "q"'), '<Response><Message>&lt;b&gt; &amp; "q"</Message></Response>'),
        (
            MessagingResponse(Message("A map.", media_url="/map.png?a=1&b=2")),
            "<Response><Message><Body>A map.</Body><Media>/map.png?a=1&amp;b=2</Media></Message></Response>",
        ),
        (
            MessagingResponse(Message(media_url=["/1.png", "/2.png"])),
            "<Response><Message><Media>/1.png</Media><Media>/2.png</Media></Message></Response>",
        ),
        (
            MessagingResponse(
                Message("Hi", to="+15558675310", from_='"\n\t\r', action="/a", method="GET", status_callback="/s"),
                Redirect("https://example.com/next?a=1&b=2", method="POST"),
            ),
            (
                '<Response><Message to="+15558675310" from="&quot;&#10;&#9;&#13;" action="/a" method="GET" statusCallback="/s">'
                'Hi</Message><Redirect method="POST">https://example.com/next?a=1&amp;b=2</Redirect></Response>'
            ),
        ),
    ],
)
def test_an_answer_is_written_compactly(answer: MessagingResponse, written: str) -> None:
    """Nothing stands in the XML that was not asked for; the bytes declare their encoding, the text has none to declare."""
    assert str(answer) == written
    assert answer.to_bytes() == b'<?xml version="1.0" encoding="UTF-8"?>' + written.encode()


def test_bytes_are_utf_8() -> None:
    """What is declared is what is sent."""
    assert "¡Olé! 👋".encode() in MessagingResponse("¡Olé! 👋").to_bytes()


def test_the_content_type_is_one_that_every_framework_takes() -> None:
    """It has no charset, which aiohttp refuses in a content type and Starlette and Flask add themselves."""
    assert twiml.CONTENT_TYPE == "text/xml"


def making(kind: Any, *arguments: Any, **named: Any) -> Any:
    """What a program without a type checker would do."""
    return partial(kind, *arguments, **named)


@pytest.mark.parametrize(
    ("make", "argument", "said"),
    [
        (making(Message), "body", "says something or shows something"),
        (making(Message, ""), "body", "says something or shows something"),
        (making(Message, "", media_url=[]), "body", "says something or shows something"),
        (making(Message, 5), "body", "body: expected str, got int"),
        (making(Message, b"hi"), "body", "body: expected str, got bytes"),
        (making(Message, "a\x00"), "body", "body[1] is U+0000: XML cannot hold it"),
        (making(Message, "a\ud83d"), "body", "body[1] is U+D83D: XML cannot hold it"),
        (making(Message, "a\uffff"), "body", "body[1] is U+FFFF: XML cannot hold it"),
        (making(Message, "hi", to=""), "to", "to: empty"),
        (making(Message, "hi", to="+1\x1b"), "to", "to[2] is U+001B"),
        (making(Message, "hi", from_=" "), "from_", "from_: empty"),
        (making(Message, "hi", from_=15017122661), "from_", "from_: expected str, got int"),
        (making(Message, "hi", action=""), "action", "action: empty"),
        (making(Message, "hi", status_callback="/\x0c"), "status_callback", "status_callback[1] is U+000C"),
        (making(Message, "hi", method="PUT"), "method", "method: expected 'GET' or 'POST', got 'PUT'"),
        (making(Message, "hi", method=["GET"]), "method", "method: expected 'GET' or 'POST', got ['GET']"),
        (making(Message, media_url=""), "media_url", "media_url: empty"),
        (making(Message, "hi", media_url=["/a", ""]), "media_url[1]", "media_url[1]: empty"),
        (making(Message, media_url="/a\x00"), "media_url", "media_url[2] is U+0000"),
        (making(Message, media_url=["/a", "/b\x00"]), "media_url[1]", "media_url[1][2] is U+0000"),
        (making(Message, media_url=["/a"] * 11), "media_url", "media_url: 11 given, a message takes 10"),
        (making(Redirect, ""), "url", "url: empty"),
        (making(Redirect, None), "url", "url: expected str, got NoneType"),
        (making(Redirect, "/a", method="post"), "method", "method: expected 'GET' or 'POST', got 'post'"),
        (making(MessagingResponse, *["hi"] * 11), "verbs", "verbs: 11 messages given, an answer takes 10"),
        (making(MessagingResponse, "hi", 5), "verbs", "verbs[1]: expected Message, Redirect or str, got int"),
        (making(MessagingResponse, Redirect("/a"), "hi"), "verbs", "verbs[1]: nothing after a Redirect is read"),
    ],
)  # fmt: skip
def test_what_twilio_could_not_read_is_refused(make: Any, argument: str, said: str) -> None:
    """The mistake is named, with its argument, where it is made: not in Twilio's debugger after the message was lost."""
    with pytest.raises(InvalidArgument) as caught:
        make()

    assert caught.value.argument == argument
    assert said in str(caught.value)


def test_an_attribute_that_twilio_does_not_know_is_refused() -> None:
    """A misspelt attribute is an error here, and not an attribute that Twilio leaves unread."""
    with pytest.raises(TypeError, match="status_calback"):
        Message("hi", status_calback="/s")  # type: ignore[call-arg]  # what is proved


def test_as_much_as_twilio_takes_is_taken() -> None:
    """Ten messages and ten media are within the limits."""
    answer = MessagingResponse(*["hi"] * 10, Redirect("/more"))

    assert len(answer.verbs) == 11
    assert len(Message(media_url=["/a"] * 10).media_url) == 10


@pytest.mark.parametrize("value", [Message("hi", media_url=["/a"]), Redirect("/a"), MessagingResponse("hi", Redirect("/a"))])
def test_an_answer_is_a_value(value: Message | Redirect | MessagingResponse) -> None:
    """It cannot be changed by accident, compares by what it says, can be a key, and travels to another process."""
    field = "verbs" if isinstance(value, MessagingResponse) else "method"
    with pytest.raises(AttributeError):
        setattr(value, field, None)

    assert pickle.loads(pickle.dumps(value)) == value
    assert len({value, pickle.loads(pickle.dumps(value))}) == 1
    assert value != Message("other")


def test_a_lone_media_url_is_one_and_none_is_none() -> None:
    """A text is not taken letter by letter, and what a program has no picture for may stay ``None``."""
    method: Literal["GET"] = "GET"
    assert Message(media_url="/a", method=method) == Message(media_url=("/a",), method="GET")
    assert Message("hi", media_url=None) == Message("hi")


def test_an_answer_shows_nothing_private_in_a_log() -> None:
    """What is said, to whom, and a password in a URL stay out of a ``repr``."""
    answer = MessagingResponse(Message("My secret", to="+15558675310"), Redirect("https://user:password@example.com/a"))

    assert repr(answer) == "<MessagingResponse [<Message body=9 characters media=0>, <Redirect>]>"


def test_writing_an_answer_loads_no_client() -> None:
    """An application that only answers does not wait for aiohttp to be imported."""
    code = "import sys, twilio_async.twiml; print(sorted({'aiohttp', 'anyio', 'msgspec', 'yarl'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
