"""Media content over real sockets: whole, without credentials on the way to its host, and clear about what went wrong."""

from __future__ import annotations

import asyncio
import gzip
import random
import traceback
from collections.abc import AsyncIterator, Sequence
from typing import Any

import anyio
import pytest

from tests.raw_server import Peer, RawServer, Script, answering, certificate, http, saying
from twilio_async import (
    AmbiguousOutcome,
    APIError,
    AsyncSession,
    AuthenticationError,
    ConnectError,
    InvalidArgument,
    Message,
    NotFound,
    PermissionDenied,
    RateLimited,
    Retry,
    ServerError,
    SessionClosed,
    TimedOut,
    TransportError,
    UnreadableAnswer,
)
from twilio_async.emulator import Emulator
from twilio_async.events import Event, Waited

URL = "https://example.com/cat.png"
PICTURE = random.Random(33).randbytes(700_001)  # larger than any buffer on the way, and no multiple of one
UNKNOWN = "ME" + "0" * 32


@pytest.fixture
async def picture(twilio: AsyncSession, emulator: Emulator) -> tuple[str, str]:
    """The sids of a message and of its picture."""
    emulator.host_media(URL, PICTURE, "image/PNG; charset=binary")
    message = await texted(twilio, emulator)
    return message.sid, emulator.media(message.sid)[0].sid


async def texted(twilio: AsyncSession, emulator: Emulator) -> Message:
    """A message with one picture."""
    return await twilio.messages.create(to="+15558675310", from_=emulator.number, media_url=URL)


def stored_at(emulator: Emulator, url: str) -> None:
    """Let Twilio say that every item is stored at *url*."""
    emulator.faults.add("GET /Media/", status=307, headers={"Location": url})


# --- the content ---------------------------------------------------------------------------------------------------------


async def test_the_content_arrives_whole(twilio: AsyncSession, picture: tuple[str, str]) -> None:
    """Chunk by chunk or at once, the bytes are those that were stored, and their type is known."""
    async with twilio.media.download(*picture) as stream:
        assert stream.content_type == "image/png"
        chunks = [chunk async for chunk in stream]
    assert b"".join(chunks) == PICTURE
    assert len(chunks) > 1
    async with twilio.media.download(*picture) as stream:
        assert await stream.read() == PICTURE


async def test_no_credentials_go_to_the_host_that_stores_it(
    twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """Twilio is asked with them; whoever it points to is not."""
    async with twilio.media.download(*picture) as stream:
        await stream.read()
    assert "Authorization" in emulator.requests[-1].headers
    [request] = emulator.media_requests
    assert request.status == 200
    assert "Authorization" not in request.headers
    assert "Cookie" not in request.headers
    assert emulator.auth_token not in str(request)


async def test_credentials_do_not_come_back_on_the_way_home(emulator: Emulator) -> None:
    """A redirect to another host and from there to ours again is no way to have a request signed."""
    home = f"{emulator.url}/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    async with RawServer(answering(http(302, Location=home))) as detour:
        stored_at(emulator, f"{detour.url}/detour")
        async with AsyncSession.from_env(emulator.env) as twilio:
            with pytest.raises(AuthenticationError):
                async with twilio.media.download("MM" + "0" * 32, UNKNOWN):
                    pass
    assert emulator.requests[-1].path == f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    assert "Authorization" not in emulator.requests[-1].headers
    assert all("authorization" not in request.headers for request in detour.requests)


async def test_compressed_content_is_unpacked(twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]) -> None:
    """Hosts may send what we accept."""
    packed = http(200, gzip.compress(PICTURE), Content_Type="IMAGE/GIF ; q=1", Content_Encoding="gzip")
    async with RawServer(answering(packed)) as host:
        stored_at(emulator, f"{host.url}/cat")
        async with twilio.media.download(*picture) as stream:
            assert (stream.content_type, await stream.read()) == ("image/gif", PICTURE)


