"""Access tokens of an OAuth app: when one is asked for, how often, where, and what becomes of those who wait for it."""

from __future__ import annotations

import asyncio
import base64
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import anyio
import anyio.from_thread
import pytest

from tests.emulator.conftest import until
from tests.official import SPEC, Recorder
from tests.raw_server import ACCOUNT, CREATED, MESSAGE, Peer, RawServer, answering, http
from tests.tasks import no_task_left, settle
from twilio_async import (
    AsyncSession,
    AuthenticationError,
    ConfigError,
    ConnectError,
    Message,
    NotFound,
    OAuthAuth,
    PermissionDenied,
    Retry,
    ServerError,
    SessionClosed,
    TimedOut,
    TwilioError,
    UnreadableAnswer,
)
from twilio_async._fence import boot_clock, fenced
from twilio_async._tokens import EARLY, LONGEST, USUAL, AccessTokens, _read
from twilio_async.emulator import Emulator
from twilio_async.events import Event, RequestEnded, RequestStarted, Retrying
from twilio_async.outbox import MemoryStore, Outbox

TO = "+15558675310"
APP, SECRET = "OQ" + "1" * 32, "a secret that nobody may see"
PATH = "/v2/token"


def credentials(emulator: Emulator, **changes: str) -> OAuthAuth:
    """Those of the emulator's app."""
    given = {"client_id": emulator.oauth_client_id, "client_secret": emulator.oauth_client_secret}
    return OAuthAuth(**{**given, "account_sid": emulator.account_sid, **changes})


def opened(emulator: Emulator, **options: Any) -> AsyncSession:
    """A session that repeats without waiting, with options of the test's own."""
    return AsyncSession(credentials(emulator), **{"base_url": emulator.url, "retry": Retry(base=0.0), **options})


@pytest.fixture
async def twilio(emulator: Emulator) -> AsyncIterator[AsyncSession]:
    """A session on that Twilio; how it asks for tokens is held against Twilio's document of that."""
    recorder = Recorder()
    async with opened(emulator, trace_configs=[recorder.trace()]) as twilio:
        yield twilio
    if SPEC.is_dir():
        recorder.exchanges = [exchange for exchange in recorder.exchanges if exchange.path == PATH]
        assert recorder.exchanges
        recorder.check()


async def texted(twilio: AsyncSession, emulator: Emulator) -> Message:
    """A message that the session has sent."""
    return await twilio.messages.create(to=TO, from_=emulator.number, body="Hi!")


def asked(emulator: Emulator) -> int:
    """How often a token was asked for."""
    return sum(request.path == PATH for request in emulator.requests)


class Time:
    """A clock that somebody sets."""

    def __init__(self, twilio: AsyncSession) -> None:
        self.now = 1000.0
        tokens(twilio)._clock = lambda: self.now


def tokens(twilio: AsyncSession) -> AccessTokens:
    """Where a session keeps its token."""
    assert twilio._tokens is not None
    return twilio._tokens


# --- one token for all ---------------------------------------------------------------------------------------------------


async def test_the_first_call_brings_a_token_and_all_use_it(twilio: AsyncSession, emulator: Emulator) -> None:
    """The credentials go to the token's address alone, in the body, and the token everywhere else."""
    await texted(twilio, emulator)
    await twilio.services.list()
    first, *others = emulator.requests
    assert (first.method, first.path, first.headers.get("Authorization")) == ("POST", PATH, None)
    assert parse_qs(first.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": [emulator.oauth_client_id],
        "client_secret": [emulator.oauth_client_secret],
    }
    [header] = {request.headers["Authorization"] for request in others}
    assert header.startswith("Bearer ey")
    assert len(others) == 2


async def test_a_hundred_calls_that_start_together_fetch_one_token(twilio: AsyncSession, emulator: Emulator) -> None:
    """And all of them use it."""
    messages = await asyncio.gather(*(texted(twilio, emulator) for _ in range(100)))
    assert len({message.sid for message in messages}) == 100
    assert asked(emulator) == 1


