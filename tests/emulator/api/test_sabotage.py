"""How each fault looks to a client, and whether what it asked for was done."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import aiohttp
import anyio
import httpx
import pytest

from tests.emulator.conftest import basic, until
from tests.raw_server import LOOPS
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.sabotage import gzip_bomb


@pytest.fixture(params=LOOPS)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    """Connections break in either loop."""
    return request.param


FORM = {"To": "+15558675310", "Body": "Hello"}


async def create(api: httpx.AsyncClient, emulator: Emulator) -> httpx.Response:
    """Ask for a message."""
    url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    return await api.post(url, data={**FORM, "From": emulator.number})


def statuses(emulator: Emulator) -> list[int | None]:
    """What the requests were answered with."""
    return [request.status for request in emulator.requests]


async def test_a_status_comes_in_twilios_dialect(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """With the usual code, a Retry-After if one is given, and Twilio's headers; nothing is created."""
    rule = emulator.faults.add("POST /Messages", status=503, times=2, retry_after=1.5)
    for _ in range(2):
        answer = await create(api, emulator)
        assert answer.status_code == 503
        assert answer.json()["code"] == 20503
        assert answer.headers["Retry-After"] == "1.5"
        assert answer.headers["Twilio-Request-Id"].startswith("RQ")
    assert not emulator.messages
    assert (await create(api, emulator)).status_code == 201
    assert rule.fired == 2
    assert statuses(emulator) == [503, 503, 201]


async def test_a_status_can_say_what_a_test_wants(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Code and words, whole headers and body, or the effect beside the error."""
    emulator.faults.add(status=429, code=21611, message="SMS queue is full.", times=1)
    emulator.faults.add(status=504, body="too slow", headers={"Content-Type": "text/plain"}, processed=True, times=1)
    answer = await create(api, emulator)
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (429, 21611, "SMS queue is full.")
    answer = await create(api, emulator)
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (504, "too slow", "text/plain")
    assert len(emulator.messages) == 1


async def test_accept_then_500_has_sent_the_message(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """The error says nothing about the effect."""
    emulator.faults.add(kind="accept_then_500")
    answer = await create(api, emulator)
    assert (answer.status_code, answer.json()["code"]) == (500, 20500)
    assert len(emulator.messages) == 1


async def test_accept_then_drop_has_sent_the_message(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """The connection ends without an answer; the next one is as good as new."""
    emulator.faults.add(kind="accept_then_drop", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await create(api, emulator)
    assert len(emulator.messages) == 1
    assert (await create(api, emulator)).status_code == 201
    assert statuses(emulator) == [None, 201]


async def test_a_reset_has_read_the_request_and_done_nothing(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """The client sees a reset, not an end."""
    emulator.faults.add(kind="reset", times=1)
    with pytest.raises(httpx.ReadError):
        await create(api, emulator)
    assert not emulator.messages
    assert statuses(emulator) == [None]


async def test_a_refused_connection_has_not_even_been_read(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """There is no trace of it but the count of the rule."""
    rule = emulator.faults.add(kind="refuse", times=2)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            await create(api, emulator)
    assert rule.fired == 2
    assert emulator.requests == []
    assert (await create(api, emulator)).status_code == 201


async def test_a_truncated_answer_promises_more_than_it_sends(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Status and headers are those of the success; the body ends in the middle, and without one there is nothing."""
    emulator.faults.add(kind="truncated", times=2)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await create(api, emulator)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await api.delete(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages/{emulator.messages[0].sid}.json")
    assert emulator.messages == []
    assert statuses(emulator) == [201, None]


async def test_a_proxy_answers_in_html(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Without a word of Twilio's, and with whatever status it has."""
    emulator.faults.add(kind="html", times=1)
    emulator.faults.add(kind="html", status=504, retry_after=2, body="<b>late</b>", times=1)
    answer = await create(api, emulator)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert "<h1>502 Bad Gateway</h1></center>\r\n<hr><center>openresty</center>" in answer.text
    assert "Twilio-Request-Id" not in answer.headers
    answer = await create(api, emulator)
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (504, "<b>late</b>", "2")
    assert not emulator.messages


async def test_a_malformed_answer_is_complete_but_no_json(emulator: Emulator) -> None:
    """Of the right length; an answer without a body gets half of one, and a test may give its own."""
    credentials = (emulator.account_sid, emulator.auth_token)
    async with httpx.AsyncClient(verify=False, base_url=emulator.url, auth=credentials) as api:
        emulator.faults.add(kind="malformed", times=1)
        answer = await create(api, emulator)
        assert answer.status_code == 201
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        emulator.faults.add(kind="malformed", body=b"\xff", times=1)
        assert (await api.get("/v1/Services")).content == b"\xff"
        emulator.faults.add(kind="malformed", processed=False, times=1)
        assert (await create(api, emulator)).text == "{"
    assert len(emulator.messages) == 1


async def test_a_bomb_is_small_until_it_is_unpacked(emulator: Emulator) -> None:
    """A gzip body of a thousandth of what it expands to, with the status of the success."""
    rule = emulator.faults.add(kind="gzip_bomb", expands_to=5_000_000)
    headers = {"Authorization": basic(emulator.account_sid, emulator.auth_token)}
    async with aiohttp.ClientSession(emulator.url, headers=headers, auto_decompress=False) as client:
        url = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
        async with client.post(url, data={**FORM, "From": emulator.number}) as answer:
            assert (answer.status, answer.headers["Content-Encoding"]) == (201, "gzip")
            body = await answer.read()
        sid = emulator.messages[0].sid
        async with client.delete(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages/{sid}.json") as answer:
            assert answer.status == 200
            assert answer.content_type == "application/json"
    assert len(body) < 10_000
    assert gzip.decompress(body) == b" " * 5_000_000
    assert rule.fired == 2


@pytest.mark.parametrize("kind", ["reset", "accept_then_drop", "truncated"])
async def test_nobody_need_be_there_any_more(emulator: Emulator, api: httpx.AsyncClient, kind: Any) -> None:
    """A connection that its client has closed cannot be broken further."""
    emulator.faults.add(kind=kind, latency=0.5)
    async with anyio.create_task_group() as impatient:
        impatient.start_soon(create, api, emulator)
        await until(lambda: emulator.requests)
        impatient.cancel_scope.cancel()
    await until(lambda: not emulator.in_flight)
    assert len(emulator.requests) == 1


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_a_bomb_of_any_size_is_a_valid_stream(size: int) -> None:
    """In one member, checksum and all, so that every decompressor takes all of it."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert unpack.decompress(gzip_bomb(size)) == b" " * size
    assert unpack.eof
    assert unpack.unused_data == b""
