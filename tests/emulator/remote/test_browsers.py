"""Web pages do not control an emulator."""

from __future__ import annotations

import pytest

from twilio_async.emulator.remote.browsers import is_loopback, objection

HERE = "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("[::1]", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("", False),
    ],
)
def test_loopback_is_known_by_address_and_by_name(host: str, loopback: bool) -> None:
    """A name that only looks like it is not."""
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": HERE},
        {"Host": "localhost"},
        {"Host": "[::1]:8080"},
        {"Host": HERE, "Origin": f"http://{HERE}"},
        {"Host": HERE, "Sec-Fetch-Site": "same-origin"},
        {"Host": HERE, "Sec-Fetch-Site": "none"},
    ],
)
def test_programs_and_its_own_pages_may_ask(headers: dict[str, str]) -> None:
    """And who types the address."""
    assert objection(headers, on_loopback=True) is None


@pytest.mark.parametrize(
    ("headers", "complaint"),
    [
        ({"Host": "evil.example"}, "Host"),
        ({"Host": "evil.example:8080", "Origin": "http://evil.example:8080"}, "Host"),
        ({}, "Host"),
        ({"Host": HERE, "Origin": "https://evil.example"}, "Origin"),
        ({"Host": HERE, "Origin": "null"}, "Origin"),
        ({"Host": HERE, "Origin": "http://127.0.0.1:9"}, "Origin"),
        ({"Host": HERE, "Sec-Fetch-Site": "cross-site"}, "Origin"),
    ],
)
def test_pages_from_elsewhere_may_not(headers: dict[str, str], complaint: str) -> None:
    """Neither with their own name, nor with a name that leads here."""
    assert complaint in (objection(headers, on_loopback=True) or "")


def test_who_listens_everywhere_is_asked_by_any_name() -> None:
    """It was started so; pages are still refused."""
    assert objection({"Host": "build.example:8080"}, on_loopback=False) is None
    assert objection({"Host": "build.example:8080", "Origin": "http://evil.example"}, on_loopback=False) is not None