async def test_a_session_with_one_place_has_room_for_the_token(emulator: Emulator) -> None:
    """The call that waits for it holds the only one."""
    async with opened(emulator, concurrency=1) as twilio:
        await asyncio.gather(*(texted(twilio, emulator) for _ in range(3)))
    assert len(emulator.messages) == 3


async def test_a_session_for_another_account_shares_the_token(emulator: Emulator) -> None:
    """What the token opens there is Twilio's to say: an app opens its own account, and no subaccount."""
    child = emulator.add_account("Branch", parent=emulator.account)
    async with opened(emulator) as twilio:
        for view in (twilio.for_account(emulator.account_sid), twilio):
            await texted(view, emulator)
            await view.aclose()
        assert asked(emulator) == 1
    async with opened(emulator) as twilio:
        with pytest.raises(AuthenticationError):
            await twilio.for_account(child.sid).messages.list()


async def test_an_answer_comes_without_the_token_that_it_took(twilio: AsyncSession, emulator: Emulator) -> None:
    """What is told of a call is the call's."""
    response = await twilio.response(texted, twilio, emulator)
    assert (response.status, response.attempts, response.data.body) == (201, 1, "Hi!")


async def test_a_token_is_not_late_because_its_call_is(emulator: Emulator) -> None:
    """A moment after which a call may not be sent says nothing about the token, which others want as well."""
    async with opened(emulator, retry=Retry.never()) as twilio:
        with fenced(boot_clock() - 1), pytest.raises(TimedOut, match=r"^messages\.create: held back"):
            await texted(twilio, emulator)
        await texted(twilio, emulator)
    assert asked(emulator) == 1


async def test_an_outbox_sends_by_tokens(emulator: Emulator) -> None:
    """Also when they are revoked in the middle of it, with all places taken."""
    async with opened(emulator, concurrency=4) as twilio, Outbox(MemoryStore()) as outbox:
        await outbox.add([{"to": f"+155586{number:05d}", "from_": emulator.number, "body": "Hi!"} for number in range(40)])
        sending = asyncio.create_task(outbox.send(twilio))
        await until(lambda: len(emulator.messages) >= 10)
        emulator.revoke_tokens()
        assert (await sending).rows == {"accepted": 40}
    assert len(emulator.messages) == 40


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_an_outbox_without_a_token_loses_nobody(status: int, emulator: Emulator) -> None:
    """Its rows wait: nothing of them was sent, whatever was wrong with the token."""
    emulator.faults.add(PATH, status=status, times=None if status < 500 else 1)
    async with opened(emulator, retry=Retry.never()) as twilio, Outbox(MemoryStore()) as outbox:
        await outbox.add([{"to": TO, "from_": emulator.number, "body": "Hi!"}])
        report = await outbox.send(twilio)
        assert report.rows == ({"accepted": 1} if status == 500 else {"pending": 1})


# --- whoever waits for it ------------------------------------------------------------------------------------------------


class Held:
    """A server that answers with tokens when it is told to, and with messages at once."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.tokens = 0

    async def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        while True:
            request = await peer.request()
            if request.target != PATH:
                await peer.say(CREATED)
                continue
            self.tokens += 1
            await self.go.wait()
            await peer.say(http(200, json.dumps({"access_token": f"t0ken-{self.tokens}", "expires_in": 3600}).encode()))


def waiting(server: RawServer, **options: Any) -> AsyncSession:
    """A session on a server that is no Twilio."""
    auth = OAuthAuth(client_id=APP, client_secret=SECRET, account_sid=ACCOUNT)
    return AsyncSession(auth, base_url=server.url, **{"retry": Retry(base=0.0), **options})


async def created(twilio: AsyncSession) -> Message:
    """A message that the session has sent."""
    return await twilio.messages.create(to=TO, from_="+15017122661", body="Hi!")


async def test_who_is_cancelled_takes_the_token_from_nobody() -> None:
    """Whoever asked first: the others have theirs, and it is the one that was under way."""
    held = Held()
    async with RawServer(held) as server, waiting(server) as twilio:
        first, *others = [asyncio.create_task(created(twilio)) for _ in range(5)]
        await server.sees(lambda: held.tokens)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        held.go.set()
        assert len(await asyncio.gather(*others)) == 4
    assert held.tokens == 1


async def test_a_token_that_nobody_waits_for_any_more_serves_the_next_call() -> None:
    """A deadline shorter than the token's way does not keep everybody out for ever."""
    held = Held()
    async with RawServer(held) as server, waiting(server) as twilio:
        with anyio.move_on_after(0.01):
            await created(twilio)
        await server.sees(lambda: held.tokens)
        held.go.set()
        await created(twilio)
    assert held.tokens == 1


