"""What the transport promises beside outcomes: its options act, it keeps secrets, and what it gave up stays unsent."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import logging
import socket
import ssl
import struct
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import anyio.from_thread
import pytest
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import StreamWriter

from tests.raw_server import (
    ACCOUNT,
    CREATED,
    LOOPS,
    MESSAGE,
    SID,
    TOKEN,
    Peer,
    RawServer,
    answering,
    certificate,
    http,
    saying,
    shows_secret,
)
from twilio_async import (
    AmbiguousOutcome,
    AsyncSession,
    CertificateError,
    ConnectError,
    InvalidArgument,
    Message,
    Retry,
    SessionClosed,
    TimedOut,
    UnreadableAnswer,
)
from twilio_async._fence import boot_clock, fenced
from twilio_async._transport import _Payload

PASSWORD = "pr0xy-passw0rd"
FOUND = http(200, MESSAGE)


@pytest.fixture(params=LOOPS)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    """Every promise is kept on either event loop."""
    return request.param


@pytest.fixture
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A private authority's file, and what its server speaks TLS with."""
    return certificate(tmp_path_factory.getbasetemp())


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that names no proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "request_method"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def session(base_url: str, **options: Any) -> AsyncSession:
    """A session that repeats without waiting."""
    return AsyncSession(ACCOUNT, TOKEN, **{"base_url": base_url, "retry": Retry(attempts=2, base=0.0), **options})


async def create(twilio: AsyncSession, **options: Any) -> Message:
    """Text somebody."""
    return await twilio.messages.create(to="+15558675310", from_="+15017122661", body="Your parcel is here.", **options)


async def answers_over_tls(peer: Peer) -> None:
    """Answer as Twilio would, behind a certificate."""
    await peer.start_tls()
    await answering(CREATED)(peer)


# --- what was given up stays unsent --------------------------------------------------------------------------------------


def unbuffered(address: tuple[Any, ...]) -> socket.socket:
    """A socket of a user's own making, which the system takes little from at once."""
    made = socket.socket(*address[:3])
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return made


CONNECTORS: dict[str, Callable[[], aiohttp.TCPConnector | None]] = {
    "our connector": lambda: None,
    "a user's connector": aiohttp.TCPConnector,
    "a user's connector, whose data wait in the program": lambda: aiohttp.TCPConnector(socket_factory=unbuffered),
}


async def reads_on_when_the_client_has_gone(peer: Peer) -> None:
    """A network that heals too late."""
    await peer.some(2000)
    await peer.server.client_closed.wait()


@pytest.mark.parametrize("cancelled", [False, True], ids=["timeout", "cancelled"])
@pytest.mark.parametrize("connector", CONNECTORS.values(), ids=CONNECTORS.keys())
async def test_what_was_given_up_is_not_delivered_later(
    connector: Callable[[], aiohttp.TCPConnector | None], cancelled: bool
) -> None:
    """Of a request that the server is slow to read, the rest never arrives once the client has given it up."""
    made = connector()
    async with RawServer(reads_on_when_the_client_has_gone, window=4096) as server:
        async with session(server.url, connector=made, timeout=30.0 if cancelled else 1.0) as twilio:
            task = asyncio.create_task(create(twilio, extra={"Filler": "x" * 1_000_000}))
            await server.sees(lambda: len(server.received) == 2000)
            if cancelled:
                task.cancel()
            with pytest.raises((AmbiguousOutcome, asyncio.CancelledError)):
                await task
        await server.settled()
    if made is not None:
        await made.close()
    assert server.requests == []
    assert len(server.received) < 1_000_000
    assert server.peers[0].was_reset


