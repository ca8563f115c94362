"""Lists: pages, their links, and filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.emulator.conftest import NOON, Connect
from twilio_async.emulator import Emulator, Switches

ANN, BOB = "+15558675310", "+15558675311"


@pytest.fixture
def history(emulator: Emulator) -> Emulator:
    """An emulator with 120 messages, one an hour for five days, to Ann and Bob in turn."""
    emulator.seed_messages(120, since=NOON, until=NOON + timedelta(days=5), to=[ANN, BOB])
    return emulator


def bodies(page: dict[str, Any]) -> list[int]:
    """Which messages are on a page; they are numbered from the oldest."""
    return [int(message["body"].removeprefix("Message ")) for message in page["messages"]]


async def pages(api: httpx.AsyncClient, first: str) -> list[dict[str, Any]]:
    """All pages from this one on, by their links."""
    found, uri = [], first
    while uri:
        found.append((await api.get(uri)).json())
        uri = found[-1]["next_page_uri"]
    return found


async def test_a_page_has_fifty_messages_and_twilios_envelope(
    history: Emulator, api: httpx.AsyncClient, messages_url: str
) -> None:
    """The first page, exactly."""
    page = (await api.get(messages_url)).json()
    assert bodies(page) == [*range(119, 69, -1)]
    assert {key: value for key, value in page.items() if key != "messages"} == {
        "end": 49,
        "first_page_uri": f"{messages_url}?PageSize=50&Page=0",
        "next_page_uri": f"{messages_url}?PageSize=50&Page=1&PageToken=PA{page['messages'][-1]['sid']}",
        "page": 0,
        "page_size": 50,
        "previous_page_uri": None,
        "start": 0,
        "uri": f"{messages_url}?PageSize=50&Page=0",
    }


async def test_the_links_lead_through_everything_and_back(history: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Forwards each message comes once, newest first; the previous page is the one that was left."""
    found = await pages(api, f"{messages_url}?PageSize=50")
    assert [number for page in found for number in bodies(page)] == [*range(119, -1, -1)]
    assert [(page["page"], page["start"], page["end"]) for page in found] == [(0, 0, 49), (1, 50, 99), (2, 100, 119)]
    assert found[2]["uri"] == found[1]["next_page_uri"]
    for earlier, later in pairwise(found):
        back = (await api.get(later["previous_page_uri"])).json()
        assert bodies(back) == bodies(earlier)
        assert back["page"] == earlier["page"]


async def test_an_empty_list_is_one_empty_page(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """It starts and ends at 0, and leads nowhere."""
    page = (await api.get(messages_url, params={"To": ANN})).json()
    assert (page["messages"], page["start"], page["end"], page["next_page_uri"]) == ([], 0, 0, None)
    assert page["uri"] == f"{messages_url}?To=%2B15558675310&PageSize=50&Page=0"


async def test_new_messages_do_not_disturb_a_reader(history: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Whatever is sent meanwhile, the pages go on where they were."""
    first = (await api.get(messages_url, params={"PageSize": "100"})).json()
    await api.post(messages_url, data={"To": ANN, "From": history.number, "Body": "News"})
    assert bodies((await api.get(first["next_page_uri"])).json()) == [*range(19, -1, -1)]


async def test_messages_that_are_sent_meanwhile_are_read_once(connect: Connect) -> None:
    """A page is not repeated because its last message moves up when it is delivered."""
    async with Emulator(lifecycle="manual") as emulator, connect(emulator) as api:
        url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
        for number in range(6):
            await api.post(url, data={"To": ANN, "From": emulator.number, "Body": f"Message {number}"})
        first = (await api.get(url, params={"PageSize": "2"})).json()
        emulator.clock.advance(60)
        for message in emulator.messages[3:]:
            emulator.deliver(message.sid)
        assert [*bodies(first), *bodies((await api.get(first["next_page_uri"])).json())] == [5, 4, 2, 1]


async def test_a_reader_may_delete_what_he_reads(history: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Page after page can be deleted without missing one."""
    for page in await pages(api, f"{messages_url}?PageSize=50"):
        for message in page["messages"]:
            assert (await api.delete(message["uri"])).status_code == 204
    assert history.messages == []


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"To": ANN}, range(118, -1, -2)),
        ({"To": BOB, "From": BOB}, []),
        ({"DateSent": "2024-05-25"}, range(35, 11, -1)),
        ({"DateSent": "2024-05-25T18:00:00Z", "To": BOB}, range(35, 11, -2)),
        ({"DateSent<": "2024-05-24T15:00:00Z"}, range(3, -1, -1)),
        ({"DateSent<": "2024-05-25"}, range(12, -1, -1)),
        ({"DateSent>": "2024-05-29"}, range(119, 107, -1)),
        ({"DateSent>": "Fri, 24 May 2024 13:00:00 +0000", "DateSent<": "05/24/2024 08:00:00 MST"}, range(3, 0, -1)),
    ],
)
async def test_filters_leave_what_they_say(
    history: Emulator, api: httpx.AsyncClient, messages_url: str, filters: dict[str, str], numbers: range
) -> None:
    """By ends exactly, by day or by inclusive bounds, in any form of date; and the links repeat the filters."""
    found = await pages(api, f"{messages_url}?{httpx.QueryParams(filters | {'PageSize': '7'})}")
    assert [number for page in found for number in bodies(page)] == [*numbers]
    for page in found:
        for name, value in filters.items():
            assert f"{quote(name)}={quote(value, safe='')}".replace("%20", "+") in page["uri"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"Page": "1"}, "PageToken is required for paging."),
        ({"Page": "1", "PageToken": "PASM0"}, "Invalid parameter PageToken"),
        ({"PageToken": "XXSM0"}, "Invalid parameter PageToken"),
        ({"Page": "-1"}, "Invalid parameter Page"),
        ({"PageSize": "0"}, "Invalid parameter PageSize"),
        ({"PageSize": "many"}, "Invalid parameter PageSize"),
        ({"DateSent": "today"}, "Invalid parameter DateSent"),
    ],
)
async def test_a_wrong_page_is_refused(
    history: Emulator, api: httpx.AsyncClient, messages_url: str, query: dict[str, str], message: str
) -> None:
    """Whoever leaves the links needs a token, and whole numbers."""
    answer = await api.get(messages_url, params=query)
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (400, 20001, message)


