"""The fault table: what can become of a request, what the client says of it, and what the server knows of it.

The server's account decides: it counts bytes and requests where they arrive, and knows nothing of what the client believes.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import pickle
import ssl
import sys
import traceback
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import anyio
import pytest

from tests.raw_server import (
    ACCOUNT,
    CREATED,
    LOOPS,
    MESSAGE,
    SID,
    TOKEN,
    Peer,
    RawServer,
    Script,
    answering,
    certificate,
    http,
    problem,
    saying,
    shows_secret,
)
from twilio_async import (
    AmbiguousOutcome,
    APIError,
    AsyncSession,
    AuthenticationError,
    CertificateError,
    Conflict,
    ConnectError,
    InvalidNumber,
    InvalidRequest,
    Message,
    NotFound,
    Outcome,
    PermissionDenied,
    QueueFull,
    RateLimited,
    Retry,
    ServerError,
    TimedOut,
    TransportError,
    TwilioError,
    UnreadableAnswer,
)
from twilio_async.events import Event, Retrying

Call = Callable[[AsyncSession], Awaitable[object]]

TRIES = 3
"""What a session of these tests makes at most."""
SHORT = 0.5
"""Seconds for a try that is bound to hang, but not before it has come so far."""


@pytest.fixture(params=LOOPS)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    """Every fault is tried on either event loop."""
    return request.param


@pytest.fixture
def secure(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """What a server speaks TLS with; nobody trusts its certificate."""
    return certificate(tmp_path_factory.getbasetemp())[1]


# --- what the client does ------------------------------------------------------------------------------------------------


async def create(twilio: AsyncSession) -> Message:
    """Text somebody: the request that must not happen twice."""
    return await twilio.messages.create(to="+15558675310", from_="+15017122661", body="Your parcel is here.")


async def create_large(twilio: AsyncSession) -> Message:
    """More than the system keeps for a connection whose other end does not read."""
    return await twilio.messages.create(to="+15558675310", from_="+15017122661", body="hi", extra={"Filler": "x" * 1_000_000})


async def fetch(twilio: AsyncSession) -> Message:
    """Read a message."""
    return await twilio.messages.fetch(SID)


async def update(twilio: AsyncSession) -> Message:
    """Redact a message: a POST that is safe to repeat."""
    return await twilio.messages.redact(SID)


async def delete(twilio: AsyncSession) -> None:
    """Delete a message."""
    await twilio.messages.delete(SID)


# --- what the server does ------------------------------------------------------------------------------------------------


GONE = http(204)
BUSY = problem(429, 20429)
NOT_FOUND = problem(404, 20404)
HEAD = b"HTTP/1.1 201 Created\r\n"
CUT = HEAD + b"Content-Length: 1000\r\n\r\n" + MESSAGE
CUT_400 = b"HTTP/1.1 400 No\r\nContent-Length: 99\r\n\r\n{"
TEA = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tea\r\nConnection: upgrade\r\n\r\n"


async def closes_at_once(peer: Peer) -> None:
    """Hang up on whoever comes."""
    peer.close()


async def resets_at_once(peer: Peer) -> None:
    """Hang up, rudely."""
    peer.reset()


async def resets_amid_the_headers(peer: Peer) -> None:
    """Hang up while the request is coming."""
    await peer.some(20)
    peer.reset()


async def closes_after_the_headers(peer: Peer) -> None:
    """Hang up before the body has been read."""
    await peer.head()
    peer.close()


async def closes_amid_the_body(peer: Peer) -> None:
    """Hang up while the body is coming."""
    await peer.some(2000)
    peer.close()


async def reads_the_body_too_late(peer: Peer) -> None:
    """Go on reading when the client has given up."""
    await peer.some(2000)
    await peer.server.client_closed.wait()


async def resets_and_is_no_more(peer: Peer) -> None:
    """Take one request, and be gone."""
    await peer.request()
    peer.server.refuse()
    peer.reset()


def endless(beginning: bytes, more: bytes) -> Script:
    """Talk until the client has had enough."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(beginning)
        while True:
            await peer.say(more)

    return script


def bomb() -> bytes:
    """300 kB of gzip that hold 300 MB, made of one piece that is repeated."""
    squeeze = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    first = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return first + first[10:] * 299


