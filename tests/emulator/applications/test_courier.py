"""Webhooks on their way to real applications, which answer, stumble, hang and lie."""

from __future__ import annotations

import asyncio
import base64
import functools
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest
import trustme
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator, get_signature_algorithm

from tests.raw_server import LOOPS, Peer, RawServer, Script, answering, http, saying
from twilio_async.emulator.api.server import Server
from twilio_async.emulator.applications.courier import MAX_BODY, Courier
from twilio_async.emulator.applications.errands import Attempt, Errand, Method
from twilio_async.emulator.applications.overrides import Overrides
from twilio_async.emulator.applications.twiml import read_twiml
from twilio_async.emulator.domain.credentials import Key

TOKEN = "the-auth-token"
KEY = Key(TOKEN)
NOON = datetime(2024, 5, 24, 12, 0, tzinfo=UTC)
FIELDS = (("ToCountry", "US"), ("Body", "Grüße & co"), ("To", "+15558675310"), ("To", "+15558675310"), ("From", "+15017122661"))

HASTY = Overrides(read_timeout=0.2, retries=0)

OK = http(200, b"<Response/>", Content_Type="text/xml")
EMPTY = http(204)


@pytest.fixture(params=LOOPS)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    """Connections break in either loop."""
    return request.param


@pytest.fixture
async def courier() -> AsyncIterator[Courier]:
    """A courier as Twilio has it."""
    async with Courier(lambda: NOON) as courier:
        yield courier


@pytest.fixture
async def hasty() -> AsyncIterator[Courier]:
    """A courier who waits for nobody, and tries once unless the URL says otherwise."""
    async with Courier(lambda: NOON, policy=HASTY) as courier:
        yield courier


def errand(url: str, **more: Any) -> Errand:
    """An errand of some fields."""
    return Errand(url=url, **{"fields": FIELDS, "token": "event-1", **more})


def trace(attempts: list[Attempt]) -> list[tuple[int | None, int | None]]:
    """Status and code of each."""
    return [(attempt.status, attempt.code) for attempt in attempts]


@asynccontextmanager
async def application(handler: Callable[[web.BaseRequest], Any]) -> AsyncIterator[str]:
    """An application on a port of its own; gives its URL."""
    server = await Server.open(handler)
    try:
        yield server.url
    finally:
        await server.close()


# --- what arrives --------------------------------------------------------------------------------------------------------


async def test_a_webhook_arrives_as_twilio_sends_it(courier: Courier) -> None:
    """On a connection of its own that is closed afterwards, with the recorded headers and nothing else."""
    async with RawServer(answering(OK)) as server:
        attempts = await courier.deliver(errand(f"{server.url}/ho%6Fk?b=%7e&a=+#rc=5"), KEY)
        await courier.deliver(errand(server.url), KEY)
        await server.settled()
    (first,), (_,) = (peer.requests for peer in server.peers)
    assert (first.method, first.target) == ("POST", "/ho%6Fk?b=%7e&a=+")
    signature = first.headers.pop("x-twilio-signature")
    assert RequestValidator(TOKEN).validate(f"{server.url}/ho%6Fk?b=%7e&a=+", dict(FIELDS), signature)
    assert first.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "TwilioProxy/1.1",
        "accept": "*/*",
        "connection": "close",
        "i-twilio-idempotency-token": "event-1",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "content-length": str(len(first.body)),
    }
    assert first.body.startswith(b"ToCountry=US&Body=Gr%C3%BC%C3%9Fe+%26+co&To=%2B15558675310&To=")
    (attempt,) = attempts
    assert {name.lower(): value for name, value in attempt.request_headers if name != "X-Twilio-Signature"} == first.headers
    assert (attempt.request_body, attempt.url) == (first.body, f"{server.url}/ho%6Fk?b=%7e&a=+")