async def test_no_content_is_no_error(twilio: AsyncSession, emulator: Emulator) -> None:
    """An empty file is a file."""
    emulator.host_media(URL, b"", "text/plain")
    message = await texted(twilio, emulator)
    async with twilio.media.download(message.sid, emulator.media(message.sid)[0].sid) as stream:
        assert await stream.read() == b""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_every_kind_of_redirect_is_followed(
    status: int, twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """Also a relative one, from host to host, three times in all."""
    second = http(status, Location="second")
    async with RawServer(answering(second, second, http(200, b"at last"))) as host:
        emulator.faults.add("GET /Media/", status=status, headers={"Location": f"{host.url}/folder/first?signature=a%2Bb"})
        async with twilio.media.download(*picture) as stream:
            assert await stream.read() == b"at last"
    assert [request.target for request in host.requests] == [
        "/folder/first?signature=a%2Bb",
        "/folder/second",
        "/folder/second",
    ]


# --- what goes wrong before ----------------------------------------------------------------------------------------------


async def test_what_does_not_exist_is_not_found(twilio: AsyncSession, picture: tuple[str, str]) -> None:
    """An unknown item and an unknown message are told when the stream is entered."""
    for sids in ((picture[0], UNKNOWN), ("MM" + "0" * 32, picture[1])):
        with pytest.raises(NotFound) as caught:
            async with twilio.media.download(*sids):
                pytest.fail("there is nothing to read")
        assert (caught.value.status, caught.value.attempts) == (404, 1)
        assert "was not found" in caught.value.message


async def test_wrong_credentials_are_told(emulator: Emulator, picture: tuple[str, str]) -> None:
    """A download is refused as any other operation is."""
    async with AsyncSession(emulator.account_sid, "f" * 32, base_url=emulator.url) as twilio:
        with pytest.raises(AuthenticationError):
            async with twilio.media.download(*picture):
                pass
    assert emulator.media_requests == []


@pytest.mark.parametrize(
    "location",
    ["", "ftp://example.com/cat", "file:///etc/passwd", "http://", "http://user:word@127.0.0.1/", "//user@127.0.0.1/cat"],
)
async def test_a_redirect_to_nowhere_safe_is_not_followed(
    location: str, twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """Only to the web, and never with what looks like credentials; it is not tried again, and it is not quoted."""
    stored_at(emulator, location)
    with pytest.raises(UnreadableAnswer) as caught:
        async with twilio.media.download(*picture):
            pass
    assert caught.value.operation == "media.download"
    assert (caught.value.outcome, caught.value.attempts) == ("rejected", 1)
    assert "word" not in str(caught.value)


async def test_redirects_have_an_end(twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]) -> None:
    """A circle is left."""
    async with RawServer(answering(http(302, Location="/again"))) as host:
        stored_at(emulator, f"{host.url}/again")
        with pytest.raises(UnreadableAnswer, match="redirects"):
            async with twilio.media.download(*picture):
                pass
    assert len(host.requests) == 3


async def test_a_redirect_from_https_to_http_is_not_followed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What was encrypted on the way to Twilio stays so; the clear-text host hears nothing."""
    authority, tls = certificate(tmp_path_factory.getbasetemp())
    async with RawServer(answering(http(200, b"in the clear"))) as clear:

        async def secure(peer: Peer) -> None:
            await peer.start_tls()
            await saying(http(302, Location=f"{clear.url}/cat"))(peer)

        async with RawServer(secure, tls=tls) as server:
            session = AsyncSession("AC" + "1" * 32, "f" * 32, base_url=server.secure_url, ca_bundle=authority)
            async with session as twilio:
                with pytest.raises(UnreadableAnswer, match="safe"):
                    async with twilio.media.download("MM" + "1" * 32, UNKNOWN):
                        pass
    assert clear.requests == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 503}, ServerError),
        ({"status": 429, "body": '{"code": 20429, "message": "Too Many Requests", "status": 429}'}, RateLimited),
        ({"kind": "html"}, ServerError),
        ({"kind": "reset"}, TransportError),
        ({"kind": "accept_then_drop"}, TransportError),
    ],
)
async def test_a_download_is_begun_again_like_any_read(
    fault: dict[str, Any], kind: type[Exception], twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """A failure that passes is not seen; one that lasts is raised with the number of tries."""
    passing = emulator.faults.add("GET /Media/", times=2, **fault)
    async with twilio.media.download(*picture) as stream:
        assert await stream.read() == PICTURE
    assert passing.fired == 2
    lasting = emulator.faults.add("GET /Media/", **fault)
    with pytest.raises(kind) as caught:
        async with twilio.media.download(*picture):
            pass
    assert isinstance(caught.value, (APIError, TransportError))
    assert caught.value.attempts == 5
    assert lasting.fired >= 5


async def test_a_failure_of_the_storing_host_begins_at_twilio_again(
    twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """Its addresses are signed for a moment, so the next try asks for a new one."""
    async with RawServer(answering(http(500), http(200, b"cat"))) as host:
        stored_at(emulator, f"{host.url}/cat")
        async with twilio.media.download(*picture) as stream:
            assert await stream.read() == b"cat"
    assert sum("/Media/" in request.path for request in emulator.requests) == 2


async def test_repeating_has_its_policy_and_its_budget(emulator: Emulator, picture: tuple[str, str]) -> None:
    """The session's Retry and budget hold for downloads, too."""
    lasting = emulator.faults.add("GET /Media/", status=503)
    for options, tries in (({"retry": Retry.never()}, 1), ({"retry": Retry(base=0.0), "retry_budget": 1}, 2)):
        before = lasting.fired
        async with AsyncSession.from_env(emulator.env, **options) as twilio:
            with pytest.raises(ServerError) as caught:
                async with twilio.media.download(*picture):
                    pass
        assert caught.value.attempts == lasting.fired - before == tries


async def test_no_answer_in_time_is_a_timeout(emulator: Emulator, picture: tuple[str, str]) -> None:
    """The timeout is the download's own, and the error one that Python knows."""
    emulator.faults.add("GET /Media/", latency=60)
    async with AsyncSession.from_env(emulator.env, retry=Retry.never()) as twilio:
        with pytest.raises(TimedOut) as caught:
            async with twilio.media.download(*picture, timeout=0.05):
                pass
    assert isinstance(caught.value, TimeoutError)


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
async def test_a_timeout_that_is_none_is_refused(timeout: float, twilio: AsyncSession, emulator: Emulator) -> None:
    """A download cannot switch its limit off by accident."""
    with pytest.raises(InvalidArgument) as caught:
        twilio.media.download("MM" + "0" * 32, UNKNOWN, timeout=timeout)
    assert (caught.value.argument, caught.value.operation) == ("timeout", "media.download")
    assert emulator.requests == []


# --- what goes wrong amid it ---------------------------------------------------------------------------------------------


async def stop(peer: Peer) -> None:
    """Half of a file, and then nothing."""
    await saying(http(200, b"0123456789")[:-5])(peer)


async def cut(peer: Peer) -> None:
    """Half of a file, and then the end of the connection."""
    await saying(http(200, b"0123456789")[:-5], then=Peer.close)(peer)


@pytest.mark.parametrize(("script", "words"), [(cut, "cut off"), (stop, "stopped coming")], ids=["cut", "stop"])
async def test_a_stream_that_breaks_off_says_so(
    script: Script, words: str, twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """What came is given, then the error; half a file is never taken for a whole one."""
    got = b""
    async with RawServer(script) as host:
        stored_at(emulator, f"{host.url}/cat")
        async with twilio.media.download(*picture, timeout=1.0) as stream:
            with pytest.raises(UnreadableAnswer, match=words):
                async for chunk in stream:
                    got += chunk
        async with twilio.media.download(*picture, timeout=1.0) as stream:
            with pytest.raises(UnreadableAnswer, match=words):
                await stream.read()
    assert got == b"01234"


async def test_a_file_without_end_is_given_up(twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]) -> None:
    """64 MiB are enough for anybody's picture, however small they were packed."""
    bomb = gzip.compress(bytes((64 << 20) + 1), 1)
    async with RawServer(answering(http(200, bomb, Content_Encoding="gzip"))) as host:
        stored_at(emulator, f"{host.url}/bomb")
        size = 0
        async with twilio.media.download(*picture) as stream:
            with pytest.raises(UnreadableAnswer, match="larger than 67,108,864 bytes"):
                async for chunk in stream:
                    size += len(chunk)
    assert size <= 64 << 20


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ((), []),
        ((b"+1\n+2\n",), ["+1", "+2"]),
        ((b"+1", b"2\r", b"\n\n +3", b"4 "), ["+12", "+34"]),
        ((b"\n", b"", b"\n", b"+1\n\xc3", b"\xa4\xff"), ["+1", "ä\ufffd"]),
    ],
)
async def test_text_is_read_line_by_line(
    chunks: Sequence[bytes], lines: list[str], twilio: AsyncSession, picture: tuple[str, str]
) -> None:
    """However it was cut on its way; empty lines are left out, and the last one needs no end."""

    async def coming() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async with twilio.media.download(*picture) as stream:
        stream._chunks = coming()
        assert [line async for line in stream.lines()] == lines
    with pytest.raises(RuntimeError, match="async with"):
        [line async for line in stream.lines()]