ENDLESS_LINE = endless(HEAD + b"X-Long: ", b"y" * 10_000)
ENDLESS_HEADERS = endless(HEAD, b"X-Header: again\r\n" * 100)
ENDLESS_BODY = endless(HEAD + b"\r\n", b" " * 100_000)
ENDLESS_AFTER_GZIP = endless(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(MESSAGE), b" " * 100_000)
BOMB = answering(http(201, bomb(), Content_Encoding="gzip"))


async def answers_in_clear(peer: Peer) -> None:
    """Take a TLS handshake for a bad request."""
    await peer.some()
    await peer.say(http(400))
    peer.close()


async def resets_the_handshake(peer: Peer) -> None:
    """Hang up amid the handshake."""
    await peer.some()
    peer.reset()


async def shakes_hands(peer: Peer) -> None:
    """Offer a certificate."""
    await peer.start_tls()
    await peer.gone()


def proxy_saying(data: bytes = b"", then: Callable[[Peer], None] | None = None) -> Script:
    """A proxy that says *data* when it is asked for a tunnel."""

    async def script(peer: Peer) -> None:
        await peer.connect()
        await peer.say(data)
        if then is not None:
            then(peer)

    return script


# --- the table -----------------------------------------------------------------------------------------------------------


def clear(server: RawServer) -> dict[str, Any]:
    """Plain HTTP."""
    return {"base_url": server.url}


def over_tls(server: RawServer) -> dict[str, Any]:
    """HTTPS."""
    return {"base_url": server.secure_url}


def through_proxy(server: RawServer) -> dict[str, Any]:
    """Through the server, which is a proxy with a password, to a name that has no address."""
    return {"base_url": "https://twilio.invalid", "proxy": f"http://me:{TOKEN}@127.0.0.1:{server.port}"}


def nameless(server: RawServer) -> dict[str, Any]:
    """To a name that has no address."""
    return {"base_url": "http://twilio.invalid", "timeout": 5.0}


