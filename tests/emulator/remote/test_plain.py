"""Records as JSON shows them."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from tests.emulator.conftest import Connect
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.remote.plain import masked, plain, plain_all, without_login


def test_a_message_has_twilios_names() -> None:
    """`from_` is Python's; a price is the text that Twilio writes."""
    message = Emulator().add_message(body="Hi")
    shown = plain(message)
    assert shown["from"] == message.from_
    assert "from_" not in shown
    assert shown["price"] == "-0.00750"


async def test_a_request_keeps_its_secrets(connect: Connect) -> None:
    """Whose token it was is not shown, and all else is."""
    async with Emulator() as emulator, connect(emulator) as api:
        await api.get("/v1/Services?PageSize=1", headers={"Cookie": "a=b"})
        (shown,) = plain_all(emulator.requests)
    assert shown["parameters"] == {"PageSize": ["1"]}
    assert (shown["method"], shown["path"], shown["status"], shown["processed"]) == ("GET", "/v1/Services", 200, True)
    headers = {name.lower(): value for name, value in shown["headers"].items()}
    assert (headers["authorization"], headers["cookie"]) == ("Basic ***", "***")
    assert emulator.auth_token.encode() not in msgspec.json.encode(shown)


def test_what_is_no_text_is_shown_as_far_as_it_goes() -> None:
    """JSON has no bytes, and a repeated header is joined."""
    request = ReceivedRequest("POST", "/x", httpx.Headers([("A", "1"), ("A", "2")]), b"\xff=1")
    shown = plain(request)
    assert shown["body"] == "\ufffd=1"
    assert shown["headers"] == {"a": "1, 2"}


@pytest.mark.parametrize(
    ("value", "shown"), [("Basic QUM6eA==", "Basic ***"), ("secret", "***"), ("a=b; c=d", "***"), ("", "***")]
)
def test_only_a_scheme_is_no_secret(value: str, shown: str) -> None:
    """What stands there instead of one is hidden with the rest."""
    assert masked(value) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:pass@x/in#rc=2", "http://***@x/in#rc=2"),
        ("http://user:p@ss@x", "http://***@x"),
        ("http://x/a@b", "http://x/a@b"),
        ("http://x?to=a@b", "http://x?to=a@b"),
    ],
)
def test_a_webhooks_url_is_shown_without_its_login(url: str, shown: str) -> None:
    """But with everything else."""
    assert without_login(url) == shown


async def test_an_inbound_text_is_shown_with_what_came_of_it() -> None:
    """The webhook with its attempts, the alert, and the event of each."""
    async with Emulator() as emulator:
        emulator.set_webhook("http://user:pass@127.0.0.1:1/in")
        with emulator.events() as events:
            received = await emulator.receive("STOP")
            names = [plain(await anext(events))["name"] for _ in range(4)]
        shown = plain(received)
    assert {*names} == {"alert", "delivery", "message.created"}
    assert (shown["keyword"], shown["replies"]) == ("STOP", [])
    (delivery,) = shown["deliveries"]
    assert (delivery["kind"], delivery["state"], delivery["status"], delivery["fields"]["Body"]) == (
        "inbound",
        "failed",
        None,
        "STOP",
    )
    assert delivery["url"] == "http://***@127.0.0.1:1/in"
    assert {attempt["code"] for attempt in delivery["attempts"]} == {emulator.alerts[0].code}
    alert = plain(emulator.alerts[0])
    assert (alert["title"], alert["more_info"][-5:]) == (emulator.alerts[0].title, str(alert["code"]))
    assert b"pass" not in msgspec.json.encode([shown, alert])
