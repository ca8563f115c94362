"""The emulator as its users see it: where it is, what it owns, and how it lives."""

from __future__ import annotations

import shlex
import threading

import anyio
import httpx
import pytest

from tests.emulator.conftest import Connect, until
from tests.raw_server import LOOPS
from twilio_async.emulator import Emulator

ANN = "+15558675310"


@pytest.fixture(params=LOOPS)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    """An emulator runs in either loop."""
    return request.param


def form(emulator: Emulator) -> dict[str, str]:
    """A message that can be sent."""
    return {"To": ANN, "From": emulator.number, "Body": "Hello"}


def url(emulator: Emulator) -> str:
    """Where messages are."""
    return f"{emulator.url}/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"


async def test_it_lives_in_the_running_loop(connect: Connect) -> None:
    """From the beginning of its block to the end."""
    async with Emulator() as emulator, connect(emulator) as api:
        assert (await api.post(url(emulator), data=form(emulator))).status_code == 201
        assert [message.body for message in emulator.messages] == ["Hello"]
        assert repr(emulator) == f"<Emulator {emulator.url} messages=1 requests=1>"
    async with httpx.AsyncClient(verify=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(emulator.url)


def test_it_lives_in_a_thread_of_its_own() -> None:
    """For synchronous code, which asks and decides from outside; the thread ends with the block."""
    before = {*threading.enumerate()}
    with (
        Emulator(lifecycle="manual") as emulator,
        httpx.Client(verify=False, auth=(emulator.account_sid, emulator.auth_token)) as api,
    ):
        sid = api.post(url(emulator), data=form(emulator)).json()["sid"]
        assert emulator.deliver(sid).status == "delivered"
        assert api.get(url(emulator)).json()["messages"][0]["status"] == "delivered"
        emulator.faults.add(status=503)
        assert api.get(url(emulator)).status_code == 503
        assert [request.status for request in emulator.requests] == [201, 200, 503]
    assert {*threading.enumerate()} <= before


def test_many_threads_may_ask_at_once() -> None:
    """Nothing is lost between those who send, those who look, and those who decide."""
    with Emulator(lifecycle="manual") as emulator:

        def send() -> None:
            with httpx.Client(verify=False, auth=(emulator.account_sid, emulator.auth_token)) as api:
                for _ in range(20):
                    emulator.deliver(api.post(url(emulator), data=form(emulator)).json()["sid"])

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            assert len(emulator.messages) <= len(emulator.requests)
        assert {message.status for message in emulator.messages} == {"delivered"}
        assert len(emulator.messages) == 80


def test_a_port_that_is_taken_is_an_error_in_both_lives() -> None:
    """And nothing of the half-opened emulator is left."""
    before = {*threading.enumerate()}
    with Emulator() as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), Emulator(port):
            pass
    assert {*threading.enumerate()} <= before
    with Emulator(port) as again:
        assert again.url == first.url


def test_before_it_is_started_it_is_nowhere() -> None:
    """But what it owns can be prepared already."""
    emulator = Emulator()
    emulator.seed_messages(3)
    with pytest.raises(RuntimeError, match="before it is started"):
        assert emulator.url
    assert repr(emulator) == "<Emulator not started messages=3 requests=0>"


async def test_it_can_be_started_again(connect: Connect) -> None:
    """With everything that it knew."""
    emulator = Emulator(latency=0.001)
    for count in (1, 2):
        async with emulator, connect(emulator) as api:
            await api.post(url(emulator), data=form(emulator))
        assert len(emulator.messages) == count


async def test_a_late_answer_does_not_hold_up_the_end(connect: Connect) -> None:
    """Whoever still waits for one is answered when the emulator ends."""
    statuses: list[int] = []

    async def wait(emulator: Emulator) -> None:
        async with connect(emulator) as api:
            statuses.append((await api.post(url(emulator), data=form(emulator), timeout=None)).status_code)

    async with anyio.create_task_group() as waiting, Emulator(latency=3600) as emulator:
        waiting.start_soon(wait, emulator)
        await until(lambda: emulator.messages)
    assert statuses == [201]


def test_the_environment_leads_a_program_here() -> None:
    """As a mapping, and as lines for a shell."""
    with Emulator() as emulator:
        assert emulator.env == {
            "TWILIO_BASE_URL": emulator.url,
            "TWILIO_ACCOUNT_SID": emulator.account_sid,
            "TWILIO_AUTH_TOKEN": emulator.auth_token,
            "TWILIO_NUMBER": "+15017122661",
        }
        lines = [shlex.split(line) for line in emulator.shell_lines()]
        assert lines == [["export", f"{name}={value}"] for name, value in emulator.env.items()]


def test_what_it_owns_is_always_the_same() -> None:
    """Account, keys and numbers; a seed repeats the sids of the messages too."""
    one, other = Emulator(seed=5), Emulator(seed=5)
    keys = ("account_sid", "auth_token", "api_key", "api_secret", "oauth_client_id", "oauth_client_secret")
    for owned in (*keys, "number", "numbers", "whatsapp", "content_sid"):
        assert getattr(one, owned) == getattr(other, owned)
    assert one.number == one.numbers[0].number
    assert [number.sid[:2] for number in one.numbers] == ["PN", "PN", "PN", "PN", "SC"]
    assert one.add_message().sid == other.add_message().sid
    assert Emulator().add_message().sid != Emulator().add_message().sid


async def test_what_was_made_can_be_looked_at(connect: Connect) -> None:
    """Services and feedback, beside messages and media."""
    async with Emulator() as emulator, connect(emulator) as api:
        await api.post("/v1/Services", data={"FriendlyName": "Shop"})
        assert [service.friendly_name for service in emulator.services] == ["Shop"]
        sid = (await api.post(url(emulator), data=form(emulator))).json()["sid"]
        assert emulator.feedback(sid) is None
        await api.post(f"{url(emulator).removesuffix('.json')}/{sid}/Feedback.json", data={"Outcome": "unconfirmed"})
        feedback = emulator.feedback(sid)
        assert feedback is not None
        assert feedback.outcome == "unconfirmed"
        assert emulator.media(sid) == []
        with pytest.raises(KeyError):
            emulator.message("SM" + "0" * 32)


def test_a_pace_has_a_name() -> None:
    """Or is a profile."""
    with pytest.raises(ValueError, match="not 'fast'"):
        Emulator(lifecycle="fast")  # type: ignore[arg-type]  # the mistake that is refused


@pytest.mark.parametrize(
    ("options", "argument"),
    [({"port": 65_536}, "port"), ({"latency": -1}, "latency"), ({"concurrency_limit": 0}, "concurrency_limit")],
)
def test_options_that_cannot_be_right_are_refused(options: dict[str, int], argument: str) -> None:
    """Before anything is opened, and by their names."""
    with pytest.raises(ValueError, match=argument):
        Emulator(**options)  # type: ignore[arg-type]
