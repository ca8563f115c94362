"""The session: whose it is, where it goes, what it shares, and what it tells about an answer."""

from __future__ import annotations

import asyncio
import base64
import gc
import platform
import re
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import msgspec
import pytest

from tests.raw_server import Peer, RawServer, answering, http
from twilio_async import (
    AccountToken,
    AmbiguousOutcome,
    ApiKey,
    AsyncSession,
    AuthenticationError,
    Concurrency,
    ConfigError,
    ConnectError,
    InvalidArgument,
    InvalidNumber,
    InvalidRequest,
    Message,
    NotFound,
    RateLimit,
    Retry,
    ServerError,
    Service,
    SessionClosed,
    __version__,
)
from twilio_async.emulator import Emulator

ACCOUNT = "AC" + "1" * 32
SUBACCOUNT = "AC" + "2" * 32
KEY = "SK" + "3" * 32
TO = "+15558675310"
CREDENTIALS = (
    *("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET"),
    *("TWILIO_CLIENT_ID", "TWILIO_CLIENT_SECRET"),
)


async def texted(twilio: AsyncSession, emulator: Emulator, **options: Any) -> Message:
    """A message that the session has sent."""
    return await twilio.messages.create(**{"to": TO, "from_": emulator.number, "body": "Hi!", **options})


def basic(username: str, password: str) -> str:
    """What the ``Authorization`` header is to be."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


# --- credentials ---------------------------------------------------------------------------------------------------------


ENVIRONMENTS = [
    ({"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "token"}, (ACCOUNT, "token")),
    ({"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": "secret"}, (KEY, "secret")),
    (
        {
            "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "token", "TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": "secret",
        },
        (KEY, "secret"),
    ),
    ({"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "token", "TWILIO_API_KEY": KEY}, (ACCOUNT, "token")),
    ({"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "token", "TWILIO_API_SECRET": "secret"}, (ACCOUNT, "token")),
    ({"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "token", "TWILIO_REGION": "", "TWILIO_EDGE": ""}, (ACCOUNT, "token")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("environ", "expected"), ENVIRONMENTS, ids=lambda value: "-".join(value) if isinstance(value, dict) else ""
)
@pytest.mark.parametrize("given", [True, False], ids=["given", "os.environ"])
async def test_the_environment_says_whose_session_it_is(
    environ: dict[str, str], expected: tuple[str, str], given: bool, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account goes with its token or with a key and its secret; the key wins if it is whole."""
    environ = {**environ, "TWILIO_BASE_URL": emulator.url}
    for name in (*CREDENTIALS, "TWILIO_BASE_URL", "TWILIO_REGION", "TWILIO_EDGE"):
        monkeypatch.delenv(name, raising=False)
        if not given and name in environ:
            monkeypatch.setenv(name, environ[name])
    async with AsyncSession.from_env(environ if given else None) as twilio:
        with pytest.raises(AuthenticationError):
            await twilio.messages.list()
    assert emulator.requests[0].headers["Authorization"] == basic(*expected)
    assert emulator.requests[0].path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


APPS = [
    {"TWILIO_CLIENT_ID": "OQ" + "e" * 32, "TWILIO_CLIENT_SECRET": "e2" * 16},
    {"TWILIO_CLIENT_ID": "OQ" + "e" * 32},
    {"TWILIO_CLIENT_SECRET": "e2" * 16},
]