async def test_an_attempt_tells_what_was_answered(courier: Courier) -> None:
    """When it began on the emulator's clock, how long it really took, and the answer as it came."""
    async with RawServer(answering(http(201, "ä".encode(), Content_Type="text/plain", X_Odd="ä"))) as server:
        (attempt,) = await courier.deliver(errand(server.url), KEY)
    assert attempt.ok
    assert (attempt.at, attempt.status, attempt.body, attempt.content_type) == (NOON, 201, "ä".encode(), "text/plain")
    assert attempt.header("x-odd") == "ä"
    assert attempt.latency > 0
    assert (attempt.number, attempt.fallback, attempt.error, attempt.code) == (1, False, None, None)


@pytest.mark.parametrize("key", [KEY, Key("shared-secret", "webhooks_sharedkey_1")], ids=["token", "shared"])
@pytest.mark.parametrize(("method", "json"), [("GET", None), ("POST", None), ("POST", '{"é": [1]}')])
async def test_the_official_validator_accepts_what_an_application_sees(
    courier: Courier, key: Key, method: Method, json: str | None
) -> None:
    """Judged by what a framework makes of the request: its URL, its fields, its body, its headers."""
    verdicts: list[bool] = []

    async def app(request: web.BaseRequest) -> web.Response:
        seen: Any = await request.post() if json is None else await request.text()
        algorithm = get_signature_algorithm(request.headers.get("X-Twilio-Webhooks-Signature-Settings"))
        signature = request.headers["X-Twilio-Signature"]
        url = f"http://{request.host}{request.raw_path}"
        validate = functools.partial(RequestValidator(key.secret).validate, url, algorithm=algorithm)
        verdicts.extend((validate(seen, signature), validate(seen, signature.swapcase())))
        return web.Response()

    async with application(app) as url:
        body = None if json is None else json.encode()
        attempts = await courier.deliver(errand(f"{url}/caf%C3%A9?a=1&a=%20#rp=all", method=method, json=body), key)
    assert trace(attempts) == [(200, None)]
    assert verdicts == [True, False]


TARGETS = st.text(st.sampled_from("abc/?&=%~+;,.:@!$'()*[]{}|^`\"<>\\"), max_size=30)


async def test_no_byte_of_a_target_is_changed_on_the_way(courier: Courier) -> None:
    """Whatever a URL holds arrives in the request line as it was configured."""
    async with RawServer(answering(EMPTY)) as server:
        targets = [f"/{target}" for target in _examples(TARGETS)]
        for target in targets:
            assert trace(await courier.deliver(errand(server.url + target), KEY)) == [(204, None)]
        await server.settled()
    expected = [target[:-1] if target.find("?") == len(target) - 1 else target for target in targets]
    assert [request.target for request in server.requests] == expected


def _examples(strategy: st.SearchStrategy[str]) -> list[str]:
    """Some of what a strategy makes."""
    found: list[str] = []

    @settings(max_examples=50, database=None)
    @given(strategy)
    def collect(example: str) -> None:
        found.append(example)

    collect()
    return found


# --- failures ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "code"), [(200, None), (204, None), (304, 11200), (400, 11217), (404, 11217), (503, 11217)])
async def test_a_status_is_a_success_or_a_failure(courier: Courier, status: int, code: int | None) -> None:
    """Which is not repeated, unless the URL says so."""
    async with RawServer(answering(http(status))) as server:
        assert trace(await courier.deliver(errand(server.url), KEY)) == [(status, code)]


async def test_a_refused_connection_is_tried_twice(courier: Courier) -> None:
    """Which is Twilio's default for connections that cannot be made."""
    async with RawServer(listening=False) as server:
        attempts = await courier.deliver(errand(server.url), KEY)
    assert trace(attempts) == [(None, 11202)] * 2
    assert [attempt.number for attempt in attempts] == [1, 2]