# --- its block -----------------------------------------------------------------------------------------------------------


async def test_a_download_is_read_inside_its_block(twilio: AsyncSession, picture: tuple[str, str]) -> None:
    """Before and after there is no connection; the error shows how it is done."""
    stream = twilio.media.download(*picture)
    with pytest.raises(RuntimeError, match="async with"):
        await stream.read()
    assert stream.content_type is None
    async with stream:
        assert await stream.read() == PICTURE
    with pytest.raises(RuntimeError, match="async with"):
        await stream.read()


async def test_making_a_download_does_nothing_yet(twilio: AsyncSession, emulator: Emulator) -> None:
    """No request is made until the block is entered."""
    twilio.media.download("MM" + "0" * 32, UNKNOWN)
    assert emulator.requests == []


async def test_leaving_early_lets_go_of_the_connection(
    twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """Whoever has seen enough leaves, and the session goes on."""
    async with RawServer(stop) as host:
        stored_at(emulator, f"{host.url}/cat")
        async with twilio.media.download(*picture) as stream:
            async for chunk in stream:
                assert chunk == b"01234"
                break
        await host.settled()
    assert (await twilio.messages.fetch(picture[0])).sid == picture[0]


async def test_a_download_holds_no_place_while_it_is_read(emulator: Emulator, picture: tuple[str, str]) -> None:
    """The limit of concurrency is Twilio's; the content comes from elsewhere."""
    async with AsyncSession.from_env(emulator.env, concurrency=1, pool_size=5) as twilio:
        async with twilio.media.download(*picture) as stream:
            assert twilio.concurrency.in_flight == 0
            assert (await twilio.messages.fetch(picture[0])).sid == picture[0]
            assert await stream.read() == PICTURE
        with pytest.raises(NotFound):
            async with twilio.media.download(picture[0], UNKNOWN):
                pass
        assert twilio.concurrency.in_flight == 0


async def test_a_download_waits_for_its_turn(emulator: Emulator, picture: tuple[str, str]) -> None:
    """Hooks hear of it; and when the session is closed meanwhile, that is what the error says."""
    seen: list[Event] = []
    slow = emulator.faults.add("POST", latency=60)
    async with AsyncSession.from_env(emulator.env, concurrency=1, hooks=[seen.append]) as twilio:
        texting = asyncio.create_task(texted(twilio, emulator))
        with anyio.fail_after(10):
            while not slow.fired:
                await anyio.lowlevel.checkpoint()
        downloading = asyncio.create_task(twilio.media.download(*picture).__aenter__())
        await anyio.wait_all_tasks_blocked()
        assert twilio.concurrency.waiting == 1
    with pytest.raises(AmbiguousOutcome):
        await texting
    with pytest.raises(SessionClosed):
        await downloading
    assert [event.operation for event in seen if isinstance(event, Waited)] == ["media.download"]
    assert twilio.concurrency.in_flight == 0


async def test_a_host_that_is_not_there_is_a_connection_error(
    twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """Twilio was asked each time, since nothing is wrong with asking again."""
    async with RawServer(listening=False) as nobody:
        stored_at(emulator, f"{nobody.url}/cat")
        with pytest.raises(ConnectError) as caught:
            async with twilio.media.download(*picture):
                pass
    assert caught.value.attempts == 5
    assert sum("/Media/" in request.path for request in emulator.requests) == 5


async def test_an_endless_error_is_not_read_to_its_end(
    twilio: AsyncSession, emulator: Emulator, picture: tuple[str, str]
) -> None:
    """A few words of it are enough to say what it is."""
    async with RawServer(answering(http(403, b"<Error>Request has expired</Error>" + bytes(1 << 20)))) as host:
        stored_at(emulator, f"{host.url}/cat")
        with pytest.raises(PermissionDenied, match="Request has expired") as caught:
            async with twilio.media.download(*picture):
                pass
    assert len(str(caught.value)) < 500


async def cancelled(task: asyncio.Task[Any]) -> asyncio.CancelledError:
    """Cancel a task, and return what it ended with."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return caught.value


@pytest.fixture
async def unanswered(emulator: Emulator, picture: tuple[str, str]) -> AsyncIterator[asyncio.Task[Any]]:
    """A task that waits for Twilio's answer to a download."""
    emulator.faults.add("GET /Media/", latency=60)
    before = len(emulator.requests)
    async with AsyncSession.from_env(emulator.env) as twilio:

        async def download() -> None:
            async with twilio.media.download(*picture):
                pytest.fail("there is no answer")

        task = asyncio.create_task(download())
        with anyio.fail_after(10):
            while len(emulator.requests) == before:
                await anyio.lowlevel.checkpoint()
        yield task
        assert twilio.concurrency.in_flight == 0


async def test_cancelled_while_it_is_entered_it_leaves_nothing(unanswered: asyncio.Task[Any]) -> None:
    """The place is given back, the connection is closed, and not even the frames that it passed show the token."""
    error = await cancelled(unanswered)
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "_download.py" in shown
    assert "Basic" not in shown


async def test_downloads_go_side_by_side(twilio: AsyncSession, emulator: Emulator) -> None:
    """Streams do not mix."""
    files = {f"https://example.com/{number}": random.Random(number).randbytes(50_000) for number in range(8)}
    for url, content in files.items():
        emulator.host_media(url, content, "application/pdf")
    message = await twilio.messages.create(to="+15558675310", from_=emulator.number, media_url=[*files])
    got: dict[str, bytes] = {}

    async def download(sid: str, url: str) -> None:
        async with twilio.media.download(message.sid, sid) as stream:
            got[url] = await stream.read()

    async with anyio.create_task_group() as tasks:
        for media in emulator.media(message.sid):
            tasks.start_soon(download, media.sid, media.url)
    assert got == files