@pytest.mark.parametrize("app", APPS, ids="-".join)
@pytest.mark.parametrize("environ", [*(environ for environ, _ in ENVIRONMENTS), {"TWILIO_ACCOUNT_SID": ACCOUNT}], ids="-".join)
async def test_an_app_in_the_environment_wins_if_it_is_whole(
    environ: dict[str, str], app: dict[str, str], emulator: Emulator
) -> None:
    """Over a key and a token, which may be there for something else."""
    whole, others = len(app) == 2, len(environ) > 1
    if not whole and not others:
        with pytest.raises(ConfigError, match="unset"):
            AsyncSession.from_env({**environ, **app})
        return
    async with AsyncSession.from_env({**environ, **app, "TWILIO_BASE_URL": emulator.url}) as twilio:
        with pytest.raises(AuthenticationError):
            await twilio.messages.list()
    assert (emulator.requests[0].path == "/v2/token") is whole
    assert emulator.requests[-1].headers["Authorization"].startswith("Bearer " if whole else "Basic ")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TWILIO_ACCOUNT_SID": ACCOUNT},
        {"TWILIO_AUTH_TOKEN": "token"},
        {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_API_KEY": KEY},
        {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_API_SECRET": "secret"},
        {"TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": "secret"},
        {"TWILIO_CLIENT_ID": "OQ" + "e" * 32, "TWILIO_CLIENT_SECRET": "secret"},
    ],
    ids="-".join,
)
def test_what_the_environment_lacks_is_named(environ: dict[str, str]) -> None:
    """The error lists the variables that would help, and none that is there; an empty one is none."""
    unset = ", ".join(name for name in CREDENTIALS if name not in environ)
    for lacking in (environ, {**dict.fromkeys(CREDENTIALS, ""), **environ}):
        with pytest.raises(ConfigError, match=re.escape(f"(unset: {unset})")):
            AsyncSession.from_env(lacking)


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("TWILIO_ACCOUNT_SID", "AC123", "account_sid"),
        ("TWILIO_AUTH_TOKEN", "token\n", "token"),
        ("TWILIO_BASE_URL", "localhost:8010", "base_url"),
        ("TWILIO_REGION", "Ireland!", "region"),
        ("TWILIO_EDGE", "https://evil.example", "edge"),
    ],
)
def test_a_malformed_variable_is_told(variable: str, value: str, named: str) -> None:
    """It fails when the session is made, and not at its first request."""
    environ = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "token", variable: value}
    with pytest.raises(ConfigError, match=f"^{named}"):
        AsyncSession.from_env(environ)


async def test_options_win_over_the_environment(emulator: Emulator) -> None:
    """What stands in the code is meant."""
    environ = {**emulator.env, "TWILIO_BASE_URL": "http://127.0.0.1:9"}
    async with AsyncSession.from_env(environ, base_url=emulator.url) as twilio:
        assert (await texted(twilio, emulator)).status == "queued"


async def test_a_key_works_for_its_account(emulator: Emulator) -> None:
    """The header holds the key and its secret, and the path the account."""
    key = ApiKey(emulator.api_key, emulator.api_secret, account_sid=emulator.account_sid)
    async with AsyncSession(key, base_url=emulator.url) as twilio:
        assert twilio.account_sid == emulator.account_sid
        assert (await texted(twilio, emulator)).account_sid == emulator.account_sid
    assert emulator.requests[0].headers["Authorization"] == basic(emulator.api_key, emulator.api_secret)


async def test_wrong_credentials_are_told_once(emulator: Emulator) -> None:
    """A 401 is not repeated, and its error says what Twilio said."""
    async with AsyncSession(emulator.account_sid, "f" * 32, base_url=emulator.url) as twilio:
        for call in (lambda: texted(twilio, emulator), twilio.messages.list, twilio.services.list):
            with pytest.raises(AuthenticationError) as caught:
                await call()
            assert (caught.value.status, caught.value.code, caught.value.attempts) == (401, 20003, 1)
            assert caught.value.headers["www-authenticate"] == 'Basic realm="Twilio API"'
    assert len(emulator.requests) == 3


class Rotating:
    """Credentials of a kind that the library does not know: another secret for every request."""

    def __init__(self, emulator: Emulator) -> None:
        self.account_sid = emulator.account_sid
        self._emulator = emulator
        self.asked = 0

    async def authorization(self) -> str:
        """The next one, which takes a moment to make."""
        await anyio.lowlevel.checkpoint()
        self.asked += 1
        self._emulator.account.auth_token = f"token-{self.asked}"
        return basic(self.account_sid, f"token-{self.asked}")


async def test_credentials_can_be_of_ones_own(emulator: Emulator) -> None:
    """They are asked anew for each try, and may wait while they are made."""
    emulator.faults.add("GET /Messages.json", status=503, times=2)
    rotating = Rotating(emulator)
    async with AsyncSession(rotating, base_url=emulator.url, retry=Retry(base=0.0)) as twilio:
        await texted(twilio, emulator)
        assert len(await twilio.messages.list()) == 1
    assert rotating.asked == len(emulator.requests) == 4