@pytest.mark.parametrize("name", ["our connector", "a user's connector"])
async def test_sockets_neither_linger_nor_wait_for_a_dead_network(name: str) -> None:
    """Closing a socket drops what it still holds, and the system gives up by itself what nobody acknowledges."""
    made = CONNECTORS[name]()
    async with RawServer(answering(CREATED)) as server:
        async with session(server.url, connector=made) as twilio:
            await create(twilio)
            connector = made or twilio._pool.transport()._client.connector
            assert connector is not None
            (connections,) = connector._conns.values()
            transport = connections[0][0].transport
            assert transport is not None
            found = transport.get_extra_info("socket")
            assert found.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == struct.pack("ii", 1, 0)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                assert 0 < found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 60_000
        if made is not None:
            await made.close()


async def test_a_users_connector_is_shared_and_never_closed() -> None:
    """Two sessions use one connector after the other, and its owner closes it."""
    async with RawServer(answering(CREATED)) as server, aiohttp.TCPConnector() as connector:
        for _ in range(2):
            async with session(server.url, connector=connector) as twilio:
                await create(twilio)
            assert not connector.closed
        assert len(server.peers) == 1
    assert len(server.requests) == 2


async def test_a_body_is_not_written_to_a_connection_that_is_closing() -> None:
    """What did not go out, because its connection closed after it was chosen, is not counted as sent."""
    loop = asyncio.get_running_loop()
    async with RawServer() as server:
        transport, protocol = await loop.create_connection(lambda: BaseProtocol(loop), "127.0.0.1", server.port)
        writer, payload = StreamWriter(protocol, loop), _Payload(b"Body=hi", own_socket=True)
        transport.close()
        with pytest.raises(ConnectionResetError):
            await payload.write_with_length(writer, None)
        await server.settled()
    assert payload.sends == 0
    assert server.received == b""


# --- behind a fence ------------------------------------------------------------------------------------------------------


async def test_nothing_is_written_behind_its_fence() -> None:
    """Not a byte, on a new connection or on one that is open; the outcome is certain, and said."""
    async with RawServer(answering(CREATED)) as server, session(server.url) as twilio:
        for _ in range(2):
            with fenced(boot_clock() - 0.001), pytest.raises(TimedOut, match="held back") as caught:
                await create(twilio, retry=Retry.never())
            assert caught.value.outcome == "not_sent"
            await create(twilio)
        await server.settled()
    assert len(server.requests) == 2


async def test_a_fence_in_the_future_holds_nothing_back() -> None:
    """Whoever is quick enough passes."""
    async with RawServer(answering(CREATED)) as server, session(server.url) as twilio:
        with fenced(boot_clock() + 60.0):
            assert (await create(twilio)).sid == SID
    assert len(server.requests) == 1


async def test_a_fence_that_falls_while_it_connects_holds_it_back() -> None:
    """The moment that counts is the one in which it would be written."""
    tracing = aiohttp.TraceConfig()

    async def connected(*_: object) -> None:
        await anyio.sleep(0.2)

    tracing.on_connection_create_end.append(connected)
    async with RawServer(answering(CREATED)) as server, session(server.url, trace_configs=[tracing]) as twilio:
        with fenced(boot_clock() + 0.1), pytest.raises(TimedOut) as caught:
            await create(twilio, retry=Retry.never())
        assert caught.value.outcome == "not_sent"
        await server.settled()
    assert server.received == b""


async def test_behind_a_fence_nobody_waits_for_limits() -> None:
    """Whoever sets one has paid the rate and holds a place; waiting would only use up its time."""
    async with RawServer(answering(CREATED)) as server, session(server.url, rate=0.001, concurrency=1) as twilio:
        await create(twilio)
        assert twilio.rate is not None
        await twilio.concurrency.acquire()
        with fenced(boot_clock() + 60.0):
            await create(twilio)
        assert twilio.concurrency.in_flight == 1
        twilio.concurrency.release()
        assert twilio.rate._bookings == 1
    assert len(server.requests) == 2


# --- connections ---------------------------------------------------------------------------------------------------------


