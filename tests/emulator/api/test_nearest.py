"""What somebody may have meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.emulator.api.nearest import MOST, lost_sid, near_parameter, nearest_routes, wrong_sid
from twilio_async.emulator.api.routes import EVERYTHING
from twilio_async.emulator.api.whereabouts import Trace

OURS, THEIRS = "AC" + "1" * 32, "AC" + "2" * 32
MESSAGE, NUMBER = "SM" + "1" * 32, "PN" + "1" * 32
FOLDER = f"/2010-04-01/Accounts/{OURS}"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ONE_MESSAGE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"


@pytest.mark.parametrize(
    ("path", "at", "nearest", "why"),
    [
        (f"{FOLDER}/Messages", None, MESSAGES, ".json is missing at the end"),
        (f"{FOLDER}/Messages/{MESSAGE}", None, ONE_MESSAGE, ".json is missing at the end"),
        (f"{FOLDER}/messages.json", None, MESSAGES, "Messages, not messages: capitals matter"),
        (f"{FOLDER}/Mesages.json", None, MESSAGES, "Messages, not Mesages"),
        (f"/Accounts/{OURS}/Messages.json", None, MESSAGES, "2010-04-01 is missing"),
        (f"{FOLDER}/SMS/Messages.json", None, MESSAGES, "SMS is too much"),
        ("/v1/Services/", None, "/v1/Services", "a slash at the end is too much"),
        ("/v1/Services.json", None, "/v1/Services", "no .json belongs at the end"),
        ("/v2/Services", None, "/v1/Services", "v1, not v2"),
        ("/v1/Services", "api", "/v1/Services", "it is at messaging.twilio.com, not at api.twilio.com"),
        (f"{FOLDER}/Messages.json", "messaging", MESSAGES, "it is at api.twilio.com, not at messaging.twilio.com"),
        ("/v1/Service", "api", "/v1/Services", "it is at messaging.twilio.com, not at api.twilio.com; Services, not Service"),
    ],
)
def test_the_nearest_route_is_named_and_why_it_did_not_match(path: str, at: str | None, nearest: str, why: str) -> None:
    """Suffix, capitals, spelling, parts, slashes, version and host."""
    first = nearest_routes("POST", path, at, EVERYTHING)[0]
    assert (first.path, first.why) == (nearest, why)
    assert str(first) == f"POST, GET {nearest} ({why})" or path.endswith(MESSAGE)


def test_the_methods_of_a_route_are_named() -> None:
    """All of them, since another one may be wanted."""
    assert nearest_routes("POST", "/v1/Service", None, EVERYTHING)[0].methods == ("POST", "GET")


@given(st.text("/aA1.{}"), st.sampled_from(["api", "messaging", None]))
def test_every_path_has_a_nearest_route(path: str, at: str | None) -> None:
    """One to three of them, whatever the path is."""
    assert 1 <= len(nearest_routes("GET", f"/{path}", at, EVERYTHING)) <= MOST


def test_the_longest_path_is_looked_at_in_part() -> None:
    """So that it takes no time."""
    assert nearest_routes("GET", "/" + "a/" * 100_000, None, EVERYTHING)[0].why.count("too much") < 40


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("StatusCalback", "StatusCallback"),
        ("status_callback", "StatusCallback"),
        ("from_", "From"),
        ("MediaUrl[]", "MediaUrl"),
        ("MessagingServiceSID", "MessagingServiceSid"),
        ("Colour", None),
        ("", None),
    ],
)
def test_a_misspelt_parameter_is_recognised(name: str, meant: str | None) -> None:
    """In the writing of other languages too; what is nothing like any is not."""
    known = ["StatusCallback", "From", "MediaUrl", "MessagingServiceSid", "To", "Body"]
    assert near_parameter(name, known) == meant


@pytest.mark.parametrize(
    ("sid", "wrong"),
    [
        (MESSAGE, None),
        ("MM" + "f" * 32, None),
        (NUMBER, f"{NUMBER} is the sid of a phone number; that of a message is SM or MM and 32 hexadecimal digits"),
        ("SM123", "SM123 is no such sid: that of a message is SM or MM and 32 hexadecimal digits"),
        ("sm" + "1" * 32, f"sm{'1' * 32} is no such sid: that of a message is SM or MM and 32 hexadecimal digits"),
        ("ZZ" + "1" * 32, f"ZZ{'1' * 32} is no such sid: that of a message is SM or MM and 32 hexadecimal digits"),
    ],
)
def test_a_sid_of_the_wrong_form_is_told(sid: str, wrong: str | None) -> None:
    """Which kind it is, and which is wanted."""
    assert wrong_sid(ONE_MESSAGE, {"AccountSid": OURS, "Sid": sid}) == wrong


@pytest.mark.parametrize(
    ("traces", "said"),
    [
        ([Trace(OURS)], None),
        ([Trace(OURS, gone=True)], f"{MESSAGE} was deleted"),
        ([Trace(THEIRS)], f"{MESSAGE} belongs to account {THEIRS}, not to {OURS}"),
        ([Trace(THEIRS, gone=True), Trace(OURS)], None),
        ([], f"account {OURS} never had a message {MESSAGE}"),
    ],
)
def test_a_sid_that_is_elsewhere_or_nowhere_is_told(traces: list[Trace], said: str | None) -> None:
    """Deleted, somebody else's, or never there."""
    assert lost_sid(ONE_MESSAGE, {"AccountSid": OURS, "Sid": MESSAGE}, OURS, {MESSAGE: traces, OURS: []}) == said