class Delayed:
    """Credentials that are made when somebody says so."""

    account_sid = ACCOUNT

    def __init__(self) -> None:
        self.made = anyio.Event()

    async def authorization(self) -> str:
        """Wait for it."""
        await self.made.wait()
        return basic(ACCOUNT, "token")


@pytest.mark.parametrize(
    "call",
    [
        lambda twilio: twilio.messages.list().first_page(),
        lambda twilio: twilio.media.download("MM" + "0" * 32, "ME" + "0" * 32).__aenter__(),
    ],
    ids=["call", "download"],
)
async def test_a_session_may_be_closed_while_credentials_are_made(
    call: Callable[[AsyncSession], Coroutine[Any, Any, object]], emulator: Emulator
) -> None:
    """The call that waited for them sends nothing, and says why."""
    delayed = Delayed()
    async with AsyncSession(delayed, base_url=emulator.url) as twilio:
        task = asyncio.create_task(call(twilio))
        await anyio.wait_all_tasks_blocked()
    delayed.made.set()
    with pytest.raises(SessionClosed):
        await task
    assert emulator.requests == []


# --- what cannot be right ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: AsyncSession("AC123", "token"), "account_sid"),
        (lambda: AsyncSession(ACCOUNT), "token"),
        (lambda: AsyncSession(ACCOUNT, ""), "token"),
        (lambda: AsyncSession(ACCOUNT, " token"), "token"),
        (lambda: AsyncSession(KEY, "secret"), "account"),
        (lambda: AsyncSession(AccountToken(ACCOUNT, "token"), "token"), "token"),
    ],
    ids=["sid", "no token", "empty token", "blank", "key", "both"],
)
def test_credentials_that_cannot_be_right_are_refused(make: Callable[[], AsyncSession], named: str) -> None:
    """The constructor says which argument and what to give instead."""
    with pytest.raises(ConfigError, match=f"^{named}") as caught:
        make()
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"base_url": "127.0.0.1"}, "base_url"),
        ({"region": "Mars"}, "region"),
        ({"edge": "-"}, "edge"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"retry_budget": 0}, "tokens"),
        ({"rate": 0}, "rate"),
        ({"rate": "100"}, "rate"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": 1.5}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"concurrency": None}, "concurrency"),
        ({"pool_size": 0}, "pool_size"),
        ({"proxy": "proxy.example:3128"}, "proxy"),
        ({"ca_bundle": "/nowhere/at/all.pem"}, "ca_bundle"),
        ({"ca_bundle": __file__}, "ca_bundle"),
        ({"ca_bundle": "x", "ssl": ssl.create_default_context()}, "ca_bundle"),
        ({"user_agent": "shop/1.2\r\nX-Evil: 1"}, "user_agent"),
        ({"user_agent": "Lädchen/1"}, "user_agent"),
    ],
    ids=lambda value: "-".join(f"{name}={option!r:.20}" for name, option in value.items()) if isinstance(value, dict) else "",
)
def test_an_option_that_cannot_be_right_is_refused(options: dict[str, Any], named: str) -> None:
    """The constructor says which, and nothing is open afterwards."""
    with pytest.raises(ConfigError, match=f"^{named}"):
        AsyncSession(ACCOUNT, "token", **options)


# --- where it goes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ({}, "{}.twilio.com"),
        ({"region": "ie1"}, "{}.dublin.ie1.twilio.com"),
        ({"edge": "sydney"}, "{}.sydney.us1.twilio.com"),
        ({"region": "au1", "edge": "singapore"}, "{}.singapore.au1.twilio.com"),
    ],
)
async def test_a_session_goes_to_its_region_and_edge(options: dict[str, str], host: str) -> None:
    """Each product has its host there; a proxy that makes no tunnel hears which it would have been."""
    hosts: list[str] = []

    async def refuse(peer: Peer) -> None:
        await peer.connect()
        assert peer.tunnel is not None
        hosts.append(peer.tunnel.target)
        await peer.say(http(403))
        peer.close()

    given: dict[str, Any] = {"retry": Retry.never(), **options}
    async with RawServer(refuse) as proxy, AsyncSession(ACCOUNT, "token", proxy=proxy.url, **given) as twilio:
        for call in (twilio.messages.list, twilio.services.list):
            with pytest.raises(ConnectError):
                await call()
    assert hosts == [f"{host.format('api')}:443", f"{host.format('messaging')}:443"]


