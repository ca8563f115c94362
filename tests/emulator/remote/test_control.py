"""Remote control, on the port of the API and apart from it."""

from __future__ import annotations

import anyio
import httpx
import pytest

from tests.emulator.conftest import Connect, until
from twilio_async.emulator import Emulator
from twilio_async.emulator.remote.control import controls
from twilio_async.emulator.remote.event_stream import MARK
from twilio_async.emulator.remote.orders import PREFIX


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/_emulator", True),
        ("/_emulator?x", True),
        ("/_emulator/state", True),
        ("/_emulators", False),
        ("/", False),
        ("/v1/_emulator", False),
    ],
)
def test_its_paths_are_none_of_twilios(path: str, is_one: bool) -> None:
    """They begin with a word that Twilio has not."""
    assert controls(path) is is_one


async def test_it_is_apart_from_the_api(connect: Connect) -> None:
    """No fault strikes it, no limit counts it, no request is noted, no latency delays it, and it needs no credentials."""
    async with Emulator(concurrency_limit=1, latency=3600) as emulator, connect(emulator) as api:
        emulator.faults.add(kind="reset")
        emulator.faults.add(latency=3600)
        async with anyio.create_task_group() as one:
            one.start_soon(lambda: api.get("/v1/Services"))
            await until(lambda: emulator.in_flight)
            answer = await api.get(PREFIX, auth=None)
            assert (answer.status_code, answer.headers[MARK]) == (200, "1")
            one.cancel_scope.cancel()
        assert (len(emulator.requests), emulator.rejected, emulator.in_flight_peak) == (1, 0, 1)


async def test_it_works_from_other_threads_loops() -> None:
    """An emulator for synchronous code is controlled like any other."""
    with Emulator(lifecycle="manual") as emulator:
        emulator.add_message(status="queued")
        sid = emulator.messages[0].sid
        async with httpx.AsyncClient(base_url=emulator.url, verify=False) as client:
            assert (await client.post(f"{PREFIX}/messages/{sid}/deliver")).json()["status"] == "delivered"
            assert (await client.post(f"{PREFIX}/receive", json={"body": "Hi"})).status_code == 200
        assert len(emulator.messages) == 2


@pytest.mark.parametrize(
    ("method", "path", "status", "complaint"),
    [
        ("GET", "/mesages", 404, "the nearest is /_emulator/messages, and GET /_emulator lists all"),
        ("POST", "/messages/SM1/delivre", 404, "the nearest is /_emulator/messages/{sid}/deliver"),
        ("GET", "/clock", 404, "the nearest is /_emulator/clock/advance"),
        ("GET", "/settled", 405, "is for POST, not for GET"),
        ("POST", "/events", 405, "is for GET, not for POST"),
        ("PUT", "/state", 405, "is for GET, POST, not for PUT"),
        ("POST", "/messages/SM1/deliver", 404, "there is no message SM1: GET /_emulator/messages lists them"),
    ],
)
async def test_a_wrong_turn_is_told_the_way(
    api: httpx.AsyncClient, method: str, path: str, status: int, complaint: str
) -> None:
    """What is not there names what is nearest."""
    answer = await api.request(method, f"{PREFIX}{path}")
    assert answer.status_code == status
    assert complaint in answer.json()["error"]


async def test_a_step_that_cannot_be_taken_is_refused(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """In the words of the method."""
    sid = emulator.add_message().sid
    answer = await api.post(f"{PREFIX}/messages/{sid}/send")
    assert (answer.status_code, answer.json()) == (400, {"error": "a message that is delivered does not become sent"})


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
async def test_web_pages_are_refused(emulator: Emulator, api: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Also those whose name leads here; nothing is done."""
    answer = await api.post(f"{PREFIX}/state", json={"messages": [{}]}, headers=headers)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert emulator.messages == []


async def test_who_listens_everywhere_is_known_by_any_name() -> None:
    """Other machines have another name for it."""
    async with Emulator(host="0.0.0.0") as emulator, httpx.AsyncClient(verify=False) as client:
        answer = await client.get(f"{emulator.url}{PREFIX}", headers={"Host": "build.example"})
    assert answer.status_code == 200