async def test_a_connection_that_nobody_takes_times_out(hasty: Courier) -> None:
    """Each try for itself."""
    async with RawServer(accepting=False, queue=0) as server:
        server.fill_queue()
        assert trace(await hasty.deliver(errand(f"{server.url}#rc=1&ct=150"), KEY)) == [(None, 11201)] * 2


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".invalid"])
async def test_a_host_that_cannot_exist_has_a_code_of_its_own(courier: Courier, host: str) -> None:
    """These names cannot be resolved, wherever one asks."""
    assert trace(await courier.deliver(errand(f"http://{host}/#rc=0"), KEY)) == [(None, 11210)]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "script",
    [
        saying(b"", Peer.close),
        saying(b"", Peer.reset),
        saying(b"HTTP/1.1 200 OK\r\nContent-Len", Peer.close),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<Respon", Peer.close),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Peer.close),
        saying(b"SSH-2.0-OpenSSH_9.6\r\n", Peer.close),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\n", Peer.close),
        saying(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", Peer.close),
        saying(b"\x15\x03\x01\x00\x02\x02\x46", Peer.close),
    ],
    ids=["nothing", "reset", "half a head", "half a body", "bad chunk", "ssh", "bad length", "long header", "tls alert"],
)
async def test_what_is_not_http_is_a_protocol_violation(courier: Courier, script: Script, method: Method) -> None:
    """And the request was made once, not twice behind our back."""
    async with RawServer(script) as server:
        attempts = await courier.deliver(errand(server.url, method=method), KEY)
        await server.settled()
    assert [attempt.code for attempt in attempts] == [11206]
    assert server.tries == 1


async def test_an_application_that_hangs_is_given_up(hasty: Courier) -> None:
    """Before the head, in the head or in the body."""
    for said in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<"):
        async with RawServer(saying(said)) as server:
            (attempt,) = await hasty.deliver(errand(server.url), KEY)
        assert attempt.code == 11200
        assert attempt.error == "no answer within 0.2 s"


async def test_an_application_that_trickles_is_given_up_in_the_end() -> None:
    """The silence between two bytes is never long, but the total is bounded."""

    async def trickle(peer: Peer) -> None:
        await peer.request()
        while True:
            await peer.say(b"HTTP/1.1 100 Continue\r\n\r\n")
            await anyio.sleep(0.01)

    policy = Overrides(read_timeout=10.0, total_timeout=0.3)
    async with RawServer(trickle) as server, Courier(lambda: NOON, policy=policy) as courier:
        (attempt,) = await courier.deliver(errand(server.url), KEY)
    assert attempt.code == 11203


async def test_the_total_bounds_all_tries_together() -> None:
    """However many are allowed."""
    policy = Overrides(read_timeout=0.15, total_timeout=0.4, retries=5, retry_on=frozenset({"rt"}))
    async with RawServer(saying()) as server, Courier(lambda: NOON, policy=policy) as courier:
        attempts = await courier.deliver(errand(server.url), KEY)
    assert 1 <= len(attempts) <= 3
    assert {attempt.code for attempt in attempts} <= {11200, 11203}


@pytest.mark.parametrize(("size", "code"), [(MAX_BODY, None), (MAX_BODY + 1, 11750), (10_000_000, 11750)])
async def test_a_body_may_have_64_kib(courier: Courier, size: int, code: int | None) -> None:
    """More is neither read nor taken."""
    async with RawServer(saying(http(200, b"a" * size))) as server:
        (attempt,) = await courier.deliver(errand(server.url), KEY)
    assert attempt.code == code
    assert len(attempt.body) == min(size, MAX_BODY + 1)


async def test_an_error_page_may_be_long(courier: Courier) -> None:
    """It is the status that counts."""
    async with RawServer(saying(http(500, b"a" * 100_000))) as server:
        assert trace(await courier.deliver(errand(server.url), KEY)) == [(500, 11217)]


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://u:p4ss@h/x#rc=1", "http://u:p4ss@:80/", "http://a b/"])
async def test_a_url_that_cannot_be_called_is_a_failure_and_its_password_is_not_shown(courier: Courier, url: str) -> None:
    """One attempt says so, and nothing is sent."""
    (attempt,) = await courier.deliver(errand(url), KEY)
    assert (attempt.status, attempt.code) == (None, 11100)
    assert attempt.error is not None
    assert "p4ss" not in attempt.url + attempt.error