async def test_a_base_url_wins_over_region_and_edge(emulator: Emulator) -> None:
    """It serves every product, and is not rewritten for any region."""
    environ = {**emulator.env, "TWILIO_REGION": "ie1", "TWILIO_EDGE": "dublin"}
    async with AsyncSession.from_env(environ) as twilio:
        await texted(twilio, emulator)
        await twilio.services.list()
    assert [request.headers["Host"] for request in emulator.requests] == [emulator.url.removeprefix("http://")] * 2


async def test_a_base_url_may_have_a_path() -> None:
    """A gateway's prefix stands before every path, also of the next page, whose link may or may not name it."""
    root = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    def page(link: str | None) -> bytes:
        return http(200, msgspec.json.encode({"messages": [], "next_page_uri": link}))

    pages = page(f"{root}?Page=1&PageToken=PAone"), page(f"/twilio/test{root}?Page=2&PageToken=PAtwo"), page(None)
    async with (
        RawServer(answering(*pages)) as gateway,
        AsyncSession(ACCOUNT, "token", base_url=f"{gateway.url}/twilio/test/") as twilio,
    ):
        assert await twilio.messages.list().to_list() == []
    targets = [request.target for request in gateway.requests]
    queries = ["PageSize=1000", "Page=1&PageToken=PAone", "Page=2&PageToken=PAtwo"]
    assert targets == [f"/twilio/test{root}?{query}" for query in queries]


async def test_a_program_may_say_its_name(emulator: Emulator) -> None:
    """It stands behind ours, so that Twilio's support sees both."""
    own = f"twilio_async/{__version__} Python/{platform.python_version()}"
    for given, expected in ((None, own), ("shop/1.2 (till)", f"{own} shop/1.2 (till)")):
        async with AsyncSession.from_env(emulator.env, user_agent=given) as twilio:
            await twilio.messages.list()
        assert emulator.requests[-1].headers["User-Agent"] == expected


# --- its life ------------------------------------------------------------------------------------------------------------


async def test_a_session_shows_whose_it_is_and_whether_it_is_open(emulator: Emulator) -> None:
    """Its repr, and that of its resources, is made for logs."""
    twilio = AsyncSession.from_env(emulator.env)
    assert repr(twilio) == f"<AsyncSession {emulator.account_sid} idle>"
    await twilio.messages.list()
    assert repr(twilio) == f"<AsyncSession {emulator.account_sid} open>"
    assert repr(twilio.messages) == f"<Messages of {twilio!r}>"
    await twilio.aclose()
    await twilio.aclose()
    assert repr(twilio) == f"<AsyncSession {emulator.account_sid} closed>"
    with pytest.raises(SessionClosed):
        await twilio.messages.list()


async def test_a_block_closes_its_session_whatever_happens(emulator: Emulator) -> None:
    """The block's error gets out as it is."""
    with pytest.raises(ZeroDivisionError):
        async with AsyncSession.from_env(emulator.env) as twilio:
            await twilio.messages.list()
            1 / 0  # noqa: B018 - any error
    assert "closed" in repr(twilio)


async def test_a_resource_is_made_once(twilio: AsyncSession) -> None:
    """Attributes stay the same objects, so that they can be kept."""
    for name in ("messages", "media", "services", "phone_numbers", "short_codes", "alpha_senders"):
        assert getattr(twilio, name) is getattr(twilio, name)


# --- subaccounts ---------------------------------------------------------------------------------------------------------


async def test_a_subaccount_shares_connections_credentials_and_limits() -> None:
    """Its paths are its own, on the parent's connection, with the parent's credentials."""
    empty = http(200, b'{"messages": [], "next_page_uri": null}')
    async with RawServer(answering(empty)) as server, AsyncSession(ACCOUNT, "token", base_url=server.url, rate=5) as twilio:
        sub = twilio.for_account(SUBACCOUNT)
        assert (sub.account_sid, twilio.account_sid) == (SUBACCOUNT, ACCOUNT)
        assert sub.concurrency is twilio.concurrency
        assert sub.rate is twilio.rate is not None
        await sub.messages.list()
        await twilio.messages.list()
        assert len(server.peers) == 1
        assert [SUBACCOUNT in request.target for request in server.requests] == [True, False]
        assert {request.headers["authorization"] for request in server.requests} == {basic(ACCOUNT, "token")}


