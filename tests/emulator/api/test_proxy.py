"""Proxy mode: whom it leads to the emulator, whom it turns away, and how it ends."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.to_thread
import httpx
import pytest
from aiohttp import web
from anyio.abc import SocketStream
from anyio.from_thread import start_blocking_portal
from anyio.streams.tls import TLSStream
from hypothesis import given
from hypothesis import strategies as st

from tests.emulator.conftest import until
from tests.emulator.scenario import PACE, check, plan, proxied, run_python
from tests.raw_server import LOOPS
from tests.tasks import no_task_left, settle
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.proxy import MAX_HEAD, Proxy, Refused, wanted_host

CONNECT = b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n"
HELLO = b"GET / HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n"
MOMENT = 0.05
"""A patience that soon comes to its end."""
LONG = 10.0
"""Seconds after which what a test waits for does not come any more."""


@pytest.fixture(params=LOOPS)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    """A proxy runs in either loop."""
    return request.param


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """A proxy to something that answers anything."""
    proxy = await Proxy.open(hello)
    yield proxy
    await proxy.close()


async def hello(request: web.BaseRequest) -> web.StreamResponse:
    """Says what it is taken for."""
    return web.Response(text=f"{request.scheme}://{request.headers['Host']}{request.raw_path}")


async def for_ever(_: web.BaseRequest) -> web.StreamResponse:
    """Never answers."""
    await anyio.sleep_forever()
    raise AssertionError


def trusting(proxy: Proxy) -> httpx.AsyncClient:
    """A client that is led by the proxy's file and address."""
    return httpx.AsyncClient(proxy=proxy.url, verify=trust(proxy), trust_env=False)


def trust(proxy: Proxy) -> ssl.SSLContext:
    """The faith of a client that was given the proxy's file."""
    return ssl.create_default_context(cafile=str(proxy.ca_pem))


def files(folder: Path) -> list[str]:
    """What is in a folder."""
    return [file.name for file in folder.iterdir()]


async def connected(proxy: Proxy) -> SocketStream:
    """A connection that has said nothing yet."""
    return await anyio.connect_tcp("127.0.0.1", int(proxy.url.rpartition(":")[2]))


async def tunnelled(proxy: Proxy) -> SocketStream:
    """A connection that has its tunnel, and nothing in it yet."""
    stream = await connected(proxy)
    await stream.send(CONNECT)
    assert await stream.receive() == b"HTTP/1.1 200 Connection established\r\n\r\n"
    return stream


async def encrypted(proxy: Proxy) -> TLSStream:
    """A connection with TLS in its tunnel, on which nothing was asked yet."""
    return await TLSStream.wrap(await tunnelled(proxy), hostname="api.twilio.com", ssl_context=trust(proxy))


async def rest(stream: SocketStream) -> bytes:
    """All that still comes, until the other side ends it."""
    said = b""
    try:
        with anyio.fail_after(LONG):
            while True:
                said += await stream.receive()
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        return said
    finally:
        await stream.aclose()


async def refusal(proxy: Proxy, said: bytes) -> bytes:
    """What a client that says this is answered before the connection is closed."""
    stream = await connected(proxy)
    await stream.send(said)
    return await rest(stream)


# --- programs ------------------------------------------------------------------------------------------------------------


async def test_an_unmodified_python_program_is_led_by_its_environment_alone() -> None:
    """Twilio's own client does all that programs do, and sees what the emulator knows."""
    async with proxied(lifecycle=PACE) as (emulator, proxy):
        printed = await anyio.to_thread.run_sync(run_python, "sync", plan(emulator), emulator.env | proxy.env)
        check(emulator, printed)
        assert {request.headers["Host"] for request in emulator.requests} == {"api.twilio.com", "messaging.twilio.com"}