async def test_connections_are_used_again() -> None:
    """Calls in a row share one connection."""
    async with RawServer(answering(CREATED)) as server, session(server.url) as twilio:
        for _ in range(5):
            await create(twilio)
        assert [len(peer.requests) for peer in server.peers] == [5]


@pytest.mark.parametrize(("options", "most"), [({"pool_size": 2}, 2), ({"concurrency": 3}, 3)])
async def test_no_more_connections_than_allowed(options: dict[str, int], most: int) -> None:
    """However many calls are made at once, *pool_size* bounds the connections, and without it *concurrency* does."""
    async with RawServer(answering(CREATED)) as server, session(server.url, **options) as twilio:
        await asyncio.gather(*[create(twilio) for _ in range(12)])
        assert len(server.requests) == 12
        assert 1 < len(server.peers) <= most


async def test_a_session_closed_amid_a_call_leaves_its_outcome_unknown() -> None:
    """Whoever waits for an answer while the session is closed is told that it may have happened."""
    async with RawServer(saying()) as server:
        twilio = session(server.url)
        task = asyncio.create_task(create(twilio))
        await server.sees(lambda: server.requests)
        await twilio.aclose()
        with pytest.raises(AmbiguousOutcome):
            await task
        await server.settled()
    assert len(server.requests) == 1


# --- the session's life --------------------------------------------------------------------------------------------------


async def test_a_closed_session_says_so() -> None:
    """A call after ``aclose`` sends nothing and says what to do; closing twice does no harm."""
    async with RawServer(answering(CREATED)) as server:
        twilio = session(server.url)
        await create(twilio)
        await twilio.aclose()
        await twilio.aclose()
        with pytest.raises(SessionClosed, match="before aclose") as caught:
            await create(twilio)
        assert caught.value.outcome == "not_sent"
        assert len(server.requests) == 1


@contextlib.contextmanager
def quiet_loop() -> Iterator[None]:
    """Keep aiohttp, which adds its own complaint, from failing the test."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda *_: None)
    yield
    loop.set_exception_handler(before)


async def test_a_session_left_open_warns_and_names_the_cure() -> None:
    """Dropping a session that has connections warns once of itself, in words that can be followed."""
    async with RawServer(answering(CREATED)) as server:
        twilio = session(server.url)
        await create(twilio)
        with warnings.catch_warnings(record=True) as caught, quiet_loop():
            warnings.simplefilter("always")
            del twilio
            gc.collect()
        ours = [str(warning.message) for warning in caught if "AsyncSession" in str(warning.message)]
        assert len(ours) == 1
        assert "await twilio.aclose()" in ours[0]
        assert not shows_secret("".join(str(warning.message) for warning in caught))


def test_a_session_that_made_no_request_needs_no_closing(recwarn: pytest.WarningsRecorder) -> None:
    """The constructor opens nothing, needs no event loop, and so leaves nothing behind."""
    gc.collect()
    recwarn.clear()  # of what other tests have dropped
    session("http://127.0.0.1:1")
    gc.collect()
    assert not recwarn.list


@pytest.fixture
def far_server() -> Iterator[RawServer]:
    """A server in an event loop of its own, which outlives the client's. It ends its connections after each answer."""
    closing = http(201, MESSAGE, Connection="close")
    with anyio.from_thread.start_blocking_portal() as portal:

        async def made() -> RawServer:
            return RawServer(saying(closing, then=Peer.close))

        with portal.wrap_async_context_manager(portal.call(made)) as server:
            yield server


def test_a_session_goes_on_in_the_next_event_loop(far_server: RawServer, anyio_backend: tuple[str, dict[str, bool]]) -> None:
    """One session serves one ``asyncio.run`` after another."""
    twilio = session(far_server.url)
    for last in (False, True):

        async def main(*, last: bool = last) -> None:
            await create(twilio)
            if last:
                await twilio.aclose()

        anyio.run(main, backend=anyio_backend[0], backend_options=anyio_backend[1])
    assert len(far_server.requests) == 2