async def test_closing_a_subaccount_closes_nothing(twilio: AsyncSession, emulator: Emulator) -> None:
    """The connections belong to the session that they came from; closing that one closes both."""
    async with twilio.for_account(twilio.account_sid) as view:
        await texted(view, emulator)
    await view.aclose()
    assert len(await twilio.messages.list()) == 1
    await twilio.aclose()
    with pytest.raises(SessionClosed):
        await view.messages.list()


async def test_a_subaccount_needs_no_closing(
    twilio: AsyncSession, emulator: Emulator, recwarn: pytest.WarningsRecorder
) -> None:
    """Only the session that opened connections is missed when it is dropped with them."""
    view = twilio.for_account(emulator.account_sid)
    await view.messages.list()
    gc.collect()
    recwarn.clear()  # of what other tests have dropped
    del view
    gc.collect()
    assert not recwarn.list


@pytest.mark.parametrize("sid", ["", "AC123", KEY, "AC../", None])
def test_a_subaccount_is_an_account(sid: Any) -> None:
    """What is no account sid never becomes part of a path."""
    with pytest.raises(ConfigError, match=r"^account_sid"):
        AsyncSession(ACCOUNT, "token").for_account(sid)


# --- limits --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "cost"),
    [
        ({"body": "Hi!"}, 1),
        ({"body": "a" * 161}, 2),
        ({"body": "–" * 135}, 3),
        ({"body": "–" * 135, "smart_encoded": True}, 1),
        ({"body": None, "media_url": "https://example.com/cat.png"}, 1),
    ],
)
async def test_the_rate_is_spent_in_segments(options: dict[str, Any], cost: int, emulator: Emulator) -> None:
    """A message takes of the session's rate what Twilio will count for it."""
    rate = RateLimit(1.0, burst=100.0, clock=lambda: 1000.0)
    async with AsyncSession.from_env(emulator.env, rate=rate) as twilio:
        assert twilio.rate is rate
        await texted(twilio, emulator, **options)
    assert rate.reserve(100.0) == cost


async def test_only_sending_takes_of_the_rate(emulator: Emulator) -> None:
    """Reading, changing and deleting are no texts; neither is what was never sent."""
    rate = RateLimit(1.0, burst=100.0, clock=lambda: 1000.0)
    message = emulator.add_message()
    async with AsyncSession.from_env(emulator.env, rate=rate) as twilio:
        await twilio.messages.fetch(message.sid)
        await twilio.messages.redact(message.sid)
        await twilio.messages.list()
        await twilio.messages.delete(message.sid)
        await twilio.services.create(friendly_name="Parcels")
        with pytest.raises(InvalidArgument):
            await twilio.messages.create(to=TO, body="from nobody")
    assert rate.reserve(100.0) == 0


async def test_a_repeat_takes_no_more_of_the_rate(emulator: Emulator) -> None:
    """What was not processed sent no segments."""
    rate = RateLimit(1.0, burst=100.0, clock=lambda: 1000.0)
    emulator.faults.add("POST /Messages.json", status=429, times=3)
    async with AsyncSession.from_env(emulator.env, rate=rate, retry=Retry(base=0.0)) as twilio:
        await texted(twilio, emulator)
    assert rate.reserve(100.0) == 1


async def test_limits_are_numbers_or_shared(emulator: Emulator) -> None:
    """A number makes a limit of the session's own; an object may be another session's, too."""
    rate, concurrency = RateLimit(50), Concurrency(7)
    async with (
        AsyncSession.from_env(emulator.env, rate=rate, concurrency=concurrency) as one,
        AsyncSession.from_env(emulator.env, rate=rate, concurrency=concurrency) as other,
        AsyncSession.from_env(emulator.env, rate=12.5, concurrency=3) as third,
        AsyncSession.from_env(emulator.env) as plain,
    ):
        assert one.rate is other.rate is rate
        assert one.concurrency is other.concurrency is concurrency
        assert repr(third.rate).startswith("<RateLimit 12.5/s")
        assert third.concurrency.limit == 3
        assert (plain.rate, plain.concurrency.limit) == (None, 100)