async def test_closing_ends_the_wait() -> None:
    """Whoever waits is told, nothing of his is sent, and no task is left."""
    held = Held()
    async with no_task_left(), RawServer(held) as server:
        twilio = waiting(server)
        calls = [asyncio.create_task(created(twilio)) for _ in range(3)]
        await server.sees(lambda: held.tokens)
        await twilio.aclose()
        for call in calls:
            with pytest.raises(SessionClosed) as caught:
                await call
            assert caught.value.outcome == "not_sent"
        with pytest.raises(SessionClosed):
            await created(twilio)
        held.go.set()
    assert [request.target for request in server.requests] == [PATH]


async def test_another_running_loop_is_refused_while_a_token_is_under_way() -> None:
    """As it always is; and those who wait in the first loop have theirs."""
    held = Held()
    async with RawServer(held) as server, waiting(server) as twilio:
        call = asyncio.create_task(created(twilio))
        await server.sees(lambda: held.tokens)
        with pytest.raises(SessionClosed, match="one for each loop"):
            await anyio.to_thread.run_sync(lambda: asyncio.run(created(twilio)))
        held.go.set()
        await call
    assert held.tokens == 1


async def test_everybody_who_waits_has_an_error_of_his_own(emulator: Emulator) -> None:
    """One request fails for all, and what one does to his error the others do not see."""
    emulator.faults.add(PATH, status=401, message="Who are you?")
    async with opened(emulator) as twilio:
        errors = await asyncio.gather(*(texted(twilio, emulator) for _ in range(10)), return_exceptions=True)
    assert {type(error) for error in errors} == {AuthenticationError}
    assert len({id(error) for error in errors}) == 10
    assert asked(emulator) == 1


@pytest.fixture
def far_server() -> Iterator[RawServer]:
    """In a loop of its own. It is silent about the first token, and ends its connections after each answer."""

    async def serve(peer: Peer) -> None:
        request = await peer.request()
        if len(peer.server.requests) == 1:
            await anyio.sleep_forever()
        token = http(200, b'{"access_token": "t0ken", "expires_in": 3600}', Connection="close")
        await peer.say(token if request.target == PATH else http(201, MESSAGE, Connection="close"))
        peer.close()

    async def made() -> RawServer:
        return RawServer(serve)

    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(portal.call(made)) as server,
    ):
        yield server


def test_a_session_goes_from_one_loop_to_the_next(far_server: RawServer) -> None:
    """With its token, and also if the first loop ended in the middle of asking for one."""

    async def interrupted() -> None:
        call = asyncio.create_task(created(session))
        await until(lambda: far_server.requests)
        call.cancel()

    async def texting() -> None:
        await created(session)

    async def ending() -> None:
        await created(session)
        await session.aclose()

    session = waiting(far_server)
    for main in (interrupted, texting, ending):
        asyncio.run(main())
    targets = [request.target.rpartition("/")[2] for request in far_server.requests]
    assert targets == ["token", "token", "Messages.json", "Messages.json"]


async def test_who_asks_while_it_is_closing_keeps_nothing_going() -> None:
    """The request that he begins is ended with the one before."""
    held = Held()
    async with no_task_left(), RawServer(held) as server:
        twilio = waiting(server)
        calls: list[asyncio.Task[Message]] = [asyncio.create_task(created(twilio))]
        await server.sees(lambda: held.tokens)
        flight = tokens(twilio)._flight
        assert flight is not None
        flight.add_done_callback(lambda _: calls.append(asyncio.create_task(created(twilio))))
        await twilio.aclose()
        for call in calls:
            with pytest.raises(SessionClosed):
                await call
        held.go.set()
    assert len(calls) == 2


