"""What applications answer; the official Python client writes the documents."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.messaging_response import MessagingResponse

from twilio_async.emulator.applications.twiml import (
    MAX_DEPTH,
    MAX_MEDIA,
    MAX_SIZE,
    Message,
    Problem,
    Redirect,
    Twiml,
    read_twiml,
)

HOOK = "https://example.com/sms/hook?a=b"

# What XML can hold, but for the carriage return, which every parser turns into a newline.
legal = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff", include_characters="\t\n"),
    min_size=1,
    max_size=50,
).filter(lambda text: text == text.strip())


def read(document: object, content_type: str = "text/xml", url: str = HOOK) -> Twiml:
    """Read a document."""
    body = document if isinstance(document, bytes) else str(document).encode()
    return read_twiml(200, content_type, body, url=url)


def only(document: object) -> Message:
    """The one message of a document without fault."""
    twiml = read(document)
    assert twiml.error is None
    assert not twiml.warnings
    (verb,) = twiml.verbs
    assert isinstance(verb, Message)
    return verb


def codes(twiml: Twiml) -> list[int]:
    """Of the warnings."""
    return [problem.code for problem in twiml.warnings]


# --- good documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [b"", b" \r\n", b"<Response/>", b"<Response></Response>", b"<?xml version='1.0'?>\n<Response>\n</Response>"]
)
def test_nothing_is_to_be_done(body: bytes) -> None:
    """An empty answer is one, whatever its content type if it has nothing in it."""
    assert read_twiml(200, "text/xml", body) == Twiml()
    if not body.strip():
        assert read_twiml(200, "application/json", body) == Twiml()
    assert read_twiml(204, "application/json", b"{}") == Twiml()


def test_every_verb_of_the_official_client_is_read() -> None:
    """With all that they can say, in order."""
    document: Any = MessagingResponse()
    document.message(
        "One & only", to="+15551230001", from_="+15551230002", action="/action", method="GET", status_callback="cb"
    )
    message = document.message()
    message.body("Two")
    message.media("https://example.com/a.png?x=1&y=2")
    message.media("b.png")
    document.redirect("../next?c=d&e", method="GET")
    assert read(document) == Twiml(
        (
            Message(
                body="One & only",
                to="+15551230001",
                from_="+15551230002",
                action="https://example.com/action",
                method="GET",
                status_callback="https://example.com/sms/cb",
            ),
            Message(body="Two", media=("https://example.com/a.png?x=1&y=2", "https://example.com/sms/b.png")),
            Redirect(url="https://example.com/next?c=d&e", method="GET"),
        )
    )


def test_a_message_may_have_text_and_files_without_an_element_for_the_text() -> None:
    """As the official client writes it, too."""
    document: Any = MessagingResponse()
    document.message("Look").media("https://example.com/a.png")
    assert only(document) == Message(body="Look", media=("https://example.com/a.png",))
    assert only("<Response><Message><Media>http://h/a</Media></Message></Response>") == Message(media=("http://h/a",))


@given(legal)
def test_any_legal_text_arrives(text: str) -> None:
    """Written by the official client, in one element or in two."""
    plain: Any = MessagingResponse()
    plain.message(text)
    nested: Any = MessagingResponse()
    nested.message().body(text)
    assert only(plain).body == only(nested).body == text


def test_blanks_around_a_text_are_layout() -> None:
    """Documents are written by hand, with indentation; blanks within are kept."""
    assert only("<Response>\n  <Message>\n    a\n  b\n  </Message>\n</Response>").body == "a\n  b"
    assert only("<Response>\n <Message>\n  <Body> a </Body>\n </Message>\n</Response>").body == "a"
    assert only("<Response><Message><![CDATA[<b>&]]></Message></Response>").body == "<b>&"


def test_the_old_name_of_message_is_understood() -> None:
    """``Sms`` was what it was called."""
    assert only("<Response><Sms to='+1'>a</Sms></Response>") == Message(body="a", to="+1")


def test_nothing_happens_after_a_redirect() -> None:
    """The other document goes on."""
    twiml = read("<Response><Redirect>/x</Redirect><Message>never</Message><Nonsense/></Response>")
    assert twiml == Twiml((Redirect(url="https://example.com/x"),))
    assert read("<Response><Redirect/></Response>").verbs == (Redirect(url=HOOK),)


@pytest.mark.parametrize(
    "content_type", ["text/xml", "application/xml", "text/html", "TEXT/XML; charset=utf-8", "text/html;charset=x"]
)
def test_twiml_has_three_content_types(content_type: str) -> None:
    """In any case, with parameters."""
    assert read("<Response><Message>ä</Message></Response>", content_type).verbs == (Message(body="ä"),)


def test_plain_text_is_sent_back() -> None:
    """Twilio makes a message of it."""
    assert read("Hello, <b>", "text/plain; charset=UTF-8").verbs == (Message(body="Hello, <b>"),)
    assert read("Grüße".encode("latin-1"), 'text/plain; x=y; charset="ISO-8859-1"').verbs == (Message(body="Grüße"),)
    assert read(b"\xff", "text/plain").verbs == (Message(body="\ufffd"),)


def test_a_document_may_be_in_another_encoding() -> None:
    """As its declaration says, or the content type."""
    document = '<?xml version="1.0" encoding="{}"?><Response><Message>Grüße</Message></Response>'
    for encoding in ("utf-8", "iso-8859-1", "windows-1252", "utf-16"):
        assert only(document.format(encoding).encode(encoding)).body == "Grüße"
    said = read("<Response><Message>Grüße</Message></Response>".encode("latin-1"), "text/xml; charset=iso-8859-1")
    assert said.verbs == (Message(body="Grüße"),)


# --- documents with faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["", "application/json", "image/png", "text", "text/xmlx", ";", "text/xml,text/html"])
def test_another_content_type_is_an_error(content_type: str) -> None:
    """12300, and nothing is done."""
    twiml = read("<Response><Message>a</Message></Response>", content_type)
    assert twiml.error is not None
    assert (twiml.error.code, twiml.error.title, twiml.verbs) == (12300, "Invalid Content-Type", ())


@pytest.mark.parametrize(
    "document",
    [
        "<Response>",
        "<Response><Message></Response>",
        "Hello",
        '{"a": 1}',
        "<html><body/></html>",
        "<response/>",
        "\n<?xml version='1.0'?><Response/>",
        "<Response/><Response/>",
        "<Response a=b/>",
        "<Response>&nbsp;</Response>",
        "<Response>\x00</Response>",
        "<Response>&#0;</Response>",
        "<!DOCTYPE Response><Response/>",
        "<?xml version='1.0' encoding='utf-7'?><Response/>",
        "<?xml version='1.0' encoding='nonsense'?><Response/>",
        "<?xml version='1.0' encoding='hex'?><Response/>",
        "<?xml version='1.0' encoding='utf-32'?><Response/>",
        "<a>" * (MAX_DEPTH + 1),
        "<Response>" + "<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH + "</Response>",
    ],
)
def test_what_is_no_document_is_an_error(document: str) -> None:
    """12100, with words that say what is wrong, and nothing is done."""
    twiml = read(document)
    assert twiml.error is not None
    assert (twiml.error.code, twiml.verbs) == (12100, ())
    assert twiml.error.detail


def test_where_a_document_breaks_is_said() -> None:
    """Line and column, as an editor counts them."""
    twiml = read("<Response>\n <Message>a</Massage>\n</Response>")
    assert twiml.error == Problem(12100, "mismatched tag, in line 2, column 14")


BOMBS = [
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><Response><Message>&b;</Message></Response>',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><Message>&x;</Message></Response>',
    '<!DOCTYPE r SYSTEM "http://127.0.0.1/evil.dtd"><Response><Message>a</Message></Response>',
    '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1/evil.dtd"> %p;]><Response/>',
]


@pytest.mark.parametrize("document", BOMBS)
def test_no_entity_is_ever_declared(document: str) -> None:
    """A document type is refused before anything in it is read."""
    assert read(document).error == Problem(12100, "a document type is not allowed")


def test_a_document_has_a_size() -> None:
    """64 KiB, and not one byte more."""
    document = "<Response>{}</Response>".format(" " * (MAX_SIZE - 21))
    assert read(document).error is None
    twiml = read(document + " ")
    assert twiml.error is not None
    assert twiml.error.code == 11750


@pytest.mark.parametrize(
    ("inside", "warned"),
    [
        ("<Say>a</Say>", [14110]),
        ("<message>a</message>", [12200]),
        ("stray", [12200]),
        ("<Message color='red'>a</Message>", [12200]),
        ("<Message method='PUT'>a</Message>", [14104]),
        ("<Message method='get'>a</Message>", []),
        ("<Message statusCallback='ftp://x'>a</Message>", [14105]),
        ("<Message action='http://['>a</Message>", [12200]),
        ("<Message><b>a</b></Message>", [12200, 14103]),
        ("<Message>a<Body>b</Body></Message>", [12200]),
        ("<Message><Body>a</Body><Body>b</Body></Message>", [12200]),
        ("<Message><Body lang='de'>a<b/></Body></Message>", [12200, 12200]),
        ("<Message><Media/>a</Message>", [12200]),
        ("<Message><Media>ftp://x</Media>a</Message>", [12200]),
        ("<Message>" + "<Media>/a</Media>" * (MAX_MEDIA + 1) + "</Message>", [12200]),
        ("<Message/>", [14103]),
        ("<Message> </Message>", [14103]),
        ("<Message>" + "a" * 1601 + "</Message>", [14103]),
        ("<Message>" + "a" * 1600 + "</Message>", []),
        ("<Redirect method='PUT'>/x</Redirect>", [12200]),
        ("<Redirect><b/>/x</Redirect>", [12200]),
        ("<Redirect>ftp://x</Redirect>", [11100]),
    ],
)
def test_what_is_not_understood_is_passed_over_with_a_warning(inside: str, warned: list[int]) -> None:
    """The other verbs are carried out."""
    twiml = read(f"<Response><Message>before</Message>{inside}<Message>after</Message></Response>")
    assert twiml.error is None
    assert codes(twiml) == warned
    assert twiml.verbs[0] == Message(body="before")
    assert twiml.verbs[-1] == Message(body="after") or isinstance(twiml.verbs[-1], Redirect)
    assert all(problem.detail and problem.title for problem in twiml.warnings)


def test_what_a_faulty_verb_still_does() -> None:
    """The rest of it."""
    twiml = read("<Response><Message x='1' method='PUT' to='' action=' '>a<Body>b</Body></Message></Response>")
    assert twiml.verbs == (Message(body="a", method="POST"),)
    twiml = read("<Response><Message>" + "<Media>/a</Media>" * 12 + "</Message></Response>")
    assert twiml.verbs == (Message(media=("https://example.com/a",) * MAX_MEDIA),)


def test_xmls_own_attributes_are_nobodys_business() -> None:
    """Namespaces and schemas are written by tools."""
    document = '<Response xmlns:xsi="http://x" xsi:noNamespaceSchemaLocation="y" xml:lang="de" xmlns="z"/>'
    assert read(document) == Twiml()


def test_without_an_address_of_its_own_a_document_needs_whole_urls() -> None:
    """There is nothing to resolve others against."""
    assert codes(read("<Response><Redirect>/x</Redirect></Response>", url="")) == [11100]
    assert codes(read("<Response><Redirect/></Response>", url="")) == [11100]


def test_a_message_does_not_show_what_is_in_it() -> None:
    """Representations end up in logs."""
    assert repr(Message(body="secret", to="+15558675310", media=("http://h/",))) == "<Message of 6 characters and 1 files>"


# --- hostile bytes -------------------------------------------------------------------------------------------------------

WORDS = """
    <Response> </Response> <Message to=' from=" ' " > /> <Body> </Body> <Media> </Message> <Redirect> & &amp; &#x41; &#0;
    <!DOCTYPE <!ENTITY [ ]> <![CDATA[ ]]> <!-- --> <?xml version='1.0' encoding=' utf-16 cp037 ?> http://[
    xmlns:a='b' a:Message % 💥 a
"""
pieces = st.sampled_from([*WORDS.split(), " ", "\0", "\ud800"])
documents = st.lists(pieces | st.text(max_size=5), max_size=20).map(
    lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
)


@given(
    st.binary() | documents | documents.map(lambda inside: b"<Response>" + inside + b"</Response>"),
    st.sampled_from(["text/xml", "text/html; charset=utf-16", "text/xml; charset=us-ascii", "text/plain; charset=utf-16", "x"])
    | st.text(),
    st.sampled_from([HOOK, "", "http://[", "x:y"]),
)
def test_any_bytes_at_all_end_in_verbs_or_in_a_code(body: bytes, content_type: str, url: str) -> None:
    """Never in an exception; and an error leaves nothing to be done."""
    twiml = read_twiml(200, content_type, body, url=url)
    assert twiml.error is None or not twiml.verbs
    for verb in twiml.verbs:
        assert isinstance(verb, Redirect) or verb.body or verb.media