async def test_no_more_are_in_flight_than_allowed(emulator: Emulator) -> None:
    """The limit holds for all calls of the session together."""
    emulator.faults.add(latency=0.005)
    async with AsyncSession.from_env(emulator.env, concurrency=3) as twilio, anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(texted, twilio, emulator)
    assert emulator.in_flight_peak == 3
    assert len(emulator.messages) == 20


# --- response() ----------------------------------------------------------------------------------------------------------


async def test_an_answer_comes_with_what_was_around_it(twilio: AsyncSession, emulator: Emulator) -> None:
    """Status, headers in any case, the request's id, and the tries and the time it took."""
    emulator.faults.add("POST /Messages.json", status=429, times=2)
    response = await twilio.response(twilio.messages.create, to=TO, from_=emulator.number, body="Hi!")
    assert isinstance(response.data, Message)
    assert (response.status, response.attempts) == (201, 3)
    assert response.headers["twilio-concurrent-requests"] == response.headers["Twilio-Concurrent-Requests"] == "1"
    assert response.request_id == response.headers["TWILIO-REQUEST-ID"] == f"RQ{response.data.sid[2:]}"
    assert response.elapsed > 0
    assert repr(response) == f"<Response 201 {response.request_id} of Message>"


async def test_calls_side_by_side_do_not_mix_their_answers(twilio: AsyncSession, emulator: Emulator) -> None:
    """There is no last response that another call could overwrite."""
    sids = [message.sid for message in emulator.seed_messages(20)]
    emulator.faults.add("GET /Messages/", status=503, times=10)
    found: dict[str, tuple[str, str | None]] = {}

    async def fetch(sid: str) -> None:
        response = await twilio.response(twilio.messages.fetch, sid)
        found[sid] = (response.data.sid, response.request_id)

    async with anyio.create_task_group() as tasks:
        for sid in sids:
            tasks.start_soon(fetch, sid)
    assert {sid: data for sid, (data, _) in found.items()} == {sid: sid for sid in sids}
    assert len({request_id for _, request_id in found.values()}) == 20


async def test_of_several_answers_the_last_is_shown(twilio: AsyncSession, emulator: Emulator) -> None:
    """A call that makes more than one request returns what its last one answered."""
    message = emulator.add_message()
    emulator.faults.add("GET /Messages/", status=404, times=1)
    response = await twilio.response(twilio.messages.wait, message.sid, interval=0.001)
    assert (response.data.sid, response.status) == (message.sid, 200)
    page = await twilio.response(twilio.messages.list(page_size=5).first_page)
    assert ([found.sid for found in page.data], page.status) == ([message.sid], 200)


async def test_answers_may_be_asked_for_within_each_other(twilio: AsyncSession, emulator: Emulator) -> None:
    """The inner call keeps its answer to itself, and what follows it is the outer one's again."""
    message = emulator.add_message()

    async def fetch_and_create() -> Message:
        inner = await twilio.response(twilio.messages.fetch, message.sid)
        assert (inner.status, inner.data.sid) == (200, message.sid)
        return await texted(twilio, emulator)

    outer = await twilio.response(fetch_and_create)
    assert (outer.status, outer.request_id) == (201, f"RQ{outer.data.sid[2:]}")


async def test_without_a_request_there_is_no_answer_to_show(twilio: AsyncSession) -> None:
    """A call that asked nothing is told apart from one that was answered with nothing."""
    with pytest.raises(ValueError, match="made no request"):
        await twilio.response(twilio.messages.list(limit=0).first_page)


async def test_what_the_call_raises_is_raised(twilio: AsyncSession, emulator: Emulator) -> None:
    """Errors have status, headers and request id themselves; afterwards everything is as before."""
    with pytest.raises(InvalidNumber):
        await twilio.response(twilio.messages.create, to="+1555", from_=emulator.number, body="Hi!")
    response = await twilio.response(twilio.services.list().first_page)
    assert response.status == 200


# --- request() -----------------------------------------------------------------------------------------------------------