def test_another_running_loop_is_refused(far_server: RawServer) -> None:
    """A session whose loop is alive does not serve a second one: its connections belong to the first."""

    async def main() -> None:
        await create(twilio)
        with pytest.raises(SessionClosed, match="one for each loop"):
            await anyio.to_thread.run_sync(lambda: anyio.run(create, twilio))
        await twilio.aclose()

    twilio = session(far_server.url)
    anyio.run(main)


QUIET = """
import asyncio, sys
from twilio_async import AsyncSession
from tests.raw_server import ACCOUNT, CREATED, SID, TOKEN, RawServer, answering, http

async def main():
    async with RawServer(answering(CREATED, http(204))) as server:
        async with AsyncSession(ACCOUNT, TOKEN, base_url=server.url) as twilio:
            await twilio.messages.create(to="+15558675310", from_="+15017122661", body="hi")
            await twilio.messages.delete(SID)

asyncio.run(main())
"""


def test_nothing_warns() -> None:
    """With warnings as errors, deprecations in the newest aiohttp included, a program runs and prints nothing."""
    root = Path(__file__).parent.parent
    command = [sys.executable, "-W", "error", "-c", QUIET]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False, timeout=50)
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "")


# --- proxies -------------------------------------------------------------------------------------------------------------


async def test_a_proxy_is_used_for_http() -> None:
    """A plain proxy is asked for the whole address, with its own credentials beside Twilio's."""
    async with RawServer(answering(CREATED)) as proxy:
        url = proxy.url.replace("//", f"//me:{PASSWORD}@")
        async with session("http://twilio.invalid", proxy=url) as twilio:
            await create(twilio)
        (request,) = proxy.requests
    assert request.target == f"http://twilio.invalid/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert request.headers["proxy-authorization"] == basic("me", PASSWORD)
    assert request.headers["authorization"] == basic(ACCOUNT, TOKEN)


async def test_a_proxy_is_used_for_https(trusted: tuple[Path, ssl.SSLContext]) -> None:
    """A proxy makes the tunnel and gets its own credentials, and what is said in the tunnel is not for its ears."""

    async def tunnels(peer: Peer) -> None:
        await peer.connect()
        await peer.say(b"HTTP/1.1 200 Go\r\n\r\n")
        await answers_over_tls(peer)

    async with RawServer(tunnels, tls=trusted[1]) as proxy:
        url = proxy.url.replace("//", f"//me:{PASSWORD}@")
        async with session("https://localhost:1", proxy=url, ca_bundle=trusted[0]) as twilio:
            await create(twilio)
        tunnel, (request,) = proxy.peers[0].tunnel, proxy.requests
    assert tunnel is not None
    assert (tunnel.method, tunnel.target) == ("CONNECT", "localhost:1")
    assert tunnel.headers["proxy-authorization"] == basic("me", PASSWORD)
    assert "authorization" not in tunnel.headers
    assert "proxy-authorization" not in request.headers
    assert request.headers["authorization"] == basic(ACCOUNT, TOKEN)


