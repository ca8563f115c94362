"""Where a sid is known."""

from __future__ import annotations

import httpx
import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.whereabouts import Trace, traces_of
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.records import Media

OTHER = Account("AC" + "1" * 32, "token", {}, ())


async def test_what_is_there_leaves_a_trace_and_what_is_gone_too(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str
) -> None:
    """Messages, services, pools and numbers; of whose they are."""
    accounts = (OTHER, emulator.account)
    message = emulator.add_message().sid
    service = (await api.post("/v1/Services", data={"FriendlyName": "Shop"})).json()["sid"]
    sender = (await api.post(f"/v1/Services/{service}/AlphaSenders", data={"AlphaSender": "Acme"})).json()["sid"]
    number = emulator.numbers[0].sid
    for sid in (message, service, sender, number):
        assert traces_of(sid, accounts) == [Trace(emulator.account_sid)]
    await api.delete(f"/v1/Services/{service}/AlphaSenders/{sender}")
    assert traces_of(sender, accounts) == [Trace(emulator.account_sid, gone=True)]
    for url in (messages_url.replace(".json", f"/{message}.json"), f"/v1/Services/{service}"):
        assert (await api.delete(url)).status_code == 204
    emulator.account.remove_number(number)
    for sid in (message, service, number):
        assert traces_of(sid, accounts) == [Trace(emulator.account_sid, gone=True)]


@pytest.mark.parametrize("sid", ["SM" + "0" * 32, "ME" + "0" * 32, "", "junk"])
def test_what_was_never_there_leaves_none(sid: str) -> None:
    """Whatever it looks like."""
    assert traces_of(sid, (OTHER,)) == []


def test_the_files_of_messages_are_found() -> None:
    """Each message has its own."""
    account = Account("AC" + "1" * 32, "token", {}, ())
    media = Media(
        sid="ME1", account_sid=account.sid, parent_sid="SM1", content_type="", url="", date_created=NOON, date_updated=NOON
    )
    account.media["SM1"] = Collection()
    account.media["SM1"].add(media, NOON)
    assert traces_of("ME1", (account,)) == [Trace(account.sid)]