# --- in time -------------------------------------------------------------------------------------------------------------


async def test_a_token_is_replaced_before_it_expires_and_nobody_waits(emulator: Emulator) -> None:
    """A minute before its end the next one is asked for, once, while the calls go on with the old one."""
    async with opened(emulator) as twilio:
        time = Time(twilio)
        await texted(twilio, emulator)
        time.now += 3600 - EARLY - 1
        await texted(twilio, emulator)
        assert asked(emulator) == 1
        time.now += 1
        emulator.faults.add(PATH, latency=0.05)
        await asyncio.gather(*(texted(twilio, emulator) for _ in range(10)))
        flight = tokens(twilio)._flight
        if flight is not None:
            await asyncio.wait({flight})
        await texted(twilio, emulator)
    assert asked(emulator) == 2
    used = [request.headers["Authorization"] for request in emulator.requests if request.path != PATH]
    assert len(set(used)) == 2
    assert used[-1] != used[0]


async def test_a_token_serves_while_the_next_one_cannot_be_had(emulator: Emulator) -> None:
    """Until its end; then the calls hear why there is none."""
    async with opened(emulator, retry=Retry.never()) as twilio:
        time = Time(twilio)
        await texted(twilio, emulator)
        emulator.faults.add(PATH, status=503)
        time.now += 3600 - EARLY
        await texted(twilio, emulator)
        time.now += EARLY
        with pytest.raises(ServerError, match=r"^oauth\.token: "):
            await texted(twilio, emulator)
        emulator.faults.clear()
        await texted(twilio, emulator)
    assert len(emulator.messages) == 3


async def test_a_token_that_expired_meanwhile_is_replaced_first(emulator: Emulator) -> None:
    """After a long pause the next call asks for one before it is sent."""
    async with opened(emulator) as twilio:
        time = Time(twilio)
        await texted(twilio, emulator)
        time.now += 4000
        await texted(twilio, emulator)
    assert [request.path == PATH for request in emulator.requests] == [True, False, True, False]


def jwt(**claims: object) -> str:
    """A token that says something of itself."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)]
    return ".".join([*parts, "signature"])


NOW = 1_700_000_000


@pytest.mark.parametrize(
    ("token", "expires_in", "lifetime"),
    [
        (jwt(exp=NOW + 900, iat=NOW), 3600, 900),
        (jwt(exp=NOW + 900), 3600, 900),
        (jwt(exp=5 * 900 + 0.5, iat=4 * 900), None, 900.5),
        (jwt(exp=str(NOW)), 1800, 1800),
        (jwt(), 1800, 1800),
        (jwt(exp=NOW - 1), 1800, 1800),
        (jwt(exp=NOW * 1000), 1800, 1800),
        ("opaque", 1800, 1800),
        ("a.b.c", 1800, 1800),
        ("a..c", 1800, 1800),
        ("a.é.c".encode().hex(), 1800, 1800),
        ("opaque", LONGEST, LONGEST),
        ("opaque", 1438315200000, USUAL),
        ("opaque", 0, USUAL),
        ("opaque", -1, USUAL),
        ("opaque", None, USUAL),
    ],
)
def test_a_token_lives_as_long_as_it_says(
    token: str, expires_in: float | None, lifetime: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token's own word counts, then the answer's; what can be no number of seconds is not taken for one."""
    monkeypatch.setattr("time.time", lambda: NOW)
    body = json.dumps({"access_token": token, "expires_in": expires_in}).encode()
    assert _read(body) == (f"Bearer {token}", lifetime)


