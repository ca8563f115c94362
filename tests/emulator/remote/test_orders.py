"""What one can ask of a running emulator."""

from __future__ import annotations

import base64
import inspect
import json
from typing import Any

import httpx
import pytest
from aiohttp import web
from msgspec import Struct

from tests.emulator.conftest import Connect
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.faults import Faults
from twilio_async.emulator.api.server import Server
from twilio_async.emulator.applications.webhook_faults import WebhookFaults
from twilio_async.emulator.remote.orders import PREFIX, ROUTES, Refusal, Rule, Text, WebhookRule

ANN = "+15558675310"


async def ask(api: httpx.AsyncClient, method: str, path: str, content: object = None) -> Any:
    """The answer, which is to be a good one."""
    answer = await api.request(method, f"{PREFIX}{path}", json=content if content is not None else {})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def create(emulator: Emulator, api: httpx.AsyncClient) -> httpx.Response:
    """Send one message."""
    url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    return await api.post(url, data={"To": ANN, "From": emulator.number, "Body": "Hi"})


@pytest.mark.parametrize(
    ("form", "method"),
    [(Rule, Faults.add), (WebhookRule, WebhookFaults.add), (Text, Emulator.receive), (Refusal, Emulator.reject)],
)
def test_an_order_takes_what_the_method_takes(form: type[Struct], method: Any) -> None:
    """None of its arguments is forgotten, and none is invented."""
    assert set(form.__struct_fields__) == inspect.signature(method).parameters.keys() - {"self", "sid"}