def with_a_full_queue(server: RawServer) -> dict[str, Any]:
    """To a server that is too busy to notice."""
    server.fill_queue()
    return {"base_url": server.url}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A row of the table.

    *tries* are the client's, and *lost* counts those of them that never reached the server; the others it has seen, each as
    one request (one or two where *resent*: aiohttp repeats a GET and a DELETE by itself when their connection breaks).
    *whole* tells whether they were complete. *busy* counts the answers that promise that nothing was processed. *or_else* is
    what may come instead where the client can or cannot have begun to write.
    """

    does: Script | None = None
    call: Call = create
    raises: type[TwilioError] | None = None
    outcome: Outcome = "accepted"
    or_else: tuple[type[TwilioError], Outcome] | None = None
    status: int | None = None
    code: int | None = None
    tries: int = 1
    lost: int = 0
    busy: int = 0
    resent: bool = False
    whole: bool = True
    way: Callable[[RawServer], dict[str, Any]] = clear
    timeout: float = 30.0
    server: Mapping[str, Any] = field(default_factory=dict)


def unsent(**row: Any) -> Fault:
    """Nothing was written, so it is tried again, and given up in the end."""
    return Fault(**{"raises": ConnectError, "outcome": "not_sent", "tries": TRIES, "lost": TRIES, **row})


def unknown(does: Script, **row: Any) -> Fault:
    """A create that was written and not answered: never repeated."""
    return Fault(**{"does": does, "raises": AmbiguousOutcome, "outcome": "unknown", **row})


def taken(does: Script, **row: Any) -> Fault:
    """A create that was accepted, and what more was said cannot be read."""
    return Fault(**{"does": does, "raises": UnreadableAnswer, "outcome": "accepted", "status": 201, **row})


def refused(answer: bytes, raises: type[TwilioError], *before: bytes, **row: Any) -> Fault:
    """An answer that means no, once and for all."""
    does, status = answering(*before, answer), int(answer[9:12])
    return Fault(**{"does": does, "raises": raises, "outcome": "rejected", "status": status, **row})


def too_busy(answer: bytes, **row: Any) -> Fault:
    """A promise that nothing was processed, and no better answer in the end."""
    return Fault(does=answering(answer), raises=RateLimited, outcome="not_sent", status=429, code=20429, **row)


def given_up(does: Script, raises: type[TwilioError], **row: Any) -> Fault:
    """A request that is safe to repeat, and was repeated in vain."""
    return Fault(**{"does": does, "call": fetch, "raises": raises, "outcome": "unknown", "tries": TRIES, **row})


def saved(*answers: bytes, **row: Any) -> Fault:
    """A request that a repeat has saved."""
    return Fault(**{"does": answering(*answers), "tries": len(answers), **row})


def by_either(end: Script) -> Fault:
    """The connection ends while the client is about to write: it may notice in time."""
    return unsent(does=end, or_else=(AmbiguousOutcome, "unknown"))


FAULTS: dict[str, Fault] = {
    # no connection
    "connection refused": unsent(server={"listening": False}),
    "connection refused, fetch": unsent(server={"listening": False}, call=fetch),
    "name without an address": unsent(way=nameless, or_else=(TimedOut, "not_sent")),
    "connection never answered": unsent(
        raises=TimedOut, way=with_a_full_queue, timeout=SHORT, server={"accepting": False, "queue": 0}
    ),
    "proxy down": unsent(server={"listening": False}, way=through_proxy),
    "proxy forbids": unsent(does=proxy_saying(b"HTTP/1.1 403 Forbidden\r\n\r\n"), way=through_proxy),
    "proxy wants a password": unsent(does=proxy_saying(b"HTTP/1.1 407 Password\r\n\r\n"), way=through_proxy),
    "proxy closes": unsent(does=proxy_saying(then=Peer.close), way=through_proxy),
    "proxy hangs": unsent(does=proxy_saying(), raises=TimedOut, way=through_proxy, timeout=SHORT),
    "proxy says garbage": unsent(does=proxy_saying(b"who are you?\r\n\r\n"), way=through_proxy),
    "proxy's tunnel breaks": unsent(does=proxy_saying(b"HTTP/1.1 200 Go\r\n\r\n", then=Peer.reset), way=through_proxy),
    "TLS: server speaks plaintext": unsent(does=answers_in_clear, way=over_tls),
    "TLS: reset in the handshake": unsent(does=resets_the_handshake, way=over_tls),
    "TLS: closed in the handshake": unsent(does=closes_at_once, way=over_tls),
    "TLS: handshake hangs": unsent(does=Peer.gone, raises=TimedOut, way=over_tls, timeout=SHORT),
    "TLS: untrusted certificate": unsent(does=shakes_hands, raises=CertificateError, way=over_tls, tries=1, lost=1),
    "TLS: untrusted certificate, fetch": unsent(
        does=shakes_hands, raises=CertificateError, way=over_tls, tries=1, lost=1, call=fetch
    ),
    # a connection, and no answer
    "closed at once": by_either(closes_at_once),
    "reset at once": by_either(resets_at_once),
    "never accepted": unknown(Peer.gone, server={"accepting": False}, timeout=SHORT),
    "reset amid the headers": unknown(resets_amid_the_headers),
    "closed after the headers": unknown(closes_after_the_headers),
    "closed amid the body": unknown(closes_amid_the_body, call=create_large, whole=False, server={"window": 4096}),
    "body read too late": unknown(
        reads_the_body_too_late, call=create_large, whole=False, server={"window": 4096}, timeout=SHORT
    ),
    "read and closed": unknown(saying(then=Peer.close)),
    "read and reset": unknown(saying(then=Peer.reset)),
    "read and never answered": unknown(saying(), timeout=SHORT),
    # an answer that is none
    "100, then garbage": unknown(saying(b"HTTP/1.1 100 Continue\r\n\r\n\0\1\2 what?\r\n\r\n")),
    "100, then 201": Fault(does=saying(b"HTTP/1.1 100 Continue\r\n\r\n" + CREATED)),
    "101": unknown(saying(TEA), status=101),
    "099": unknown(saying(b"HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n"), status=99),
    "half a status": unknown(saying(b"HTTP/1.1 20", then=Peer.close)),
    "status line, then hangs": unknown(saying(HEAD), timeout=SHORT),
    "status line, then closed": taken(saying(HEAD, then=Peer.close)),
    "headers cut": taken(saying(HEAD + b"Content-Type: applic", then=Peer.close)),
    "headers of a 503 cut": unknown(saying(b"HTTP/1.1 503 Busy\r\nContent-Type: applic", then=Peer.close), status=503),
    "headers of a 400 cut": unknown(saying(b"HTTP/1.1 400 No\r\nContent-Type: applic", then=Peer.close), status=400),
    "endless headers": unknown(ENDLESS_HEADERS),
    "endless header": unknown(ENDLESS_LINE),
    "two lengths": unknown(saying(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")),
    "garbage": unknown(saying(b"\x16\x03\x01 who are you?\r\n\r\n")),
    "HTTP/0.9": unknown(saying(b"<html>hello</html>", then=Peer.close)),
    "another protocol": unknown(saying(b"SSH-2.0-OpenSSH_9.2\r\n")),
    # accepted, and unreadable
    "body cut": taken(saying(CUT, then=Peer.close)),
    "body cut by a reset": taken(saying(CUT, then=Peer.reset)),
    "body hangs": taken(saying(CUT), timeout=1.0),
    "chunks cut": taken(saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{", then=Peer.close)),
    "no chunk": unknown(saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}")),
    "no JSON": taken(answering(http(201, b"{oops"))),
    "no body": taken(answering(http(201))),
    "204 to a create": taken(answering(http(204)), status=204),
    "HTML": taken(answering(http(201, b"<html></html>", Content_Type="text/html"))),
    "another shape": taken(answering(http(201, b"[]"))),
    "another type": taken(answering(http(201, b'{"sid": {}}'))),
    "too deep": taken(answering(http(201, b'{"sid": ' + b"[" * 100_000))),
    "no UTF-8": taken(answering(http(201, b'{"sid": "\xff\xfe"}'))),
    "unknown encoding": taken(answering(http(201, MESSAGE, Content_Encoding="br"))),
    "no gzip": taken(answering(http(201, MESSAGE, Content_Encoding="gzip"))),
    "gzip cut": taken(answering(http(201, gzip.compress(MESSAGE)[:-4], Content_Encoding="gzip"))),
    "gzip and more": taken(answering(http(201, gzip.compress(MESSAGE) + b"more", Content_Encoding="gzip"))),
    "gzip bomb": taken(BOMB),
    "endless body": taken(ENDLESS_BODY),
    "endless body after the gzip": taken(ENDLESS_AFTER_GZIP),
    # an answer that says that something broke
    "500": unknown(answering(problem(500, 20500)), status=500, code=20500),
    "500 in HTML": unknown(answering(problem(500)), status=500),
    "502 in HTML": unknown(answering(problem(502)), status=502),
    "503": unknown(answering(problem(503, 20503)), status=503, code=20503),
    "503, with a time to come back": unknown(answering(problem(503, 20503, Retry_After="0")), status=503, code=20503),
    "504 in HTML": unknown(answering(problem(504)), status=504),
    "408": unknown(answering(problem(408)), status=408),
    "999": unknown(answering(http(999)), status=999),
    # an answer that says no
    "400": refused(problem(400, 21211), InvalidNumber, code=21211),
    "400 without words": refused(http(400), InvalidRequest),
    "401": refused(problem(401, 20003), AuthenticationError, code=20003),
    "403": refused(problem(403, 20403), PermissionDenied, code=20403),
    "404": refused(NOT_FOUND, NotFound, code=20404),
    "409": refused(problem(409, 20009), Conflict, code=20009),
    "407 of a proxy": refused(problem(407), APIError),
    "400 cut": refused(CUT_400, InvalidRequest, does=saying(CUT_400, then=Peer.close)),
    "307": refused(http(307, Location="http://twilio.invalid/"), UnreadableAnswer),
    "308": refused(http(308, Location="http://twilio.invalid/"), UnreadableAnswer),
    "429, a full queue": refused(problem(429, 21611), QueueFull, code=21611),
    "429 without a code": refused(problem(429), RateLimited),
    # an answer that promises that nothing was processed
    "429, then 201": saved(BUSY, CREATED, busy=1),
    "429 with a time to come back, then 201": saved(problem(429, 20429, Retry_After="0.05"), CREATED, busy=1),
    "429, then 500": unknown(answering(BUSY, problem(500, 20500)), status=500, code=20500, tries=2, busy=1),
    "429 always": too_busy(BUSY, tries=TRIES, busy=TRIES),
    "429, come back tomorrow": too_busy(problem(429, 20429, Retry_After="86400"), tries=1, busy=1),
    # what is safe to repeat
    "fetch: 503, then 200": saved(problem(503), http(200, MESSAGE), call=fetch),
    "fetch: 429, 500, then 200": saved(BUSY, problem(500), http(200, MESSAGE), call=fetch),
    "fetch: no JSON, then 200": saved(http(200, b"{oops"), http(200, MESSAGE), call=fetch),
    "fetch: 500 always": given_up(answering(problem(500, 20500)), ServerError, status=500, code=20500),
    "fetch: 408 always": given_up(answering(problem(408)), APIError, status=408),
    "fetch: 101 always": given_up(saying(TEA), APIError, status=101),
    "fetch: never answered": given_up(saying(), TimedOut, timeout=SHORT),
    "fetch: always closed": given_up(saying(then=Peer.close), TransportError, resent=True),
    "fetch: always reset": given_up(saying(then=Peer.reset), TransportError, resent=True),
    "fetch: reset, then refused": given_up(resets_and_is_no_more, ConnectError, lost=TRIES - 1),
    "fetch: garbage": given_up(saying(b"who are you?\r\n\r\n"), TransportError),
    "fetch: HTML": given_up(answering(http(200, b"<html></html>")), UnreadableAnswer, status=200),
    "fetch: gzip bomb": given_up(BOMB, UnreadableAnswer, status=201),
    "fetch: endless headers": given_up(ENDLESS_HEADERS, TransportError),
    "fetch: 404": refused(NOT_FOUND, NotFound, code=20404, call=fetch),
    "fetch: 302": refused(http(302, Location="http://twilio.invalid/"), UnreadableAnswer, call=fetch),
    "update: 500, then 200": saved(problem(500), http(200, MESSAGE), call=update),
    "update: always closed": given_up(saying(then=Peer.close), TransportError, call=update),
    "update: never answered": given_up(saying(), TimedOut, call=update, timeout=SHORT),
    "delete: 500, then 204": saved(problem(500), GONE, call=delete),
    "delete: 500, then 404": saved(problem(500), NOT_FOUND, call=delete),
    "delete: 404": refused(NOT_FOUND, NotFound, code=20404, call=delete),
    "delete: 429, then 404": refused(NOT_FOUND, NotFound, BUSY, code=20404, call=delete, tries=2),
    "delete: empty gzip": saved(http(204, Content_Encoding="gzip"), call=delete),
    "delete: always reset": given_up(saying(then=Peer.reset), TransportError, call=delete, resent=True),
    "delete: reset, then refused": given_up(resets_and_is_no_more, ConnectError, call=delete, lost=TRIES - 1),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_what_the_client_says_is_what_the_server_knows(
    fault: Fault, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """Each fault ends as the table says, agrees with the server's account, texts nobody twice, and shows no secret."""
    if fault.way is with_a_full_queue and sys.platform != "linux":
        pytest.skip("only Linux leaves a connection unanswered when its queue is full")
    caplog.set_level(logging.DEBUG)
    tls = request.getfixturevalue("secure") if fault.does is shakes_hands else None
    async with RawServer(*([fault.does] if fault.does else []), tls=tls, **fault.server) as server:
        async with session(server, **{"timeout": fault.timeout, **fault.way(server)}) as twilio:
            error, tries = await ending(twilio, fault.call)
        await server.settled()

    check_against_the_table(fault, error, tries)
    check_against_the_server(fault, server, error, tries)
    assert not shows_secret(caplog.text)
    if error is not None:
        check_that_it_travels(error)