@given(st.binary(max_size=200), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nLocation: "]))
@settings(max_examples=60)
def test_whatever_an_application_says_is_an_attempt(said: bytes, start: bytes) -> None:
    """And never an exception, nor does it take for ever."""

    async def deliver() -> list[Attempt]:
        policy = Overrides(read_timeout=0.5, total_timeout=1.0)
        async with RawServer(saying(start + said, Peer.close)) as server, Courier(lambda: NOON, policy=policy) as courier:
            return await courier.deliver(errand(server.url), KEY)

    attempts = asyncio.run(deliver())
    assert attempts
    assert all(attempt.code is None or attempt.error for attempt in attempts)


# --- retries and the fallback --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "answers", "statuses"),
    [
        ("", (http(500), OK), [500]),
        ("#rc=2&rp=5xx", (http(500), http(503), OK), [500, 503, 200]),
        ("#rc=2&rp=5xx", (http(404), OK), [404]),
        ("#rc=2&rp=4xx", (http(404), http(500), OK), [404, 500]),
        ("#rc=1&rp=all", (http(404), http(500), OK), [404, 500]),
        ("#rc=5&rp=all", (http(500),), [500] * 6),
        ("#rc=0&rp=all", (http(500), OK), [500]),
        ("#rc=9&rp=5xx", (http(500), http(500), OK), [500, 500]),
    ],
)
async def test_a_url_says_what_is_worth_another_try(
    courier: Courier, fragment: str, answers: tuple[bytes, ...], statuses: list[int]
) -> None:
    """As often as it says; each request is the same to the last byte, so that the application can tell a repetition."""
    async with RawServer(answering(*answers)) as server:
        attempts = await courier.deliver(errand(server.url + fragment), KEY)
        await server.settled()
    assert [attempt.status for attempt in attempts] == statuses
    assert len({(request.target, request.body, str(request.headers)) for request in server.requests}) == 1
    assert [attempt.number for attempt in attempts] == list(range(1, len(statuses) + 1))


async def test_a_lost_answer_is_asked_for_again_where_reading_may_be_repeated(courier: Courier) -> None:
    """A connection that breaks counts as an answer that did not come."""
    async with RawServer(saying(b"", Peer.close), answering(OK)) as server:
        attempts = await courier.deliver(errand(f"{server.url}#rp=rt"), KEY)
    assert trace(attempts) == [(None, 11206), (200, None)]


async def test_the_fallback_hears_of_what_went_wrong(courier: Courier) -> None:
    """The same fields and token, and what failed where, without the password; signed for its own URL."""
    async with RawServer(answering(http(500))) as first, RawServer(answering(OK)) as second:
        primary = first.url.replace("//", "//user:p4ss@") + "/hook?a=b#rc=1&rp=5xx"
        attempts = await courier.deliver(errand(primary, fallback_url=f"{second.url}/fallback#rc=0"), KEY)
        await second.settled()
    assert trace(attempts) == [(500, 11217), (500, 11217), (200, None)]
    assert [(attempt.number, attempt.fallback) for attempt in attempts] == [(1, False), (2, False), (1, True)]
    (request,) = second.requests
    assert request.headers["i-twilio-idempotency-token"] == "event-1"
    fields = {**dict(FIELDS), "ErrorCode": "11217", "ErrorUrl": f"{first.url}/hook?a=b"}
    signature = request.headers["x-twilio-signature"]
    assert RequestValidator(TOKEN).validate(f"{second.url}/fallback", fields, signature)
    assert b"p4ss" not in request.body


async def test_a_fallback_may_be_a_get_and_may_fail_too(courier: Courier) -> None:
    """Its failure is the last that there is."""
    async with RawServer(listening=False) as first, RawServer(answering(http(404))) as second:
        errands = errand(f"{first.url}#rc=0", fallback_url=f"{second.url}/?x", fallback_method="GET")
        attempts = await courier.deliver(errands, KEY)
        await second.settled()
    assert trace(attempts) == [(None, 11202), (404, 11217)]
    (request,) = second.requests
    assert request.method == "GET"
    assert request.target.startswith("/?x&ToCountry=US&")
    assert "&ErrorCode=11202&ErrorUrl=http%3A%2F%2F127.0.0.1" in request.target