def basic(name: str, password: str) -> str:
    """The header for *name* and *password*."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize("value", ["http://{}", "{}"], ids=["a URL", "host and port"])
async def test_the_environment_names_the_proxy_if_asked(environment: pytest.MonkeyPatch, value: str) -> None:
    """With ``trust_env=True``, ``HTTP_PROXY`` is used, but for the hosts in ``NO_PROXY``; without it, never."""
    async with RawServer(answering(CREATED)) as proxy, RawServer(answering(CREATED)) as server:
        environment.setenv("HTTP_PROXY", value.format(f"127.0.0.1:{proxy.port}"))
        async with session(server.url) as twilio:
            await create(twilio)
        assert (len(proxy.requests), len(server.requests)) == (0, 1)
        async with session(server.url, trust_env=True) as twilio:
            await create(twilio)
            assert (len(proxy.requests), len(server.requests)) == (1, 1)
            environment.setenv("NO_PROXY", "127.0.0.1")
            await create(twilio)
        assert (len(proxy.requests), len(server.requests)) == (1, 2)


async def test_a_proxy_that_is_given_wins_over_the_environment(environment: pytest.MonkeyPatch) -> None:
    """*proxy* is what is used, whatever the environment says."""
    async with RawServer(answering(CREATED)) as proxy:
        environment.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        async with session("http://twilio.invalid", proxy=proxy.url, trust_env=True) as twilio:
            await create(twilio)
        assert len(proxy.requests) == 1


@pytest.mark.parametrize("proxy", ["socks5://me:{}@127.0.0.1:1", "http://me:{}@[oops", "http://me:{}@:1"])
async def test_a_proxy_that_cannot_be_used_shows_no_password(environment: pytest.MonkeyPatch, proxy: str) -> None:
    """An address in the environment that is none for us sends nothing, and is not repeated with its password."""
    environment.setenv("HTTP_PROXY", proxy.format(PASSWORD))
    async with session("http://twilio.invalid", trust_env=True) as twilio:
        with pytest.raises(ConnectError) as caught:
            await create(twilio)
    assert caught.value.outcome == "not_sent"
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert PASSWORD not in shown


@pytest.mark.parametrize("trust_env", [False, True])
async def test_netrc_is_never_read(environment: pytest.MonkeyPatch, tmp_path: Path, trust_env: bool) -> None:
    """Credentials that lie about in a ``.netrc`` do not replace those of the session."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login any password one\n")
    netrc.chmod(0o600)
    environment.setenv("NETRC", str(netrc))
    async with RawServer(answering(CREATED)) as server:
        async with session(server.url, trust_env=trust_env) as twilio:
            await create(twilio)
        assert server.requests[0].headers["authorization"] == basic(ACCOUNT, TOKEN)


# --- TLS -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["ca_bundle", "ssl"])
async def test_a_private_authority_can_be_trusted(how: str, trusted: tuple[Path, ssl.SSLContext]) -> None:
    """With ``ca_bundle=`` or ``ssl=`` a server is trusted that is not trusted without."""
    option = trusted[0] if how == "ca_bundle" else ssl.create_default_context(cafile=trusted[0])
    async with RawServer(answers_over_tls, tls=trusted[1]) as server:
        async with session(server.secure_url, **{how: option}) as twilio:
            await create(twilio)
        async with session(server.secure_url) as twilio:
            with pytest.raises(CertificateError, match="self-signed certificate"):
                await create(twilio)
        assert len(server.requests) == 1


# --- time ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["session", "call"])
async def test_a_timeout_acts(where: str) -> None:
    """The session's timeout ends a try, and so does a call's own, which goes before it."""
    own: dict[str, Any] = {"timeout": 0.5} if where == "call" else {}
    async with RawServer(saying()) as server, session(server.url, timeout=30.0 if own else 0.5) as twilio:
        with pytest.raises(AmbiguousOutcome, match=r"within 0\.5 s"):
            await create(twilio, **own)
        with pytest.raises(TimedOut, match=r"within 0\.5 s"):
            await twilio.messages.fetch(SID, **own)


async def test_a_call_may_take_longer_than_its_session_allows() -> None:
    """A call's own timeout replaces the session's also when it is the longer one."""

    async def thinks(peer: Peer) -> None:
        await peer.request()
        await anyio.sleep(0.2)
        await peer.say(CREATED)

    async with RawServer(thinks) as server, session(server.url, timeout=0.05) as twilio:
        await create(twilio, timeout=30.0)