async def test_a_short_life_leaves_most_of_it_for_use() -> None:
    """A token of a minute is replaced after three quarters of it."""

    async def serve(peer: Peer) -> None:
        while True:
            is_token = (await peer.request()).target == PATH
            await peer.say(http(200, b'{"access_token": "t", "expires_in": 60}') if is_token else CREATED)

    async with RawServer(serve) as server, waiting(server) as twilio:
        time = Time(twilio)
        for seconds, count in ((0, 1), (44, 1), (1, 2)):
            time.now += seconds
            await created(twilio)
            await server.sees(lambda count=count: sum(request.target == PATH for request in server.requests) == count)  # type: ignore[misc]
            await settle()


# --- what Twilio no longer takes -----------------------------------------------------------------------------------------

CALLS: dict[str, Callable[[AsyncSession, Emulator], Awaitable[object]]] = {
    "POST": texted,
    "GET": lambda twilio, _: twilio.messages.list().first_page(),
    "DELETE": lambda twilio, emulator: twilio.messages.delete(emulator.messages[0].sid),
}


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("how", ["revoked", "expired"])
async def test_what_is_refused_with_a_token_is_done_with_the_next(method: str, how: str, emulator: Emulator) -> None:
    """Once, and whatever it is, since nothing of it was done; also by who never repeats."""
    seen: list[Event] = []
    emulator.add_message()
    async with opened(emulator, retry=Retry.never(), hooks=[seen.append]) as twilio:
        await twilio.services.list()
        if how == "revoked":
            emulator.revoke_tokens()
        else:
            emulator.clock.advance(3600)
        await CALLS[method](twilio, emulator)
    assert [request.status for request in emulator.requests if request.path != PATH][-2] == 401
    assert asked(emulator) == 2
    assert [(event.error, event.delay) for event in seen if isinstance(event, Retrying)] == [("AuthenticationError", 0.0)]
    assert sum(isinstance(event, RequestStarted) for event in seen) == sum(isinstance(event, RequestEnded) for event in seen)


async def test_what_is_refused_with_every_token_is_refused(emulator: Emulator) -> None:
    """There is no second repeat, and each call's error tells of its two tries."""
    emulator.faults.add("/Messages.json", status=401)
    async with opened(emulator) as twilio:
        for call in ("POST", "GET"):
            with pytest.raises(AuthenticationError) as caught:
                await CALLS[call](twilio, emulator)
            assert (caught.value.attempts, caught.value.code, caught.value.outcome) == (2, 20003, "rejected")
    assert len(emulator.requests) - asked(emulator) == 4


async def test_calls_that_are_refused_together_share_the_next_token(emulator: Emulator) -> None:
    """Also those that are refused when the others have it already."""
    async with opened(emulator) as twilio:
        await texted(twilio, emulator)
        emulator.revoke_tokens()
        await asyncio.gather(*(texted(twilio, emulator) for _ in range(50)))
        stale = tokens(twilio)._token
        assert stale is not None
        tokens(twilio).forget("Bearer of-long-ago")
        assert tokens(twilio)._token is stale
    assert asked(emulator) == 2
    assert len(emulator.messages) == 51


async def test_a_token_revoked_in_the_middle_of_many_messages_loses_none(emulator: Emulator) -> None:
    """Nor is anybody texted twice."""

    def rows() -> Iterator[dict[str, str]]:
        for number in range(200):
            if number in (50, 120):
                emulator.revoke_tokens()
            yield {"to": f"+155586{number:05d}", "from_": emulator.number, "body": "Hi!"}

    async with opened(emulator, concurrency=10) as twilio:
        outcomes = [result.outcome async for result in twilio.messages.send_many(rows())]
    assert outcomes == ["accepted"] * 200
    assert len({message.to for message in emulator.messages}) == len(emulator.messages) == 200
    assert asked(emulator) == 3