def test_a_proxy_runs_in_a_thread_of_its_own() -> None:
    """For programs that are synchronous, like the emulator itself."""
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(proxied(lifecycle=PACE)) as pair:
        emulator, proxy = pair
        check(emulator, run_python("sync", plan(emulator), emulator.env | proxy.env))


@pytest.mark.parametrize("half", ["sync", "async"])
def test_the_same_program_may_be_told_the_base_url_instead(half: str) -> None:
    """On either half of the client: the asynchronous one heeds no proxy."""
    with Emulator(lifecycle=PACE) as emulator:
        check(emulator, run_python(half, plan(emulator, emulator.url), emulator.env))


def test_without_its_extra_it_says_what_to_install() -> None:
    """And the emulator alone does not need it."""
    code = "import sys; sys.modules['trustme'] = None; import twilio_async.emulator; import twilio_async.emulator.api.proxy"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.splitlines()[-1] == 'ImportError: proxy mode is an extra: pip install "twilio_async[proxy]"'


async def test_programs_find_it_by_variables(proxy: Proxy) -> None:
    """Those of each runtime, in the spellings that win over others which may be set already."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        assert proxy.env[name] == proxy.url
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "TWILIO_CA_BUNDLE"):
        assert proxy.env[name] == str(proxy.ca_pem)
    assert proxy.env["NO_PROXY"] == proxy.env["no_proxy"] == "127.0.0.1,localhost"


# --- tunnels -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["api.twilio.com", "messaging.sydney.au1.twilio.com", "API.Twilio.Com"])
async def test_a_host_of_twilios_has_a_certificate_of_its_own(proxy: Proxy, host: str) -> None:
    """Regions and edges have too; the request comes to the handler as it would come to Twilio."""
    async with trusting(proxy) as client:
        assert (await client.get(f"https://{host}/v1/x?y=%2F")).text == f"https://{host.lower()}/v1/x?y=%2F"
        assert (await client.get(f"https://{host}/again")).text == f"https://{host.lower()}/again"


async def test_links_lead_back_through_the_proxy() -> None:
    """They are on the host that was asked, and so is what they lead to."""
    async with proxied() as (emulator, proxy), trusting(proxy) as client:
        client.auth = httpx.BasicAuth(emulator.account_sid, emulator.auth_token)
        services = "https://messaging.twilio.com/v1/Services"
        made = [(await client.post(services, data={"FriendlyName": "Shop"})).json() for _ in range(2)]
        assert [service["url"] for service in made] == [f"{services}/{service['sid']}" for service in made]
        first = (await client.get(services, params={"PageSize": "1"})).json()
        assert first["meta"]["next_page_url"].startswith(f"{services}?")
        second = (await client.get(first["meta"]["next_page_url"])).json()
        assert {page["services"][0]["sid"] for page in (first, second)} == {service["sid"] for service in made}


async def test_a_host_serves_its_own_product_alone() -> None:
    """As Twilio's do."""
    async with proxied() as (emulator, proxy), trusting(proxy) as client:
        client.auth = httpx.BasicAuth(emulator.account_sid, emulator.auth_token)
        assert (await client.get("https://messaging.dublin.ie1.twilio.com/v1/Services")).status_code == 200
        assert (await client.get("https://api.twilio.com/v1/Services")).status_code == 404
        for path in ("v1/Content", "v2/ContentAndApprovals", "v1/LegacyContent"):
            assert (await client.get(f"https://content.twilio.com/{path}")).status_code == 200
            assert (await client.get(f"https://messaging.twilio.com/{path}")).status_code == 404
        assert (await client.get("https://pricing.twilio.com/v1/Messaging/Countries/US")).status_code == 200


