"""The second origin: where files are, those of messages and others, and where nobody's credentials belong."""

from __future__ import annotations

from collections import deque

from aiohttp import web

from twilio_async.emulator.api.operations.deactivations import deactivations_at
from twilio_async.emulator.api.operations.media import contents
from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.api.routing import Router
from twilio_async.emulator.domain.state import HostedMedia, State

_ROUTER = Router(contents)


class MediaHost:
    """Serves files to everybody who knows where they are, and remembers who brought credentials along.

    Args:
        state: what is there to be served.
        max_requests: how many are remembered; the oldest go first. `None` for all.

    Attributes:
        requests: what came in, the oldest first.
    """

    def __init__(self, state: State, *, max_requests: int | None) -> None:
        self._state = state
        self.requests: deque[ReceivedRequest] = deque(maxlen=max_requests)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one file."""
        received = ReceivedRequest(request.method, request.raw_path, request.headers)
        with self._state.lock:
            self.requests.append(received)
            file = self._find(received.raw_path) if request.method == "GET" else None
        received.status = 404 if file is None else 200
        if file is None:
            return web.Response(status=404, text="No such file", content_type="text/plain")
        return web.Response(body=file.content, headers={"Content-Type": file.content_type})

    def _find(self, raw_path: str) -> HostedMedia | None:
        return self._media(raw_path) or deactivations_at(self._state, raw_path)

    def _media(self, raw_path: str) -> HostedMedia | None:
        found = _ROUTER.find(raw_path)
        account = self._state.accounts.get(found.sids["AccountSid"]) if found else None
        if found is None or account is None or found.sids["MessageSid"] not in account.media:
            return None
        media = account.media[found.sids["MessageSid"]].get(found.sids["Sid"])
        if media is None:
            return None
        hosted = self._state.hosted_media.get(media.url)
        content = hosted.content if hosted else f"{media.content_type} of {media.url}".encode()
        return HostedMedia(content, media.content_type)