async def ending(twilio: AsyncSession, call: Call) -> tuple[TwilioError | None, int]:
    """The error, if there was one, and the number of tries."""
    try:
        response = await twilio.response(call, twilio)
    except TwilioError as error:
        return error, error.attempts
    return None, response.attempts


def check_against_the_table(fault: Fault, error: TwilioError | None, tries: int) -> None:
    """It ended as expected."""
    end = (type(error), error.outcome) if error is not None else (None, "accepted")
    assert end in ((fault.raises, fault.outcome), fault.or_else), str(error)
    if end == (fault.raises, fault.outcome):
        assert tries == fault.tries
    assert getattr(error, "status", None) == fault.status
    assert getattr(error, "code", None) == fault.code


def check_against_the_server(fault: Fault, server: RawServer, error: TwilioError | None, tries: int) -> None:
    """What holds of every request: the server's account and the client's agree."""
    creates = [request for request in server.requests if request.target.endswith("/Messages.json")]
    assert len(creates) <= 1 + fault.busy, "a person is texted twice"
    if error is not None and error.outcome == "not_sent" and not fault.busy:
        assert not server.requests
        assert b"POST /" not in server.received
        assert b"GET /" not in server.received
        if fault.way is not over_tls:  # whose handshake does arrive
            assert server.received == b""
        return
    if fault.or_else is None:
        arrived = tries - fault.lost
        assert arrived <= server.tries <= (2 if fault.resent else 1) * arrived
        assert len(server.requests) == (server.tries if fault.whole else 0)