async def test_after_a_success_nobody_asks_the_fallback(courier: Courier) -> None:
    """It would hear of the event twice."""
    async with RawServer(answering(OK)) as first, RawServer() as second:
        await courier.deliver(errand(first.url, fallback_url=second.url), KEY)
        await second.settled()
    assert second.tries == 0


async def test_a_judge_makes_a_failure_of_a_success(courier: Courier) -> None:
    """What an application answered may be worthless; then the fallback is asked, and there is no second try."""

    def judge(attempt: Attempt) -> int | None:
        problem = read_twiml(attempt.status or 0, attempt.content_type, attempt.body).error
        return None if problem is None else problem.code

    noted: list[Attempt] = []
    wrong = http(200, b"{}", Content_Type="application/json")
    async with RawServer(answering(wrong)) as first, RawServer(answering(http(302, Location="/x"), OK)) as second:
        todo = errand(f"{first.url}#rp=all&rc=5", fallback_url=second.url)
        attempts = await courier.deliver(todo, KEY, judge=judge, on_attempt=noted.append)
        await second.settled()
    assert trace(attempts) == [(200, 12300), (302, None), (200, None)]
    assert attempts[0].error == "Invalid Content-Type"
    assert b"ErrorCode=12300&" in second.requests[0].body
    assert noted == attempts


# --- redirects and credentials -------------------------------------------------------------------------------------------


async def test_redirects_are_followed_as_browsers_do(courier: Courier) -> None:
    """To another server, with the content where it must be kept; every request is signed for its own URL."""
    async with RawServer(answering(OK)) as second:
        hops = (http(307, Location="b"), http(302, Location=f"{second.url}/c"))
        async with RawServer(answering(*hops)) as first:
            attempts = await courier.deliver(errand(f"{first.url}/a"), KEY)
            await second.settled()
    assert trace(attempts) == [(307, None), (302, None), (200, None)]
    assert [attempt.number for attempt in attempts] == [1, 1, 1]
    moved, fetched = first.requests[1], second.requests[0]
    assert (moved.method, moved.target, moved.body) == ("POST", "/b", first.requests[0].body)
    assert (fetched.method, fetched.target, fetched.body) == ("GET", "/c", b"")
    assert RequestValidator(TOKEN).validate(f"{first.url}/b", dict(FIELDS), moved.headers["x-twilio-signature"])
    assert RequestValidator(TOKEN).validate(f"{second.url}/c", {}, fetched.headers["x-twilio-signature"])


async def test_a_loop_of_redirects_is_left(courier: Courier) -> None:
    """With a code of its own, and the fallback is asked."""
    async with RawServer(answering(http(301, Location="/"))) as first, RawServer(answering(OK)) as second:
        attempts = await courier.deliver(errand(first.url, fallback_url=second.url), KEY)
    assert [attempt.code for attempt in attempts[-3:]] == [None, 11215, None]
    assert attempts[-1].ok


async def test_a_redirect_to_nowhere_has_a_code_of_its_own(courier: Courier) -> None:
    """An application that forgot the Location."""
    async with RawServer(answering(http(302))) as server:
        assert trace(await courier.deliver(errand(server.url), KEY)) == [(302, 11216)]


async def test_basic_credentials_are_said_after_a_401(courier: Courier) -> None:
    """First without; nothing that is recorded shows them, and the URL is signed without them."""
    refusal = http(401, WWW_Authenticate='Basic realm="hooks"')
    async with RawServer(answering(refusal, OK)) as server:
        attempts = await courier.deliver(errand(server.url.replace("//", "//user:p%404ss@") + "/hook"), KEY)
        await server.settled()
    assert trace(attempts) == [(401, None), (200, None)]
    without, with_them = server.requests
    assert "authorization" not in without.headers
    assert with_them.headers["authorization"] == f"Basic {base64.b64encode(b'user:p@4ss').decode()}"
    assert with_them.body == without.body
    assert RequestValidator(TOKEN).validate(f"{server.url}/hook", dict(FIELDS), with_them.headers["x-twilio-signature"])
    assert dict(attempts[1].request_headers)["Authorization"] == "Basic ***"
    assert "4ss" not in str([(attempt.url, attempt.request_headers, attempt) for attempt in attempts])