async def test_a_download_is_made_with_the_next_token_and_shows_it_to_nobody(emulator: Emulator) -> None:
    """The host that stores the file is asked without."""
    emulator.host_media("https://example.com/cat.png", b"cat", "image/png")
    async with opened(emulator, retry=Retry.never()) as twilio:
        message = await twilio.messages.create(to=TO, from_=emulator.number, media_url="https://example.com/cat.png")
        emulator.revoke_tokens()
        async with twilio.media.download(message.sid, emulator.media(message.sid)[0].sid) as stream:
            assert await stream.read() == b"cat"
        emulator.faults.add("GET /Media/", status=401)
        with pytest.raises(AuthenticationError) as caught:
            await twilio.media.download(message.sid, emulator.media(message.sid)[0].sid).__aenter__()
    assert caught.value.attempts == 2
    assert asked(emulator) == 3
    assert ["Authorization" in request.headers for request in emulator.media_requests] == [False]


# --- when there is none --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 400, "code": 400, "message": "bad request"}, AuthenticationError),
        ({"status": 401, "message": "No."}, AuthenticationError),
        ({"status": 403}, PermissionDenied),
        ({"status": 404}, NotFound),
        ({"status": 500}, ServerError),
        ({"latency": 30.0}, TimedOut),
        ({"kind": "malformed"}, UnreadableAnswer),
        ({"status": 200, "body": b"{}"}, UnreadableAnswer),
        ({"status": 200, "body": b'{"access_token": null}'}, UnreadableAnswer),
        ({"status": 200, "body": b'{"access_token": ""}'}, UnreadableAnswer),
        ({"status": 200, "body": b'{"access_token": "a\\r\\nX-Evil: b"}'}, UnreadableAnswer),
        ({"status": 302, "headers": {"Location": "https://evil.example/"}}, UnreadableAnswer),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else value.__name__,
)
async def test_without_a_token_nothing_is_sent(fault: dict[str, Any], kind: type[TwilioError], emulator: Emulator) -> None:
    """The error is the token's, says what Twilio said, and that the call itself was not sent."""
    emulator.faults.add(PATH, **fault)
    async with opened(emulator, retry=Retry(attempts=2, base=0.0), timeout=0.2 if "latency" in fault else 30) as twilio:
        with pytest.raises(kind) as caught:
            await texted(twilio, emulator)
    error = caught.value
    assert type(error) is kind
    assert (error.operation, error.outcome) == ("oauth.token", "not_sent")
    assert fault.get("message", "") in str(error)
    assert len(emulator.requests) == asked(emulator) == error.attempts


async def test_what_may_have_happened_before_is_not_forgotten(emulator: Emulator) -> None:
    """An earlier try may have been done, though the next one could not be sent for want of a token."""
    message = emulator.add_message(body="Hi!")

    def expire(event: Event) -> None:
        if isinstance(event, RequestEnded) and event.status == 503:
            time.now += 4000

    async with opened(emulator, hooks=[expire]) as twilio:
        time = Time(twilio)
        await twilio.messages.list()
        emulator.faults.add("/Messages/", status=503)
        emulator.faults.add(PATH, status=401)
        with pytest.raises(AuthenticationError) as caught:
            await twilio.messages.redact(message.sid)
    assert (caught.value.operation, caught.value.outcome) == ("oauth.token", "unknown")


async def test_wrong_credentials_are_told_in_twilios_words(emulator: Emulator) -> None:
    """Once, with their code."""
    wrong = credentials(emulator, client_secret="wrong")
    async with AsyncSession(wrong, base_url=emulator.url) as twilio:
        with pytest.raises(
            AuthenticationError, match=r"^oauth\.token: Invalid credentials \(HTTP 400, code 322402, RQ"
        ) as caught:
            await texted(twilio, emulator)
    assert (caught.value.code, caught.value.attempts) == (322402, 1)
    assert caught.value.request_id == caught.value.headers["twilio-request-id"]


async def test_nobody_there_is_told(emulator: Emulator) -> None:
    """As for any call."""
    async with RawServer(listening=False) as nobody, opened(emulator, base_url=nobody.url) as twilio:
        with pytest.raises(ConnectError) as caught:
            await texted(twilio, emulator)
    assert (caught.value.operation, caught.value.attempts) == ("oauth.token", 5)


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429, "retry_after": 0.01}, {"kind": "accept_then_drop"}])
async def test_a_token_is_asked_for_again_as_any_read(fault: dict[str, Any], emulator: Emulator) -> None:
    """By the session's policy: to be given two tokens harms nobody."""
    emulator.faults.add(PATH, **fault, times=2)
    async with opened(emulator) as twilio:
        await texted(twilio, emulator)
    assert asked(emulator) == 3
    assert len(emulator.messages) == 1