def check_that_it_travels(error: TwilioError) -> None:
    """An error shows no secret, wherever it ends, and survives the way there; its text is ours, not aiohttp's."""
    assert "/2010-04-01/" not in str(error)
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    packed = pickle.dumps(error)
    copy = pickle.loads(packed)
    assert (str(copy), vars(copy)) == (str(error), vars(error))
    for text in (str(error), repr(error), repr(vars(error)), shown, packed.decode("latin-1")):
        assert not shows_secret(text)


# --- what does not fit into a row ----------------------------------------------------------------------------------------


def session(server: RawServer, **options: Any) -> AsyncSession:
    """A session that repeats without waiting."""
    return AsyncSession(ACCOUNT, TOKEN, **{"base_url": server.url, "retry": Retry(attempts=TRIES, base=0.0), **options})


MEMORY = 64 << 20
"""Bytes, of which a hostile answer wants more."""


@pytest.mark.parametrize("call", [create, fetch])
@pytest.mark.parametrize(
    "name", ["gzip bomb", "endless body", "endless body after the gzip", "endless headers", "endless header"]
)
async def test_a_hostile_answer_takes_no_memory(name: str, call: Call) -> None:
    """300 MB in 300 kB of gzip, or an answer without an end, are given up long before they fill the memory."""
    does = FAULTS[name].does
    assert does is not None
    async with RawServer(does) as server, session(server) as twilio:
        tracemalloc.start()
        try:
            with pytest.raises(TwilioError):
                await call(twilio)
            assert tracemalloc.get_traced_memory()[1] < MEMORY
        finally:
            tracemalloc.stop()