async def test_it_says_what_it_is(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Where it is, whose account it has, what time it is there, and all that can be asked."""
    emulator.add_message()
    about = await ask(api, "GET", "")
    assert (about["url"], about["account_sid"], about["messages"]) == (emulator.url, emulator.account_sid, 1)
    assert about["numbers"][0] == emulator.number
    assert len(about["routes"]) == len(ROUTES) + 1
    assert all(f" {PREFIX}" in line for line in about["routes"])


async def test_the_state_goes_out_and_in(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """However large it is: more than the megabyte that one may say to Twilio."""
    emulator.seed_messages(5_000)
    document = (await api.get(f"{PREFIX}/state")).content
    assert len(document) > 2**20
    async with Emulator() as other:
        answer = await api.post(f"{other.url}{PREFIX}/state", content=document)
        assert answer.json() == {"messages": 5_000}
        assert other.export() == document


async def test_what_it_knows_can_be_looked_at(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Messages, requests, webhooks and alerts, all or the newest."""
    emulator.set_webhook("http://127.0.0.1:1/in")
    await emulator.receive("one")
    await create(emulator, api)
    await create(emulator, api)
    assert [message["body"] for message in (await ask(api, "GET", "/messages"))["messages"]] == ["one", "Hi", "Hi"]
    assert [message["sid"] for message in (await ask(api, "GET", "/messages?limit=1"))["messages"]] == [
        emulator.messages[-1].sid
    ]
    assert (await ask(api, "GET", "/messages?limit=0"))["messages"] == []
    assert [request["status"] for request in (await ask(api, "GET", "/requests"))["requests"]] == [201, 201]
    assert [delivery["state"] for delivery in (await ask(api, "GET", "/deliveries"))["deliveries"]] == ["failed"]
    assert len((await ask(api, "GET", "/alerts"))["alerts"]) == len(emulator.alerts) > 0


async def test_messages_are_moved_by_hand(connect: Connect) -> None:
    """Each step of one, and each of its ends, with a code or the usual one."""
    async with Emulator(lifecycle="manual") as emulator, connect(emulator) as api:
        sids = [(await create(emulator, api)).json()["sid"] for _ in range(4)]
        for step, status in (("send", "sent"), ("deliver", "delivered"), ("read", "read")):
            assert (await ask(api, "POST", f"/messages/{sids[0]}/{step}"))["status"] == status
        for sid, step, code, found in (
            (sids[1], "fail", None, 30008),
            (sids[2], "fail", 30007, 30007),
            (sids[3], "undeliver", None, 30003),
        ):
            moved = await ask(api, "POST", f"/messages/{sid}/{step}", {} if code is None else {"code": code})
            assert moved["error_code"] == found
    assert [message.status for message in emulator.messages] == ["read", "failed", "failed", "undelivered"]


async def test_what_is_applied_for_is_decided_by_hand(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Granted, or refused for a reason; what nobody applied for is not there."""
    profiles = {"customer_profile_bundle_sid": "BU1", "a2p_profile_bundle_sid": "BU2"}
    emulator.seed({"brands": [{"sid": f"BN{'1' * 32}", **profiles}]})
    rejected = await ask(api, "POST", f"/reviews/BN{'1' * 32}/reject", {"reason": "Invalid region", "code": 30701})
    assert (rejected["status"], rejected["failure_reason"]) == ("FAILED", "Invalid region")
    assert (await ask(api, "POST", f"/reviews/BN{'1' * 32}/approve"))["status"] == "APPROVED"
    assert (await ask(api, "POST", f"/reviews/BN{'1' * 32}/reject"))["status"] == "FAILED"
    assert (await api.post(f"{PREFIX}/reviews/BN{'2' * 32}/approve")).status_code == 404


async def test_a_handset_is_played(connect: Connect) -> None:
    """With words, with files as URLs or as bytes, and with more fields; the application's answer is obeyed."""
    seen: list[Any] = []

    async def application(request: web.BaseRequest) -> web.StreamResponse:
        seen.append(await request.post())
        return web.Response(text="<Response><Message>Thanks</Message></Response>", content_type="text/xml")

    server = await Server.open(application)
    async with Emulator() as emulator, connect(emulator) as api:
        emulator.set_webhook(f"{server.url}/in")
        picture = {"content": base64.b64encode(b"\x89PNG").decode()}
        said = {"body": "Hi", "from": "+15550001111", "to": emulator.numbers[1].number, "fields": {"ButtonText": "Yes"}}
        received = await ask(api, "POST", "/receive", {**said, "media": ["https://example.com/a.gif", picture]})
        assert (await ask(api, "POST", "/receive"))["message"]["from"] == ANN
        assert (await ask(api, "POST", "/receive", {"media": {**picture, "content_type": "image/x"}}))["message"][
            "num_media"
        ] == 1
    await server.close()
    assert received["message"]["to"] == emulator.numbers[1].number
    assert [reply["body"] for reply in received["replies"]] == ["Thanks"]
    assert seen[0]["ButtonText"] == "Yes"
    assert [seen[0]["MediaContentType0"], seen[0]["MediaContentType1"]] == ["image/gif", "image/png"]
    assert seen[2]["MediaContentType0"] == "image/x"


async def test_the_clock_is_wound_on(connect: Connect) -> None:
    """And tells what time it is then; what becomes due by that has happened when all is settled."""
    async with Emulator(clock="manual") as emulator, connect(emulator) as api:
        before = emulator.clock()
        assert (await ask(api, "POST", "/clock/advance", {"seconds": 90.5}))["clock_ahead"] == 90.5
        assert (emulator.clock() - before).total_seconds() == 90.5
        assert await ask(api, "POST", "/settled") == {"settled": True}


async def test_things_go_wrong_on_demand_and_well_again(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Requests and webhooks; but no request to the emulator itself, which could not be saved any more."""
    await ask(api, "POST", "/faults", {"match": "POST /Messages", "status": 503, "times": 2})
    await ask(api, "POST", "/faults", {"latency": 0.0, "kind": "latency"})
    assert (await create(emulator, api)).status_code == 503
    assert [fault.fired for fault in emulator.faults] == [1, 1]
    assert await ask(api, "DELETE", "/faults") == {"removed": 2}
    assert (await create(emulator, api)).status_code == 201
    made = await ask(api, "POST", "/webhook-faults", {"kind": "delay", "seconds": 5, "match": "/in"})
    assert made == {"kind": "delay", "match": "/in", "times": None, "probability": 1.0}
    assert [fault.seconds for fault in emulator.webhook_faults] == [5]
    assert await ask(api, "DELETE", "/webhook-faults") == {"removed": 1}
    answer = await api.post(f"{PREFIX}/faults", json={"kind": "refuse"})
    assert (answer.status_code, "`times`" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("/clock/advance", "{}", "missing required field `seconds`; this takes {"),
        ("/clock/advance", '{"seconds": -1}', ">= 0.0 - at `$.seconds`"),
        ("/clock/advance", '{"seconds": 1e300}', "at `$.seconds`"),
        ("/clock/advance", "seconds=1", "malformed"),
        ("/faults", "{}", "say what goes wrong"),
        ("/faults", '{"status": 999}', "at `$.status`"),
        ("/faults", '{"status": 503, "probability": 2}', "at `$.probability`"),
        ("/webhook-faults", '{"kind": "lose"}', "Invalid enum value 'lose' - at `$.kind`"),
        ("/receive", '{"to": "+1"}', "+1 is none of the numbers here"),
        ("/receive", '{"form": "+1"}', "unknown field `form`"),
        ("/receive", '{"media": {"content": "?"}}', "base64"),
        ("/state", '{"messages": [{"to": 1}]}', "at `$.messages[0].to`"),
        ("/settled", '{"now": true}', "unknown field `now`"),
    ],
)
async def test_what_is_wrong_with_an_order_is_named(api: httpx.AsyncClient, path: str, body: str, complaint: str) -> None:
    """Which argument, what it should be, and an example of what is taken."""
    answer = await api.post(f"{PREFIX}{path}", content=body)
    assert answer.status_code == 400
    assert complaint in json.loads(answer.content)["error"]


@pytest.mark.parametrize("limit", ["-1", "x", "1e3", "9999999999", "²"])
async def test_a_limit_is_a_number(api: httpx.AsyncClient, limit: str) -> None:
    """Anything else is not taken for one."""
    answer = await api.get(f"{PREFIX}/messages", params={"limit": limit})
    assert (answer.status_code, "limit" in answer.json()["error"]) == (400, True)