async def test_page_zero_is_the_first_whatever_token_comes_with_it(
    history: Emulator, api: httpx.AsyncClient, messages_url: str
) -> None:
    """A token alone is enough to go on."""
    token = (await api.get(messages_url)).json()["next_page_uri"].rpartition("=")[2]
    assert bodies((await api.get(messages_url, params={"Page": "0", "PageToken": token})).json())[0] == 119
    page = (await api.get(messages_url, params={"PageToken": token})).json()
    assert (bodies(page)[0], page["page"]) == (69, 1)


async def test_a_page_has_at_most_a_thousand(connect: Connect) -> None:
    """More is cut down, or refused if the switch says so."""
    for switches, status, size in (Switches(), 200, 1000), (Switches(oversized_page="reject"), 400, None):
        async with Emulator(switches=switches) as emulator, connect(emulator) as api:
            emulator.seed_messages(1001)
            url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
            assert len((await api.get(url, params={"PageSize": "1000"})).json()["messages"]) == 1000
            answer = await api.get(url, params={"PageSize": "1001"})
            assert answer.status_code == status
            assert answer.json().get("page_size") == size
            assert answer.json().get("code") == (None if size else 20007)


async def test_messaging_has_another_envelope_with_whole_addresses(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Its links are on the origin by which the caller knows the server."""
    for name in "abc":
        await api.post("/v1/Services", data={"FriendlyName": name})
    first = (await api.get("/v1/Services", params={"PageSize": "2"}, headers={"Host": "twilio.test:80"})).json()
    assert first["meta"] == {
        "page": 0,
        "page_size": 2,
        "first_page_url": "http://twilio.test:80/v1/Services?PageSize=2&Page=0",
        "previous_page_url": None,
        "next_page_url": f"http://twilio.test:80/v1/Services?PageSize=2&Page=1&PageToken=PA{first['services'][1]['sid']}",
        "key": "services",
        "url": "http://twilio.test:80/v1/Services?PageSize=2&Page=0",
    }
    second = (await api.get("/v1/Services", params=first["meta"]["next_page_url"].partition("?")[2])).json()
    assert [service["friendly_name"] for service in (*first["services"], *second["services"])] == ["c", "b", "a"]
    assert second["meta"]["next_page_url"] is None
    assert second["meta"]["previous_page_url"].startswith(f"{emulator.url}/v1/Services?PageSize=2&Page=0&PageToken=PB")
    assert (await api.get("/v1/Services", params={"Page": "1"})).json()["code"] == 20001


async def test_the_media_of_a_message_are_a_list(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Paged like messages, filtered by the date of their creation."""
    urls = [f"http://x.example/{number}.png" for number in range(10)]
    created = (await api.post(messages_url, data={"To": ANN, "From": emulator.number, "MediaUrl": urls})).json()
    uri = created["subresource_uris"]["media"]
    page = (await api.get(uri, params={"PageSize": "4"})).json()
    sids = [media["sid"] for media in page["media_list"]]
    while page["next_page_uri"]:
        page = (await api.get(page["next_page_uri"])).json()
        sids += [media["sid"] for media in page["media_list"]]
    assert sids == [media.sid for media in reversed(emulator.media(created["sid"]))]
    today = datetime.now(UTC).date()
    later = {"DateCreated>": str(today + timedelta(days=1))}
    assert (await api.get(uri, params=later)).json()["media_list"] == []
    assert len((await api.get(uri, params={"DateCreated<": str(today + timedelta(days=1))})).json()["media_list"]) == 10
    assert (await api.get(uri, params={"DateCreated": "now"})).json()["code"] == 20001