async def test_any_request_can_be_made(twilio: AsyncSession, emulator: Emulator) -> None:
    """What the library has no operation for goes out by Twilio's own names, and comes back as it is or as a type."""
    root = f"/2010-04-01/Accounts/{twilio.account_sid}"
    parameters = {"To": TO, "From": emulator.number, "Body": "Hi!", "MediaUrl": ["https://a.example/1", "https://a.example/2"]}
    plain = await twilio.request(
        "POST", f"{root}/Messages.json", parameters={**parameters, "SmartEncoded": True, "Attempt": None}
    )
    assert emulator.requests[-1].parameters == {
        "To": [TO], "From": [emulator.number], "Body": ["Hi!"], "MediaUrl": parameters["MediaUrl"], "SmartEncoded": ["true"],
    }  # fmt: skip
    assert (plain["status"], plain["num_media"]) == ("queued", "2")
    typed = await twilio.request("GET", f"{root}/Messages/{plain['sid']}.json", kind=Message)
    assert (typed.sid, typed.num_media) == (plain["sid"], 2)
    listed = await twilio.request("GET", f"{root}/Messages.json", parameters={"To": TO, "PageSize": 5})
    assert emulator.requests[-1].query == (("To", TO), ("PageSize", "5"))
    assert [message["sid"] for message in listed["messages"]] == [plain["sid"]]
    assert await twilio.request("DELETE", f"{root}/Messages/{plain['sid']}.json") is None
    assert emulator.messages == []


async def test_a_request_may_be_for_another_product(twilio: AsyncSession) -> None:
    """product= is the first label of its host."""
    made = await twilio.request("POST", "/v1/Services", product="messaging", parameters={"FriendlyName": "x"}, kind=Service)
    assert made.friendly_name == "x"
    assert (await twilio.request("GET", f"/v1/Services/{made.sid}", product="messaging"))["sid"] == made.sid


async def test_a_request_may_carry_json(emulator: Emulator) -> None:
    """The body is JSON, its type says so, and parameters stand in the query."""
    async with AsyncSession.from_env(emulator.env) as twilio:
        for method in ("POST", "PUT"):
            with pytest.raises((NotFound, InvalidRequest)):
                await twilio.request(method, "/v1/Content", product="content", json={"types": {"a": [1]}}, parameters={"x": 1})
            request = emulator.requests[-1]
            assert (request.method, request.query) == (method, (("x", "1"),))
            assert msgspec.json.decode(request.body) == {"types": {"a": [1]}}
            assert request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "repeatable", "repeated"),
    [
        ("GET", None, True), ("DELETE", None, True), ("POST", None, False), ("PUT", None, False), ("POST", True, True),
        ("GET", False, False),
    ],
)  # fmt: skip
async def test_a_request_is_repeated_if_that_is_safe(
    method: str, repeatable: bool | None, repeated: bool, emulator: Emulator
) -> None:
    """Reading and deleting twice is like doing it once; of the others only the caller knows."""
    emulator.faults.add(status=503)
    async with AsyncSession.from_env(emulator.env, retry=Retry(attempts=3, base=0.0)) as twilio:
        with pytest.raises(ServerError if repeated else AmbiguousOutcome) as caught:
            await twilio.request(method, "/v1/Things", product="messaging", repeatable=repeatable)
    assert caught.value.attempts == len(emulator.requests) == (3 if repeated else 1)
    assert caught.value.operation == f"request({method!r})"


async def test_a_request_takes_a_timeout_and_a_policy_of_its_own(emulator: Emulator) -> None:
    """They go before the session's."""
    emulator.faults.add(status=503)
    async with AsyncSession.from_env(emulator.env) as twilio:
        with pytest.raises(ServerError) as caught:
            await twilio.request("GET", "/v1/Services", product="messaging", retry=Retry.never())
        assert caught.value.attempts == 1
        with pytest.raises(InvalidArgument, match="timeout"):
            await twilio.request("GET", "/v1/Services", product="messaging", timeout=0)


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        (("PATCH", "/v1/Services"), "method"),
        (("GET", "v1/Services"), "path"),
        (("GET", "https://evil.example/v1"), "path"),
        (("GET", "/v1/../x"), "path"),
        (("GET", "/v1/Services?x=1"), "path"),
    ],
)
async def test_a_request_that_leads_elsewhere_is_refused(
    arguments: tuple[str, str], argument: str, twilio: AsyncSession, emulator: Emulator
) -> None:
    """Its method is one of Twilio's and its path a path, so that the credentials stay at home."""
    with pytest.raises(InvalidArgument) as caught:
        await twilio.request(*arguments)
    assert caught.value.argument == argument
    assert emulator.requests == []