async def test_digest_credentials_are_said_after_a_401(courier: Courier) -> None:
    """With a cnonce of their own each time."""
    refusal = http(401, WWW_Authenticate='Digest realm="hooks", nonce="n0nce", qop="auth", algorithm=SHA-256')
    async with RawServer(answering(refusal, OK, refusal, OK)) as server:
        for _ in range(2):
            attempts = await courier.deliver(errand(server.url.replace("//", "//user:p4ss@") + "/hook?a=%20b"), KEY)
            assert trace(attempts) == [(401, None), (200, None)]
        await server.settled()
    said = [request.headers["authorization"] for request in server.requests if "authorization" in request.headers]
    assert len(set(said)) == 2
    assert all(header.startswith('Digest username="user", realm="hooks", nonce="n0nce", uri="/hook?a=%20b"') for header in said)


async def test_wrong_credentials_are_a_failure(courier: Courier) -> None:
    """They are said once."""
    refusal = http(401, WWW_Authenticate='Basic realm="hooks"')
    async with RawServer(answering(refusal)) as server:
        attempts = await courier.deliver(errand(server.url.replace("//", "//user:p4ss@")), KEY)
    assert trace(attempts) == [(401, None), (401, 11217)]


# --- TLS -----------------------------------------------------------------------------------------------------------------


async def secure(peer: Peer) -> None:
    """Speak TLS and answer."""
    await peer.start_tls()
    await answering(OK)(peer)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Signs certificates."""
    return trustme.CA()


def server_of(authority: trustme.CA, *names: str, expired: bool = False) -> RawServer:
    """A server with a certificate for some names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    authority.issue_cert(*names, not_after=yesterday if expired else None).configure_cert(context)
    return RawServer(secure, tls=context)


@pytest.fixture
async def trusting(authority: trustme.CA) -> AsyncIterator[Courier]:
    """A courier who trusts the authority."""

    def trust() -> ssl.SSLContext:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        return context

    async with Courier(lambda: NOON, trust=trust) as courier:
        yield courier


async def test_an_application_may_speak_tls(trusting: Courier, authority: trustme.CA) -> None:
    """If its certificate is to be trusted."""
    async with server_of(authority, "127.0.0.1") as server:
        assert trace(await trusting.deliver(errand(server.secure_url), KEY)) == [(200, None)]
        await server.settled()
    (request,) = server.requests
    assert RequestValidator(TOKEN).validate(f"{server.secure_url}/", dict(FIELDS), request.headers["x-twilio-signature"])


async def test_a_certificate_must_be_the_hosts_own_unless_the_url_says_otherwise(
    trusting: Courier, authority: trustme.CA
) -> None:
    """Trusted it must be in any case."""
    async with server_of(authority, "other.example") as server:
        assert trace(await trusting.deliver(errand(f"{server.secure_url}#rc=0"), KEY)) == [(None, 11235)]
        assert trace(await trusting.deliver(errand(f"{server.secure_url}#rc=0&sni=n"), KEY)) == [(200, None)]
        assert trace(await trusting.deliver(errand(f"{server.secure_url}#rc=0&sni=y"), KEY)) == [(None, 11235)]
        async with Courier(lambda: NOON) as stranger:
            assert trace(await stranger.deliver(errand(f"{server.secure_url}#rc=0&sni=n"), KEY)) == [(None, 11237)]