# --- where it is asked for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"edge": "dublin"}, {"region": "us1"}, {"region": "us1", "edge": "sydney"}])
async def test_a_token_is_asked_for_at_twilios_one_address(options: dict[str, str]) -> None:
    """Whatever edge the calls take: Twilio names no other. Proxy and TLS are the session's."""
    hosts: list[str] = []

    async def refuse(peer: Peer) -> None:
        await peer.connect()
        assert peer.tunnel is not None
        hosts.append(peer.tunnel.target)
        await peer.say(http(403))
        peer.close()

    given: dict[str, Any] = {"retry": Retry.never(), **options}
    auth = OAuthAuth(client_id=APP, client_secret=SECRET, account_sid=ACCOUNT)
    async with RawServer(refuse) as proxy, AsyncSession(auth, proxy=proxy.url, **given) as twilio:
        with pytest.raises(ConnectError):
            await created(twilio)
    assert hosts == ["oauth.twilio.com:443"]


@pytest.mark.parametrize("options", [{"region": "ie1"}, {"region": "au1", "edge": "sydney"}])
def test_a_region_without_oauth_is_told(options: dict[str, str]) -> None:
    """When the session is made, unless a base URL says where everything is."""
    auth = OAuthAuth(client_id=APP, client_secret=SECRET, account_sid=ACCOUNT)
    with pytest.raises(ConfigError, match=r"^region='(ie1|au1)'.*us1 alone.*API key"):
        AsyncSession(auth, **options)  # type: ignore[arg-type]
    assert AsyncSession(auth, base_url="https://gateway.example", **options).account_sid == ACCOUNT  # type: ignore[arg-type]


async def test_a_base_url_serves_tokens_too() -> None:
    """Behind its path, like everything."""
    token = http(200, b'{"access_token": "t0ken"}')
    async with RawServer(answering(token, CREATED)) as gateway:
        auth = OAuthAuth(client_id=APP, client_secret=SECRET, account_sid=ACCOUNT)
        async with AsyncSession(auth, base_url=f"{gateway.url}/twilio/") as twilio:
            await created(twilio)
    first, second = gateway.requests
    assert (first.target, second.target.partition("/2010")[0]) == ("/twilio/v2/token", "/twilio")
    assert second.headers["authorization"] == "Bearer t0ken"


# --- secrets -------------------------------------------------------------------------------------------------------------


async def test_a_cancelled_request_for_a_token_shows_no_secret() -> None:
    """Not even a report that prints the local variables of each frame that the cancellation passed."""
    held = Held()
    async with RawServer(held) as server:
        twilio = waiting(server)
        call = asyncio.create_task(created(twilio))
        await server.sees(lambda: held.tokens)
        flight = tokens(twilio)._flight
        assert flight is not None
        await twilio.aclose()
        with pytest.raises(SessionClosed) as told:
            await call
        with pytest.raises(asyncio.CancelledError) as caught:
            await flight
    reports = [traceback.TracebackException.from_exception(each, capture_locals=True) for each in (told.value, caught.value)]
    shown = "".join(line for report in reports for line in report.format())
    assert "_transport.py" in shown
    assert not any(secret in shown for secret in (SECRET, SECRET.replace(" ", "+"), SECRET.replace(" ", "%20")))


async def test_an_unreadable_token_is_not_shown(emulator: Emulator) -> None:
    """What looks like one may be one."""
    emulator.faults.add(PATH, status=200, body=b'{"access_token": "half-a-t0ken')
    async with opened(emulator) as twilio:
        with pytest.raises(UnreadableAnswer) as caught:
            await texted(twilio, emulator)
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "half-a" not in "".join(report.format()) + repr(vars(caught.value))