async def test_media_are_on_this_machine_and_reached_directly() -> None:
    """The redirect leads out of the tunnel, as Twilio's leads to another company's host."""
    async with proxied() as (emulator, proxy), trusting(proxy) as client:
        client.auth = httpx.BasicAuth(emulator.account_sid, emulator.auth_token)
        messages = f"https://api.twilio.com/2010-04-01/Accounts/{emulator.account_sid}/Messages"
        form = {"To": "+15558675310", "From": emulator.number, "MediaUrl": "https://x.example/a.png"}
        sid = (await client.post(f"{messages}.json", data=form)).json()["sid"]
        answer = await client.get(f"{messages}/{sid}/Media/{emulator.media(sid)[0].sid}")
        assert answer.headers["Location"].startswith(f"{emulator.media_url}/")
        assert emulator.media_url.startswith("http://127.0.0.1:")


async def test_faults_strike_through_the_proxy() -> None:
    """What goes wrong on the wire does so for these clients, too."""
    async with proxied() as (emulator, proxy), trusting(proxy) as client:
        for kind in ("refuse", "reset", "accept_then_drop"):
            emulator.faults.add(kind=kind, times=1)
            with pytest.raises(httpx.TransportError):
                await client.get("https://api.twilio.com/")
            assert (await client.get("https://api.twilio.com/")).status_code in {401, 404}


async def test_nothing_is_lost_that_comes_with_the_end_of_the_handshake(proxy: Proxy) -> None:
    """A quick client's first request may be in the same packet."""
    stream = await tunnelled(proxy)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = trust(proxy).wrap_bio(incoming, outgoing, server_hostname="api.twilio.com")
    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            await stream.send(outgoing.read())
            incoming.write(await stream.receive())
    tls.write(HELLO)
    await stream.send(outgoing.read())
    answer = b""
    with anyio.fail_after(LONG):
        while not answer.endswith(b"https://api.twilio.com/"):
            incoming.write(await stream.receive())
            with contextlib.suppress(ssl.SSLWantReadError):  # a session ticket
                answer += tls.read()
    await stream.aclose()


