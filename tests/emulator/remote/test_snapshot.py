"""The whole state as a document: nothing is lost on the way out and back in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.emulator.conftest import NOON, Connect
from twilio_async.emulator import Clock, Emulator, Profile
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.credentials import Key
from twilio_async.emulator.domain.records import Webhook
from twilio_async.emulator.remote.snapshot import AccountEntry, SeedError, read

ADDRESSES = st.sampled_from(["+15558675310", "+15558675311", "whatsapp:+15558675312", "+447700900199"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)

ACTS = st.one_of(
    st.tuples(
        st.just("add_message"),
        st.fixed_dictionaries(
            {"to": ADDRESSES, "body": TEXTS},
            optional={
                "status": st.sampled_from(["queued", "scheduled", "sent", "delivered", "failed", "undelivered", "received"]),
                "direction": st.sampled_from(["inbound", "outbound-api", "outbound-reply"]),
                "at": st.datetimes(NOON.replace(tzinfo=None)).map(lambda moment: moment.replace(tzinfo=NOON.tzinfo)),
                "error_code": st.integers(30001, 30010),
                "from_": ADDRESSES,
            },
        ),
    ),
    st.tuples(st.just("opt_out"), st.fixed_dictionaries({"recipient": ADDRESSES}, optional={"sender": ADDRESSES})),
    st.tuples(st.just("refuse_delivery"), st.fixed_dictionaries({"recipient": ADDRESSES, "code": st.integers(30001, 30010)})),
    st.tuples(st.just("fill_queue"), st.fixed_dictionaries({"sender": ADDRESSES})),
    st.tuples(st.just("set_rate"), st.fixed_dictionaries({"sender": ADDRESSES, "segments_per_second": st.floats(0.1, 100)})),
    st.tuples(st.just("add_account"), st.fixed_dictionaries({"friendly_name": TEXTS, "trial": st.booleans()})),
    st.tuples(st.just("set_webhook"), st.fixed_dictionaries({"url": st.just("http://127.0.0.1/in#rc=2")})),
    st.tuples(st.just("deactivate"), st.fixed_dictionaries({"number": ADDRESSES, "day": st.dates()})),
    st.tuples(
        st.just("host_media"),
        st.fixed_dictionaries({"url": TEXTS, "content": st.binary(max_size=20), "content_type": st.just("image/png")}),
    ),
)


@given(acts=st.lists(ACTS, max_size=12), ahead=st.floats(0, 10**6))
def test_whatever_was_done_comes_back_as_it_was(acts: list[tuple[str, dict[str, Any]]], ahead: float) -> None:
    """An export that is seeded is exported again letter by letter, whatever was there before."""
    one, other = Emulator(clock=Clock(lambda: NOON)), Emulator(clock=Clock(lambda: NOON))
    for name, arguments in acts:
        getattr(one, name)(**arguments)
    one.clock.advance(ahead)
    other.add_message(body="something else")
    other.opt_out("+1")
    other.seed(one.export())
    assert other.export() == one.export()
    assert other.messages == one.messages


def test_every_setting_of_an_account_comes_back() -> None:
    """Its keys, its subaccounts and what it is allowed; a number that it gave back too."""
    one, other = Emulator(), Emulator()
    sub = one.add_account("Sub", parent=one.account)
    sub.add_number("+15550001111", sms_url="http://127.0.0.1/x")
    sub.add_api_key(main=True)
    sub.add_oauth_app()
    sub.shared_key = Key("secret", "K1")
    sub.channel_webhooks["whatsapp:+1"] = Webhook("http://127.0.0.1/w", "GET", "http://127.0.0.1/f")
    sub.allowed_countries = {"US"}
    sub.scheduled_limit = 7
    sub.suspend()
    one.account.add_secondary_token()
    one.account.revoke_api_key(one.api_key)
    one.account.remove_number(one.numbers[1].sid)
    other.seed(one.export())
    assert other.export() == one.export()
    again = other.accounts[1]
    assert (again.parent, again.status, again.shared_key, again.scheduled_limit) == (
        other.account,
        "suspended",
        Key("secret", "K1"),
        7,
    )
    assert [number.number for number in again.numbers.values()] == ["+15550001111"]
    assert again.channel_webhooks == sub.channel_webhooks
    assert again.main_keys == sub.main_keys != frozenset()
    assert again.oauth_apps == sub.oauth_apps != {}
    assert other.numbers == one.numbers
    assert other.account.released.keys() == one.account.released.keys()


def test_who_is_online_on_other_channels_comes_back() -> None:
    """Each sender is there once, and none that was taken away; a document written by hand need only name the addresses."""
    one, other = Emulator(), Emulator()
    one.account.channels -= {one.rcs}
    one.account.channels |= {"messenger:shop"}
    other.seed(one.export())
    assert other.export() == one.export()
    assert other.account.channels == {one.whatsapp, "messenger:shop"}
    other.seed({"accounts": [{"channels": ["rcs:shop"]}]})
    assert other.account.channels == {"rcs:shop"}


def test_no_setting_of_an_account_is_forgotten() -> None:
    """Whoever gives accounts another attribute is told here that documents need it too."""
    elsewhere = {"lock", "unique", "numbers", "released", "services", "pools", "messages", "media", "feedback", "opt_outs"} | {
        "_shelves"
    }
    renamed = {"parent": "parent_sid", "_keys": "api_keys"}
    attributes = {renamed.get(name, name) for name in vars(Account("AC", "", {}, ()))} - elsewhere
    assert attributes | {"main_keys", "channels"} == set(AccountEntry.__struct_fields__)


async def test_what_the_api_made_goes_on_elsewhere(connect: Connect) -> None:
    """Services, senders, media, feedback; and a message on its way is delivered by the other emulator, in its time."""
    pace = Profile(sent=10, delivered=20)
    async with (
        Emulator(lifecycle=pace, clock=Clock(lambda: NOON)) as one,
        Emulator(lifecycle=pace, clock=Clock(lambda: NOON)) as other,
        connect(one) as api,
        connect(other) as later,
    ):
        url = f"/2010-04-01/Accounts/{one.account_sid}/Messages"
        service = (await api.post("/v1/Services", data={"FriendlyName": "Shop"})).json()["sid"]
        await api.post(f"/v1/Services/{service}/PhoneNumbers", data={"PhoneNumberSid": one.numbers[0].sid})
        sent = await api.post(
            f"{url}.json", data={"To": "+15558675310", "From": one.number, "MediaUrl": "https://example.com/a.png"}
        )
        await api.post(f"{url}/{sent.json()['sid']}/Feedback.json", data={"Outcome": "unconfirmed"})
        one.clock.advance(15)
        other.seed(one.export())
        assert other.export() == one.export()
        assert (await later.get(f"/v1/Services/{service}/PhoneNumbers")).json()["phone_numbers"][0][
            "phone_number"
        ] == one.number
        assert [message.status for message in other.messages] == ["sent"]
        other.clock.advance(5)
        assert [message.status for message in other.messages] == ["delivered"]
        assert (await later.get(f"{url}.json")).json()["messages"][0]["num_media"] == "1"


async def test_lists_keep_their_order(connect: Connect) -> None:
    """Messages that never were sent stay where they stood, since no date says it."""
    pace = Profile(sent=100, delivered=200)
    async with Emulator(lifecycle=pace, clock=Clock(lambda: NOON)) as one, connect(one) as api:
        url = f"/2010-04-01/Accounts/{one.account_sid}/Messages.json"
        one.refuse_delivery("+15558675310", 63016)  # it fails before it is sent
        for to in ("+15558675310", "+15558675311"):
            await api.post(url, data={"To": to, "From": one.number, "Body": "Hi"})
        one.add_message(at=NOON + timedelta(seconds=50))
        one.clock.advance(300)
        order = [message["sid"] for message in (await api.get(url)).json()["messages"]]
        async with Emulator(lifecycle=pace, clock=Clock(lambda: NOON)) as other, connect(other) as later:
            other.seed(one.export())
            assert [message["sid"] for message in (await later.get(url)).json()["messages"]] == order


def test_a_hundred_thousand_messages_are_no_trouble() -> None:
    """They go out and come in again, in their order."""
    one, other = Emulator(), Emulator()
    seeded = one.seed_messages(100_000)
    other.seed(one.export())
    assert other.messages == seeded


def test_a_document_says_its_version_and_what_is_base64() -> None:
    """So that another program can read it."""
    emulator = Emulator()
    emulator.host_media("https://example.com/a", b"\x00\xff", "image/png")
    document = json.loads(emulator.export())
    assert (document["version"], document["replaces"]) == (1, True)
    assert document["hosted_media"]["https://example.com/a"] == {"content": "AP8=", "content_type": "image/png"}
    assert "from" in json.loads(_with_message())["messages"][0]


def _with_message() -> bytes:
    emulator = Emulator()
    emulator.add_message()
    return emulator.export()


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (b"{", "truncated"),
        (b"\xff{}", "malformed"),
        ("[]", "Expected `object`"),
        ('{"messages": [{}, {"to": 1}]}', r"`\$\.messages\[1\]\.to`"),
        ('{"messages": [{"form": "+1"}]}', r"unknown field `form` - at `\$\.messages\[0\]`"),
        ('{"messages": [{"date_sent": "2024-01-01T00:00:00"}]}', r"timezone component - at `\$\.messages\[0\]\.date_sent`"),
        ('{"messages": [{"status": "lost"}]}', r"Invalid enum value 'lost' - at `\$\.messages\[0\]\.status`"),
        ({"rates": {"+1": 0}}, r"`\$\.rates\[\.\.\.\]`"),
        ({"deactivations": {"today": []}}, r"`key` in `\$\.deactivations`"),
        ({"version": 2}, r"2 is no version that is known; say 1 - at `\$\.version`"),
    ],
)
def test_what_cannot_be_read_names_its_place(document: str | bytes, where: str) -> None:
    """The path to it, and what would be right."""
    with pytest.raises(SeedError, match=f"^nothing was seeded: .*{where}"):
        read(document)


def test_an_export_needs_no_client() -> None:
    """It is plain JSON: any program has it from the control API, and here from the method."""
    with Emulator() as emulator:
        emulator.add_message(body="Hi")
        assert httpx.get(f"{emulator.url}/_emulator/state", trust_env=False).content == emulator.export()