async def test_a_certificate_must_not_have_expired(trusting: Courier, authority: trustme.CA) -> None:
    """By the real time, whatever the emulator's clock says."""
    async with server_of(authority, "127.0.0.1", expired=True) as server:
        assert trace(await trusting.deliver(errand(f"{server.secure_url}#rc=0"), KEY)) == [(None, 11236)]


async def test_a_certificate_that_nobody_knows_is_refused(courier: Courier, authority: trustme.CA) -> None:
    """The system's authorities have not signed it."""
    async with server_of(authority, "127.0.0.1") as server:
        assert trace(await courier.deliver(errand(f"{server.secure_url}#rc=0"), KEY)) == [(None, 11237)]


@pytest.mark.parametrize("end", [Peer.close, Peer.reset])
@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_what_does_not_speak_tls_fails_in_the_handshake(
    courier: Courier, said: bytes, end: Callable[[Peer], None]
) -> None:
    """Which is tried again, as a connection that could not be made."""

    async def plain(peer: Peer) -> None:
        await peer.some()
        await peer.say(said)
        end(peer)

    async with RawServer(plain) as server:
        assert trace(await courier.deliver(errand(server.secure_url), KEY)) == [(None, 11220)] * 2


# --- the end -------------------------------------------------------------------------------------------------------------


async def test_whoever_stops_waiting_closes_the_connection(courier: Courier) -> None:
    """A cancelled errand leaves nothing behind."""
    async with RawServer(saying()) as server:
        async with anyio.create_task_group() as group:
            group.start_soon(courier.deliver, errand(server.url), KEY)
            await server.sees(lambda: server.requests)
            group.cancel_scope.cancel()
        await server.settled()
    assert server.tries == 1


async def test_a_closed_courier_calls_nobody() -> None:
    """What was on its way ends as a failure, without another try and without the fallback; closing twice is once."""
    ended: list[list[Attempt]] = []
    courier = Courier(lambda: NOON)

    async def deliver(url: str, fallback: str) -> None:
        ended.append(await courier.deliver(errand(f"{url}#rc=5&rp=all", fallback_url=fallback), KEY))

    async with RawServer(saying()) as server, RawServer() as second:
        async with anyio.create_task_group() as group:
            group.start_soon(deliver, server.url, second.url)
            await server.sees(lambda: server.requests)
            await courier.aclose()
        await courier.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await courier.deliver(errand(server.url), KEY)
        await server.settled()
        await second.settled()
    assert [trace(attempts) for attempts in ended] == [[(None, 11206)]]
    assert (server.tries, second.tries) == (1, 0)


async def test_a_redirect_is_not_followed_by_a_closed_courier() -> None:
    """The answer that came last was read, and that is all."""
    courier = Courier(lambda: NOON)
    async with RawServer(answering(http(302, Location="/x"), OK)) as server:

        def close(_: Attempt) -> None:
            courier._closed = True

        attempts = await courier.deliver(errand(f"{server.url}#rp=all"), KEY, on_attempt=close)
        await courier.aclose()
        await server.settled()
    assert trace(attempts) == [(302, None), (None, 11206)]
    assert server.tries == 1


async def test_the_clock_is_asked_for_every_attempt() -> None:
    """It may be wound on between two tries."""
    minutes = iter(range(60))
    async with (
        RawServer(answering(http(500), OK)) as server,
        Courier(lambda: NOON + timedelta(minutes=next(minutes))) as courier,
    ):
        attempts = await courier.deliver(errand(f"{server.url}#rp=5xx"), KEY)
    assert [attempt.at for attempt in attempts] == [NOON, NOON + timedelta(minutes=1)]


async def test_many_errands_are_run_side_by_side(courier: Courier) -> None:
    """None waits for another."""
    waiting = asyncio.Event()
    count = 0

    async def app(request: web.BaseRequest) -> web.Response:
        nonlocal count
        count += 1
        if count == 150:
            waiting.set()
        await waiting.wait()
        return web.Response()

    async with application(app) as url:
        done = await asyncio.gather(*(courier.deliver(errand(url), KEY) for _ in range(150)))
    assert all(trace(attempts) == [(200, None)] for attempts in done)