async def test_who_does_not_trust_it_is_not_served(proxy: Proxy) -> None:
    """Others still are."""
    async with httpx.AsyncClient(proxy=proxy.url, trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get("https://api.twilio.com/")
    async with trusting(proxy) as client:
        assert (await client.get("https://api.twilio.com/")).status_code == 200


async def test_the_private_keys_are_not_left_on_the_disk() -> None:
    """There is one file, in a folder that is this user's alone, and neither when the proxy is closed."""
    proxy = await Proxy.open(hello)
    async with trusting(proxy) as client:
        await client.get("https://api.twilio.com/")
    folder = proxy.ca_pem.parent
    assert files(folder) == ["ca.pem"]
    assert "PRIVATE" not in proxy.ca_pem.read_text()
    if os.name == "posix":
        assert folder.stat().st_mode & 0o777 == 0o700
    await proxy.close()
    assert not folder.exists()


async def test_no_two_proxies_have_the_same_authority(proxy: Proxy) -> None:
    """Who trusts one does not trust the other."""
    other = await Proxy.open(hello)
    async with httpx.AsyncClient(proxy=proxy.url, verify=trust(other), trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get("https://api.twilio.com/")
    await other.close()


# --- misuse --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("CONNECT example.com:443 HTTP/1.1", 403),
        ("CONNECT twilio.com:443 HTTP/1.1", 403),
        ("CONNECT evil-twilio.com:443 HTTP/1.1", 403),
        ("CONNECT api.twilio.com.example.com:443 HTTP/1.1", 403),
        ("CONNECT api.twilio.com.:443 HTTP/1.1", 403),
        ("CONNECT .twilio.com:443 HTTP/1.1", 403),
        ("CONNECT *.twilio.com:443 HTTP/1.1", 403),
        ("CONNECT -a.twilio.com:443 HTTP/1.1", 403),
        ("CONNECT a--b.twilio.com:443 HTTP/1.1", 403),
        (f"CONNECT {'a' * 64}.twilio.com:443 HTTP/1.1", 403),
        (f"CONNECT {'a.' * 122}twilio.com:443 HTTP/1.1", 403),
        ("CONNECT api.twilio.com:80 HTTP/1.1", 403),
        ("CONNECT 127.0.0.1:443 HTTP/1.1", 403),
        ("CONNECT [::1]:443 HTTP/1.1", 403),
        ("GET http://api.twilio.com/ HTTP/1.1", 403),
        ("GET / HTTP/1.1", 403),
        ("CONNECT api.twilio.com HTTP/1.1", 400),
        ("CONNECT https://api.twilio.com:443 HTTP/1.1", 400),
        ("CONNECT user@api.twilio.com:443 HTTP/1.1", 400),
        ("CONNECT api.twilio.com:https HTTP/1.1", 400),
        ("CONNECT  api.twilio.com:443 HTTP/1.1", 400),
        ("CONNECT api.twilio.com:443", 400),
        ("CONNECT api.twilio.com:443 HTTP/2.0", 400),
        ("CONNECT api.twilio.com:443 HTTP/1.1\r\nno header", 400),
        ("CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: a\r\n folded", 400),
        ("CONNECT api.twilio.com:443 HTTP/1.1\r\nA: \0", 400),
        ("CONNECT api.twilio.com:443 HTTP/1.1\r\nA: " + "a" * MAX_HEAD, 431),
        ("\x16\x03\x01\x02", 400),
    ],
)
def test_it_goes_nowhere_but_to_twilio(line: str, status: int) -> None:
    """What else is wanted is forbidden, and what nobody can want is malformed."""
    with pytest.raises(Refused) as caught:
        wanted_host(f"{line}\r\n\r\n".encode("latin-1"))
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("head", "host"),
    [
        (CONNECT, "api.twilio.com"),
        (b"CONNECT API.TWILIO.COM:443 HTTP/1.0\r\n\r\n", "api.twilio.com"),
        (b"CONNECT a-b.sydney.au1.twilio.com:0443 HTTP/1.1\nProxy-Connection: Keep-Alive\n\n", "a-b.sydney.au1.twilio.com"),
        (b"CONNECT a.twilio.com:443 HTTP/1.1\r\nProxy-Authorization: Basic \xe9\r\nEmpty:\r\n\r\n", "a.twilio.com"),
    ],
)
def test_it_goes_to_twilio(head: bytes, host: str) -> None:
    """Once everything is said, whatever else the client lets it know."""
    assert wanted_host(head) == host
    for length in range(1, len(head) - 1):
        assert wanted_host(head[:length]) is None


@given(st.binary() | st.binary().map(CONNECT.__add__) | st.text().map(lambda text: f"CONNECT {text} HTTP/1.1\r\n\r\n".encode()))
def test_whatever_is_said_there_is_an_answer(said: bytes) -> None:
    """A host of Twilio's, a refusal in plain ASCII, or none yet."""
    try:
        host = wanted_host(said)
    except Refused as refused:
        refused.answer.decode("ascii")
    else:
        assert host is None or host.endswith(".twilio.com")


async def test_a_refusal_says_why_where_programs_show_it(proxy: Proxy) -> None:
    """In the status line, which is all that most of them do show."""
    async with trusting(proxy) as client:
        with pytest.raises(httpx.ProxyError, match=r"403 An emulated Twilio is here: CONNECT to \*\.twilio\.com:443"):
            await client.get("https://example.com/")
        plain = await client.get("http://api.twilio.com/")
        assert (plain.status_code, plain.text) == (403, f"{plain.reason_phrase}\n")