async def test_waiting_for_a_turn_costs_no_time() -> None:
    """A call that waits longer for its turn than a try may take is made all the same."""
    answered = anyio.Event()

    async def thinks(peer: Peer) -> None:
        await peer.request()
        await answered.wait()
        await peer.say(CREATED)
        await answering(CREATED)(peer)

    async with RawServer(thinks) as server, session(server.url, concurrency=1) as twilio:
        first, second = asyncio.create_task(create(twilio)), asyncio.create_task(create(twilio, timeout=0.5))
        await anyio.sleep(0.6)
        assert (len(server.requests), twilio.concurrency.waiting) == (1, 1)
        answered.set()
        await asyncio.gather(first, second)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
async def test_a_timeout_that_is_none_is_refused(timeout: float) -> None:
    """A call cannot switch its limit off by accident."""
    async with session("http://127.0.0.1:1") as twilio:
        with pytest.raises(InvalidArgument) as caught:
            await create(twilio, timeout=timeout)
    assert caught.value.argument == "timeout"


# --- what else goes over the wire ----------------------------------------------------------------------------------------


async def test_cookies_are_neither_kept_nor_sent() -> None:
    """What a server sets is forgotten with the answer."""
    async with RawServer(answering(http(201, MESSAGE, Set_Cookie="who=you; Path=/"))) as server, session(server.url) as twilio:
        await create(twilio)
        await create(twilio)
        assert ["cookie" in request.headers for request in server.requests] == [False, False]


async def test_a_users_tracing_is_called() -> None:
    """A ``TraceConfig`` sees the connection, the request and its end."""
    seen: list[str] = []
    trace = aiohttp.TraceConfig()

    def watch(signal: str) -> None:
        async def on(*_: object) -> None:
            seen.append(signal)

        getattr(trace, f"on_{signal}").append(on)

    for signal in ("connection_create_end", "request_start", "request_headers_sent", "request_end"):
        watch(signal)
    async with RawServer(answering(CREATED)) as server, session(server.url, trace_configs=[trace]) as twilio:
        await create(twilio)
    assert seen == ["request_start", "connection_create_end", "request_headers_sent", "request_end"]


async def test_requests_are_as_small_as_they_can_be() -> None:
    """A request has the headers that it needs, and a GET has no body."""
    async with RawServer(answering(CREATED, FOUND)) as server, session(server.url, user_agent="shop/1.2") as twilio:
        await create(twilio)
        await twilio.messages.fetch(SID)
        made, read = server.requests
    common = {"host", "authorization", "user-agent", "accept", "accept-encoding"}
    assert made.headers.keys() == common | {"content-type", "content-length"}
    assert made.headers["content-type"] == "application/x-www-form-urlencoded"
    assert read.headers.keys() == common
    assert read.headers["user-agent"].endswith(" shop/1.2")


# --- secrets -------------------------------------------------------------------------------------------------------------


async def test_a_session_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the ``repr`` of what a user holds nor the log of a good call shows the token."""
    caplog.set_level(logging.DEBUG)
    async with RawServer(answering(CREATED)) as server, session(server.url) as twilio:
        response = await twilio.response(create, twilio)
        held = [twilio, twilio.messages, response, response.data, twilio.concurrency, twilio._caller, twilio._pool]
        assert not shows_secret(" ".join(map(repr, held)))
    assert "messages.create POST" in caplog.text
    assert not shows_secret(caplog.text)
    assert "parcel" not in caplog.text
    assert "5558675310" not in caplog.text


async def test_an_unreadable_page_shows_no_secret() -> None:
    """A list whose next page is said to be elsewhere is not read on, and the error shows nothing of the session."""
    page = f'{{"messages": [{MESSAGE.decode()}], "next_page_uri": "http://127.0.0.1:1/x?Page=1"}}'.encode()
    async with RawServer(answering(http(200, page))) as server, session(server.url) as twilio:
        with pytest.raises(UnreadableAnswer) as caught:
            await twilio.messages.list()
        assert len(server.requests) == 1
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert not shows_secret(shown)
