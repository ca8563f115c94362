"""`twilio_async.webhooks._addresses`: URLs in their parts, and in the ways in which they may have been written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.webhooks import MalformedRequest
from twilio_async.webhooks._addresses import LONGEST, Address, as_received, masked, read_address, read_target, respelled


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://example.com/sms?a=1", ("https://", "example.com", "", "/sms?a=1")),
        ("HTTP://Example.com:8080", ("HTTP://", "Example.com", ":8080", "")),
        ("https://user:p@ss@example.com:1?a=1", ("https://", "example.com", ":1", "?a=1")),
        ("http://[::1]:8080/x", ("http://", "[::1]", ":8080", "/x")),
        ("http://[fe80::1%25eth0]/x", ("http://", "[fe80::1%25eth0]", "", "/x")),
        ("https://example.com:/x", ("https://", "example.com", "", "/x")),
        ("wss://example.com/x#y?z", ("wss://", "example.com", "", "/x")),
    ],
)
def test_a_url_is_taken_apart_and_nothing_is_rewritten(url: str, parts: tuple[str, str, str, str]) -> None:
    """User, password and fragment go; all else stays as it was written."""
    assert read_address(url) == Address(*parts)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "//example.com/", "example.com/sms", "ftp://example.com/", "javascript:alert(1)", "https://", "https:///sms",
        "https://a b/", "https://example.com:port/", "https://example.com:123456/", "https://::1/", "https://[::1/", "https://[x]/",
        "https://a\\b/", "https://example.com/\x00", "https://example.com/\r\nHost: x", "https://example.com/\ud800",
        "https://example.com/" + "x" * LONGEST,
    ],
)  # fmt: skip
def test_what_is_no_url_is_said_to_be_none(url: str) -> None:
    """Hostile targets end in one kind of error."""
    with pytest.raises(MalformedRequest):
        read_address(url)


@given(st.text())
def test_any_text_is_a_url_or_is_malformed(text: str) -> None:
    """Nothing else is ever raised, and what is read is spelled in a bounded number of ways."""
    for url in (text, f"https://{text}", f"https://example.com/{text}", f"https://example.com/?{text}"):
        try:
            address = read_address(url)
        except MalformedRequest:
            continue
        assert str(address) in {*as_received(address), *respelled(address), str(address)}
        assert len([*respelled(address)]) <= 32


@pytest.mark.parametrize("target", ["", "sms", "*", "?a=1", "example.com:443", "/\x00", "/\n"])
def test_a_target_begins_with_a_slash(target: str) -> None:
    """The other forms that HTTP knows are of proxies, and are no webhooks."""
    with pytest.raises(MalformedRequest):
        read_target(target)


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("https://example.com/it's", "https://example.com/it's?"),
        ("https://example.com/it%27s", "https://example.com/it's"),
        ("https://example.com/a b?c d", "https://example.com/a%20b?c%20d"),
        ("https://example.com/?q=it's", "https://example.com/?q=it%27s"),
        ("https://example.com/?q=it%27s+a%20b", "https://example.com/?q=it's%20a%20b"),
        ("https://example.com/?b=2&a=1&b=3", "https://example.com/?b=2&b=3&a=1"),
        ("https://example.com/?b=2&7=1&x&6=", "https://example.com/?6=&7=1&b=2&x="),
        ("https://example.com/?a=%ZZ", "https://example.com/?a=%25ZZ"),
        ("https://example.com/%E6%BC%A2", "https://example.com/漢"),
        ("https://example.com/漢", "https://example.com/%E6%BC%A2"),
        ("https://example.com/?", "https://example.com:443/"),
        ("http://example.com?", "http://example.com:80"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("https://example.com/?x=1", "https://example.com?x=1"),
        ("HTTPS://EXAMPLE.com:8443/X", "https://example.com:8443/X"),
    ],
)
def test_another_spelling_of_the_same_is_tried(url: str, spelled: str) -> None:
    """Those of the Node package, and what servers and clients do to a URL on its way."""
    assert spelled in set(respelled(read_address(url)))


@pytest.mark.parametrize(
    "escape", ["%2F", "%2f", "%3F", "%23", "%26", "%3D", "%2B", "%3B", "%25", "%00", "%0A", "%5C", "%FF", "%C3"]
)
def test_an_escape_that_means_something_is_never_undone(escape: str) -> None:
    """Otherwise one signature would hold for URLs that an application reads differently."""
    for url in respelled(read_address(f"https://example.com/a{escape}b?c{escape}d")):
        path, _, _ = url.partition("?")
        assert f"a{escape}b" in path


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/sms?to=+15558675310", "/sms?to=+…5310"),
        ("/sms?to=%2B15558675310&x=1", "/sms?to=%2B…5310&x=1"),
        ("/sms/whatsapp:%2b4915123456789", "/sms/whatsapp:%2b…6789"),
        ("/sms?to=555-867-5310", "/sms?to=…5310"),
        ("/sms?to=(555)%20867-5310", "/sms?to=(…5310"),
        ("/SM00000000000000000000000000000001", "/SM00000000000000000000000000000001"),
        ("https://example.com:8080/v1/2010-04-01", "https://example.com:8080/v1/…0401"),
        ("/a\u202eb\u2028c", r"/a\u202eb\u2028c"),
        ("/" + "x" * 400, "/" + "x" * 299 + "…"),
    ],
)
def test_numbers_of_people_are_masked_for_the_log(url: str, shown: str) -> None:
    """The last four digits are enough to find out whose it was; sids stay."""
    assert masked(url) == shown