async def test_a_refused_client_sees_the_end(proxy: Proxy) -> None:
    """The connection is closed behind the answer, whatever it was."""
    assert (await refusal(proxy, b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 403 ")
    assert (await refusal(proxy, b"?\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
    assert (await refusal(proxy, CONNECT + HELLO)).startswith(b"HTTP/1.1 400 Nothing may follow")


async def test_a_head_has_its_limit(proxy: Proxy) -> None:
    """A client that goes on and on gets to read why it is not heard."""
    stream = await connected(proxy)
    for _ in range(64):
        await stream.send(b"A" * MAX_HEAD)
    await stream.send_eof()
    assert (await rest(stream)).startswith(b"HTTP/1.1 431 ")


async def test_a_slow_head_has_its_time() -> None:
    """Nobody is waited for who does not say where he wants to go, nor if he does not go away then."""
    proxy = await Proxy.open(hello, patience=MOMENT)
    assert (await refusal(proxy, CONNECT[:-1])).startswith(b"HTTP/1.1 408 ")
    silent = await connected(proxy)
    assert (await rest(silent)).startswith(b"HTTP/1.1 408 ")
    stubborn = await connected(proxy)
    await until(lambda: len(proxy._unfinished) == 1)
    await until(lambda: not proxy._unfinished)
    assert (await rest(stubborn)).startswith(b"HTTP/1.1 408 ")
    await proxy.close()


async def test_a_handshake_has_its_time_and_is_one() -> None:
    """A tunnel is for TLS: in silence or in plain text it leads to its end."""
    proxy = await Proxy.open(hello, patience=MOMENT)
    assert await rest(await tunnelled(proxy)) == b""
    stream = await tunnelled(proxy)
    await stream.send(HELLO)
    assert b"HTTP" not in await rest(stream)
    await until(lambda: not proxy._unfinished)
    await proxy.close()


async def test_who_hangs_up_half_way_is_forgotten(proxy: Proxy) -> None:
    """With an answer, if he said too little; without one, if he said nothing or has his tunnel."""
    for said, answer in ((CONNECT[:9], b"HTTP/1.1 400 "), (b"", b""), (CONNECT, b"HTTP/1.1 200 ")):
        stream = await connected(proxy)
        if said:
            await stream.send(said)
        await stream.send_eof()
        heard = await rest(stream)
        assert heard.startswith(answer)
        assert bool(heard) == bool(answer)
    tls = await encrypted(proxy)
    await tls.transport_stream.aclose()
    await until(lambda: not proxy._unfinished and not proxy._http.connections)


async def test_connections_may_be_refused(proxy: Proxy) -> None:
    """As long as somebody says so, they are reset."""
    refusals = iter([True, False])
    other = await Proxy.open(hello, refuses=lambda: next(refusals))
    async with trusting(other) as client:
        with pytest.raises(httpx.TransportError):
            await client.get("https://api.twilio.com/")
        assert (await client.get("https://api.twilio.com/")).status_code == 200
    await other.close()


# --- the end -------------------------------------------------------------------------------------------------------------


async def test_it_ends_with_connections_open() -> None:
    """Whatever they are about: nothing is waited for, and nothing is left behind."""
    async with no_task_left():
        proxy = await Proxy.open(for_ever, patience=3600.0)
        silent, refused = await connected(proxy), await connected(proxy)
        await refused.send(b"?\r\n\r\n")
        await refused.receive()
        tunnel = await tunnelled(proxy)
        idle, asking = await encrypted(proxy), await encrypted(proxy)
        await asking.send(HELLO)
        await until(lambda: len(proxy._unfinished) == 3 and len(proxy._http.connections) == 2)
        await proxy.close()
        for stream in (silent, refused, tunnel, idle.transport_stream, asking.transport_stream):
            assert isinstance(stream, SocketStream)
            await rest(stream)
        await settle()
    with pytest.raises(OSError, match="attempts failed"):
        await connected(proxy)


async def test_a_port_that_is_taken_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is removed again."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await Proxy.open(hello, taken.getsockname()[1])
    assert files(tmp_path) == []


async def test_a_port_may_be_asked_for(proxy: Proxy) -> None:
    """By whoever writes it into a file."""
    port = int(proxy.url.rpartition(":")[2])
    await proxy.close()
    again = await Proxy.open(hello, port)
    assert again.url == proxy.url
    await again.close()
