"""How each kind of fault looks on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import zlib
from functools import cache
from http import HTTPStatus
from typing import cast

from aiohttp import web

from twilio_async.emulator.api.calls import Answer
from twilio_async.emulator.api.faults import Fault
from twilio_async.emulator.api.rendering import Rendered, error_answer
from twilio_async.emulator.domain import errors

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_CHUNK = 1 << 20


def error_of(fault: Fault, path: str) -> Answer:
    """The error that a ``status`` or ``accept_then_500`` fault answers, in Twilio's dialect or the rule's own words."""
    row = errors.BY_STATUS.get(fault.status, errors.INTERNAL_ERROR)
    usual = row.error(path=path, name="")
    error = errors.ApiError(fault.status, fault.code or usual.code, fault.message or usual.message)
    answer = error_answer(error, path)
    headers = {**answer.headers, **fault.headers}
    if fault.retry_after is not None:
        headers["Retry-After"] = f"{fault.retry_after:g}"
    return Answer(fault.status, answer.content if fault.body is None else fault.body, headers, answer.code)


def proxy_page(fault: Fault) -> Rendered:
    """The page of the proxy in front of Twilio, which knows nothing of JSON or of request ids."""
    title = f"{fault.status} {HTTPStatus(fault.status).phrase}"
    lines = (
        f"<html>\r\n<head><title>{title}</title></head>",
        f"<body>\r\n<center><h1>{title}</h1></center>",
        "<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n",
    )
    body = "\r\n".join(lines).encode() if fault.body is None else fault.body
    headers = {"Content-Type": "text/html", "Server": "openresty", **fault.headers}
    if fault.retry_after is not None:
        headers["Retry-After"] = f"{fault.retry_after:g}"
    return Rendered(fault.status, headers, body)


def malformed(answer: Rendered, fault: Fault) -> Rendered:
    """The answer without its last bracket."""
    return answer._replace(body=fault.body if fault.body is not None else answer.body[:-1] or b"{")


def exploding(answer: Rendered, fault: Fault) -> Rendered:
    """The answer's status and headers, and a body that expands to a thousand times its size."""
    headers = {"Content-Type": "application/json", **answer.headers, "Content-Encoding": "gzip"}
    status = HTTPStatus.OK if answer.status == HTTPStatus.NO_CONTENT else answer.status
    return Rendered(status, headers, gzip_bomb(fault.expands_to))


@cache
def gzip_bomb(size: int) -> bytes:
    """A gzip stream of blanks, which are valid between the tokens of a JSON document.

    Args:
        size: bytes that it expands to.
    """
    whole, rest = divmod(size, _CHUNK)
    chunk = b" " * _CHUNK
    # After a full flush the compressor remembers nothing, so that a compressed chunk may be repeated as it is.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = deflate.compress(chunk) + deflate.flush(zlib.Z_FULL_FLUSH)
    last = deflate.compress(chunk[:rest]) + deflate.flush()
    checksum = 0
    for _ in range(whole):
        checksum = zlib.crc32(chunk, checksum)
    checksum = zlib.crc32(chunk[:rest], checksum)
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return header + block * whole + last + struct.pack("<II", checksum, size & 0xFFFFFFFF)


async def cut_off(request: web.BaseRequest, answer: Rendered) -> web.StreamResponse:
    """Send all the headers and half of the body, then close. Where there is no body, nothing is sent."""
    if not answer.body:
        return hang_up(request)
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.body)
    response.force_close()
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    return response


def hang_up(request: web.BaseRequest) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # nobody gets it any more


def reset(transport: asyncio.Transport | None) -> web.StreamResponse:
    """Let the peer see a connection reset instead of an end."""
    if transport is not None:
        with contextlib.suppress(OSError):  # the peer may have been quicker
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    return web.Response()


class Refusal(asyncio.Protocol):
    """The protocol of a connection that is reset as soon as it is open."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Reset it."""
        reset(cast("asyncio.Transport", transport))
