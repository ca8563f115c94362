"""Which host serves a product."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from twilio_async._address import origins
from twilio_async.errors import ConfigError


@pytest.mark.parametrize(
    ("region", "edge", "host"),
    [
        (None, None, "messaging.twilio.com"),
        ("us1", None, "messaging.ashburn.us1.twilio.com"),
        ("ie1", None, "messaging.dublin.ie1.twilio.com"),
        ("au1", None, "messaging.sydney.au1.twilio.com"),
        (None, "dublin", "messaging.dublin.us1.twilio.com"),
        ("ie1", "frankfurt", "messaging.frankfurt.ie1.twilio.com"),
        ("us1", "ashburn-ix", "messaging.ashburn-ix.us1.twilio.com"),
        ("jp1", "tokyo", "messaging.tokyo.jp1.twilio.com"),
    ],
)
def test_region_and_edge_make_the_host(region: str | None, edge: str | None, host: str) -> None:
    """The host names both or neither: a region is reached through the edge next to it, an edge serves us1."""
    assert origins(base_url=None, region=region, edge=edge)("messaging") == f"https://{host}"


def test_each_product_has_its_host() -> None:
    """Products differ in the first label alone."""
    origin = origins(base_url=None, region="ie1", edge=None)

    assert [origin("api"), origin("content")] == ["https://api.dublin.ie1.twilio.com", "https://content.dublin.ie1.twilio.com"]


@pytest.mark.parametrize("product", ["api", "messaging", "content", "pricing"])
def test_every_product_but_one_goes_where_region_and_edge_say(product: str) -> None:
    """Twilio's hosts are made alike for all of them; what is served there it says itself."""
    assert origins(base_url=None, region="au1", edge="singapore")(product) == f"https://{product}.singapore.au1.twilio.com"


@pytest.mark.parametrize(("region", "edge"), [(None, None), ("us1", None), (None, "dublin"), ("us1", "ashburn")])
def test_access_tokens_come_from_one_host(region: str | None, edge: str | None) -> None:
    """The one that Twilio documents, whichever edge the calls take."""
    assert origins(base_url=None, region=region, edge=edge)("oauth") == "https://oauth.twilio.com"


@pytest.mark.parametrize(("region", "edge"), [("ie1", None), ("au1", "sydney"), ("ie1", "ashburn")])
def test_a_region_without_a_product_is_told(region: str, edge: str | None) -> None:
    """Rather than that credentials go to a host that nobody has documented; all else is reached."""
    origin = origins(base_url=None, region=region, edge=edge)
    assert origin("api").endswith(f".{region}.twilio.com")
    with pytest.raises(ConfigError, match=f"^region='{region}': has no oauth"):
        origin("oauth")


def test_a_region_far_from_any_known_edge_is_refused() -> None:
    """Without its edge a region would silently be us1."""
    with pytest.raises(ConfigError, match=r"^region='jp1'.*edge="):
        origins(base_url=None, region="jp1", edge=None)


@pytest.mark.parametrize("name", ["region", "edge"])
@pytest.mark.parametrize("value", ["", "IE1", "ie1.evil.example", "ie1/", "ie1@", "-ie1", "ie1-", "ie1\n", "1", "é", 5])
def test_a_malformed_region_or_edge_is_refused(name: str, value: Any) -> None:
    """Neither can change the host to somebody else's; the error names the argument."""
    with pytest.raises(ConfigError, match=f"^{name}="):
        origins(base_url=None, **{"region": None, "edge": None, name: value})


@pytest.mark.parametrize(
    ("given_url", "origin"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://gateway.example/twilio/", "https://gateway.example/twilio"),
        ("https://api.twilio.com", "https://api.twilio.com"),
    ],
)
def test_one_base_url_serves_every_product(given_url: str, origin: str) -> None:
    """It is taken as it is, wins over region and edge, and is not rewritten for any of them."""
    for region, edge in ((None, None), ("au1", "sydney"), ("nonsense!", "nonsense!")):
        address = origins(base_url=given_url, region=region, edge=edge)
        assert address("api") == address("messaging") == address("oauth") == origin


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "127.0.0.1:8080",
        "localhost",
        "ftp://127.0.0.1",
        "http://",
        "http:///path",
        "https://user:word@127.0.0.1",
        "https://@127.0.0.1",
        "http://127.0.0.1?x=1",
        "http://127.0.0.1/?",
        "http://127.0.0.1#top",
        "http://127.0.0.1/#",
        "http://127.0.0.1:8080\n",
        " http://127.0.0.1:8080",
        "http://127.0.0.1:80 80",
        "http://127.0.0.1/a b",
        "http://127.0.0.1:port",
        "http://127.0.0.1:99999",
        "http://[::1",
        "http://[bad]",
        "http://müller.example",
        "http://127.0.0.1\\@evil.example",
        "http://127.0.0.1\\",
        "http://127.0.0.1/a\\b",
        "http://api.twilio.com",
        "http://API.TWILIO.COM",
        None.__class__,
        b"http://127.0.0.1",
        5,
    ],
)
def test_a_malformed_base_url_is_refused(base_url: Any) -> None:
    """What would fail, or go somewhere else, at the first request fails here, as a ConfigError that names the argument."""
    with pytest.raises(ConfigError, match=r"^base_url: "):
        origins(base_url=base_url, region=None, edge=None)


def test_no_password_is_quoted() -> None:
    """The error about credentials in the URL does not show them."""
    with pytest.raises(ConfigError) as caught:
        origins(base_url="https://user:hunter2@127.0.0.1", region=None, edge=None)

    assert "hunter2" not in str(caught.value)


@given(st.text() | st.from_regex(r"https?://[^/?#\n]*(:\d{1,6})?(/.*)?", fullmatch=True))
def test_whatever_base_url_is_taken_a_path_can_follow(base_url: str) -> None:
    """Any text is either refused or makes, with a path behind it, a URL whose path ends with exactly that."""
    try:
        origin = origins(base_url=base_url, region=None, edge=None)("api")
    except ConfigError:
        return
    url = URL(f"{origin}/2010-04-01/Messages.json", encoded=True)

    assert url.scheme in {"http", "https"}
    assert url.host
    assert url.user is None
    assert url.raw_path.endswith("/2010-04-01/Messages.json")
    assert (url.raw_query_string, url.raw_fragment) == ("", "")
