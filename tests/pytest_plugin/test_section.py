"""What a failed test tells of its emulator, and what it keeps to itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from twilio_async.emulator import Emulator
from twilio_async.pytest_plugin.section import MOST_SHOWN, UNASKED, WIDTH, told

ANN = "+15558675310"
NOBODY = "http://127.0.0.1:9"


def post(emulator: Emulator, form: Mapping[str, str]) -> None:
    """Ask the API something, without credentials."""
    connection = HTTPConnection(urlsplit(emulator.url).netloc)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", urlencode(form), headers)
    connection.getresponse().read()
    connection.close()


def test_messages_webhooks_alerts_and_requests_are_told() -> None:
    """All four kinds, counted, a line each; also after the emulator has stopped."""
    with Emulator() as emulator:
        message = emulator.add_message(to=ANN, body="Hello")
        emulator.blocking.call_webhook(f"{NOBODY}/hook", {"Body": "Hi"})
        post(emulator, {"To": ANN})
    lines = told(emulator).splitlines()
    assert lines[:3] == [
        "messages: 1",
        f"  {message.sid} outbound-api delivered {emulator.number} -> {ANN} 'Hello'",
        "webhooks: 1",
    ]
    assert lines[3].startswith(f"  custom 'Hi' to {NOBODY}/hook: failed, ")
    assert lines[4].startswith("alerts: ")
    assert lines[5].startswith("  11202 TCP connection refused: ")
    assert lines[-2:] == [
        "requests: 1",
        f"  POST /2010-04-01/Accounts/{emulator.account_sid}/Messages.json 401 (20003) To='{ANN}'",
    ]


def test_of_many_the_last_are_shown() -> None:
    """A test that sends thousands of messages does not fill the screen; the count says how many there were."""
    emulator = Emulator()
    for number in range(MOST_SHOWN + 5):
        emulator.add_message(body=f"Number {number}")
    lines = told(emulator).splitlines()
    assert lines[0] == f"messages: {MOST_SHOWN + 5}, the last {MOST_SHOWN} of which are"
    assert lines[1].endswith("'Number 5'")
    assert lines[MOST_SHOWN].endswith(f"'Number {MOST_SHOWN + 4}'")
    assert lines[MOST_SHOWN + 1] == "no webhooks"


def test_a_long_text_is_cut() -> None:
    """No line is longer than a reader can take in."""
    emulator = Emulator()
    emulator.add_message(body="a" * 1600)
    cut = told(emulator).splitlines()[1]
    assert len(cut) == WIDTH
    assert cut.endswith("aaa…")


def test_an_emulator_that_nobody_asked_says_so() -> None:
    """The most usual mistake is a program that talks to somebody else."""
    assert told(Emulator()).splitlines() == ["no messages", "no webhooks", "no alerts", UNASKED]


def test_tokens_and_passwords_are_masked() -> None:
    """Reports end up in the logs of CI: the secrets of all accounts, of URLs and of parameters stay out of them."""
    with Emulator() as emulator:
        other = emulator.add_account()
        secrets = [emulator.auth_token, emulator.api_secret, emulator.account.test_token, other.auth_token]
        for secret in secrets:
            emulator.add_message(body=f"It is {secret}!")
        emulator.blocking.call_webhook("http://ann:opensesame@127.0.0.1:9/")
        post(emulator, {"StatusCallback": "https://ann:opensesame@example.com/", "ClientSecret": "opensesame"})
    text = told(emulator)
    assert not [secret for secret in [*secrets, "opensesame"] if secret in text]
    assert text.count("'It is ***!'") == len(secrets)
    assert "custom '' to http://127.0.0.1:9/" in text
    assert "StatusCallback='https://ann:***@example.com/' ClientSecret=***" in text


def test_a_page_token_is_no_secret() -> None:
    """Where a list goes on is worth knowing."""
    with Emulator() as emulator:
        post(emulator, {"PageToken": "PB123"})
    assert "PageToken='PB123'" in told(emulator)


def test_what_came_over_the_socket_cannot_play_with_the_terminal() -> None:
    """Control characters do not get through."""
    with Emulator() as emulator:
        post(emulator, {"A\x1b[2J\r\nB": "C"})
    assert told(emulator).splitlines()[-1].endswith("401 (20003) A�[2J��B='C'")


def test_an_emulator_that_cannot_tell_breaks_no_report() -> None:
    """Whatever is wrong with a test's clock, the test's own failure is what must be seen."""
    emulator = Emulator(clock=lambda: datetime(2026, 1, 1))  # noqa: DTZ001  # the mistake that this is about
    assert told(emulator) == "what happened cannot be told: ValueError: the emulator's clock must tell aware datetimes"