async def test_a_redirect_is_not_followed() -> None:
    """Number, text and credentials stay with the configured server: the one that it points to hears nothing."""
    async with RawServer() as other:
        elsewhere = http(308, Location=f"{other.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
        async with RawServer(answering(elsewhere)) as server, session(server) as twilio:
            for call in (create, fetch, delete):
                with pytest.raises(UnreadableAnswer):
                    await call(twilio)
        await other.settled()
    assert other.peers == []
    assert len(server.requests) == 3


async def test_a_time_to_come_back_is_waited_for() -> None:
    """The wait that a 429 asks for is what the client waits, before its own jitter."""
    events: list[Event] = []
    busy = problem(429, 20429, Retry_After="0.05")
    async with RawServer(answering(busy, CREATED)) as server, session(server, hooks=[events.append]) as twilio:
        await create(twilio)
    assert [event.delay for event in events if isinstance(event, Retrying)] == [0.05]


def closing_when(idle: anyio.Event) -> Script:
    """Answer one request, and close the connection when it has been idle for long enough."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(CREATED)
        await idle.wait()
        peer.close()

    return script


async def test_a_connection_that_closed_while_idle_is_not_used_again() -> None:
    """A POST after the server has closed the idle connection goes out once, on a new one."""
    idle = anyio.Event()
    async with RawServer(closing_when(idle), answering(CREATED)) as server, session(server) as twilio:
        await create(twilio)
        idle.set()
        await server.hung_up()
        await create(twilio)
        assert [len(peer.requests) for peer in server.peers] == [1, 1]


async def test_a_connection_that_closes_at_that_very_moment_costs_no_second_text() -> None:
    """A POST that meets the end of its idle connection is either sent on a new one, or of unknown outcome; never both."""
    idle = anyio.Event()
    async with RawServer(closing_when(idle), answering(CREATED)) as server, session(server) as twilio:
        await create(twilio)
        idle.set()
        try:
            await create(twilio)
        except AmbiguousOutcome:
            assert len(server.peers) == 1
        else:
            assert [len(peer.requests) for peer in server.peers] == [1, 1]


async def test_a_connection_that_closes_before_the_first_byte_is_known_to_have_carried_nothing() -> None:
    """Between choosing a connection and writing to it there is time for it to close: then nothing is sent, and it is said."""

    async def wait_for_the_end(*_: object) -> None:
        await server.hung_up()

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(wait_for_the_end)
    async with RawServer(closes_at_once, answering(CREATED)) as server, session(server, trace_configs=[trace]) as twilio:
        response = await twilio.response(create, twilio)
        assert response.attempts == 2
        assert [len(peer.received) > 0 for peer in server.peers] == [False, True]


async def test_a_post_on_an_idle_connection_is_never_repeated() -> None:
    """A connection that worked before is no reason to believe that the server did not take the request."""

    async def one_too_many(peer: Peer) -> None:
        await peer.request()
        await peer.say(CREATED)
        await peer.request()
        peer.reset()

    async with RawServer(one_too_many, answering(CREATED)) as server, session(server) as twilio:
        await create(twilio)
        with pytest.raises(AmbiguousOutcome):
            await create(twilio)
        assert [len(peer.requests) for peer in server.peers] == [2]


async def test_a_delete_that_aiohttp_repeats_by_itself_counts_as_done() -> None:
    """The repeat of a lost DELETE is told 404, because the first was carried out."""
    lost = saying(then=Peer.reset)
    async with RawServer(lost, answering(NOT_FOUND)) as server, session(server, retry=Retry.never()) as twilio:
        await delete(twilio)
        assert [request.method for request in server.requests] == ["DELETE", "DELETE"]


# --- cancellation --------------------------------------------------------------------------------------------------------


async def cancelled(task: asyncio.Task[object]) -> BaseException:
    """What a task that is cancelled ends with."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return caught.value


async def test_cancelled_while_connecting_nothing_is_sent() -> None:
    """A call that is cancelled during the TLS handshake leaves nothing but the handshake at the server."""
    async with RawServer(Peer.gone) as server:
        async with session(server, base_url=server.secure_url) as twilio:
            task = asyncio.create_task(create(twilio))
            await server.sees(lambda: server.received)
            await cancelled(task)
            assert twilio.concurrency.in_flight == 0
        await server.settled()
    assert b"POST /" not in server.received
    assert len(server.peers) == 1


async def test_cancelled_while_waiting_for_a_turn_nothing_is_sent() -> None:
    """A call that is cancelled before its turn is never seen by the server, and takes nobody's turn."""
    async with RawServer(saying()) as server:
        async with session(server, concurrency=1, timeout=SHORT) as twilio:
            first, second = asyncio.create_task(create(twilio)), asyncio.create_task(create(twilio))
            await server.sees(lambda: server.requests)
            await cancelled(second)
            assert (twilio.concurrency.in_flight, twilio.concurrency.waiting) == (1, 0)
            with pytest.raises(AmbiguousOutcome):
                await first
            assert twilio.concurrency.in_flight == 0
        await server.settled()
    assert len(server.requests) == 1


async def test_cancelled_after_it_was_sent_the_connection_is_torn_and_the_session_goes_on() -> None:
    """A call that is cancelled while it waits for its answer ends its connection, and the next one has its own."""
    async with RawServer(saying(), answering(CREATED)) as server:
        async with session(server) as twilio:
            task = asyncio.create_task(create(twilio))
            await server.sees(lambda: server.requests)
            await cancelled(task)
            assert twilio.concurrency.in_flight == 0
            await create(twilio)
        await server.settled()
    assert [len(peer.requests) for peer in server.peers] == [1, 1]


async def test_a_cancelled_call_shows_no_secret() -> None:
    """Not even a report that prints the local variables of each frame that the cancellation passed shows the token."""
    async with RawServer(saying()) as server, session(server) as twilio:
        task = asyncio.create_task(create(twilio))
        await server.sees(lambda: server.requests)
        error = await cancelled(task)
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "_transport.py" in shown
    assert not shows_secret(shown)
