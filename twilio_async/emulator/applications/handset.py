"""The handset on the other side: a text to one of the emulator's numbers, and what the application answers to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from twilio_async.emulator.api.operations.media import attach
from twilio_async.emulator.api.requests import Pairs
from twilio_async.emulator.applications import debugger
from twilio_async.emulator.applications.callbacks import token
from twilio_async.emulator.applications.deliveries import Delivery
from twilio_async.emulator.applications.errands import Attempt, Errand
from twilio_async.emulator.applications.inbound import inbound_fields, service_of, webhook_of
from twilio_async.emulator.applications.keywords import Keyword, keyword_of
from twilio_async.emulator.applications.overrides import split
from twilio_async.emulator.applications.post_office import Parcel, PostOffice
from twilio_async.emulator.applications.twiml import MAX_DOCUMENTS, MAX_REPLIES, Redirect, Twiml, read_twiml
from twilio_async.emulator.applications.twiml import Message as Reply
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.delivery_errors import OPTED_OUT
from twilio_async.emulator.domain.lifecycle import PRICE_OF_SEGMENT, segments_of
from twilio_async.emulator.domain.prices import CURRENCY
from twilio_async.emulator.domain.records import Message, Webhook
from twilio_async.emulator.domain.state import HostedMedia, State
from twilio_async.emulator.events import Events

File: TypeAlias = str | bytes | HostedMedia
"""A media file: where it is, or what it is."""

_BEGINNINGS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"%PDF": "application/pdf"}


@dataclass(slots=True, kw_only=True)
class Received:
    """What became of a text to one of the emulator's numbers.

    Attributes:
        message: the inbound message.
        keyword: ``STOP``, ``START`` or ``HELP``, if it was one of these or their kin.
        deliveries: the webhooks that told the application, in order: more than one if it redirected, none if there is
            nobody to tell.
        replies: the messages that its TwiML sent, as they were created.
    """

    message: Message
    keyword: Keyword | None = None
    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    replies: list[Message] = field(default_factory=list[Message])


class Handset:
    """Texts the emulator's numbers.

    Args:
        state: where the messages go.
        post: carries the webhooks.
        events: is told of the inbound messages.
    """

    def __init__(self, state: State, post: PostOffice, events: Events) -> None:
        self._state = state
        self._post = post
        self._events = events

    async def text(self, account: Account, message: Message, media: Sequence[File], *, origin: str, extra: Pairs) -> Received:
        """Let a text arrive, tell the application, and do what it answers.

        Args:
            account: whose number it is.
            message: as `inbound_message` made it.
            media: its files.
            origin: scheme and host of the API, for the URLs of the files.
            extra: more fields of the webhook, such as ``ButtonText``.
        """
        with self._state.lock:
            received = self._arrive(account, message, media)
            webhook = webhook_of(account, message.to)
            files = account.media.get(message.sid, ())
            fields = (*inbound_fields(message, received.keyword, files, origin), *extra)
        for _ in range(MAX_DOCUMENTS):
            if webhook is None:
                return received
            delivery = await self._tell(account, received, webhook, fields)
            redirect = self._obey(account, received, delivery)
            webhook = None if redirect is None else webhook._replace(url=redirect.url, method=redirect.method)
        self._alert(received, debugger.TOO_MANY_DOCUMENTS, "the documents redirect for ever", received.deliveries[-1].url)
        return received

    def inbound_message(self, account: Account, *, sender: str, to: str, body: str, num_media: int) -> Message:
        """An inbound message that has not arrived yet."""
        now = self._state.clock().replace(microsecond=0)
        service = service_of(account, to)
        segments = segments_of(body, sms=not num_media and sender.startswith("+"), smart=False)
        return Message(
            sid=f"{'MM' if num_media else 'SM'}{self._state.unique()}",
            account_sid=account.sid,
            to=to,
            from_=sender,
            body=body,
            status="received",
            direction="inbound",
            date_created=now,
            date_updated=now,
            date_sent=now,
            messaging_service_sid=service.sid if service else None,
            num_segments=segments,
            num_media=num_media,
            price=PRICE_OF_SEGMENT * segments,
            price_unit=CURRENCY,
        )

    def _arrive(self, account: Account, message: Message, media: Sequence[File]) -> Received:
        self._state.arrive(account, message)
        attach(self._state, account, message, [self._url(message, index, file) for index, file in enumerate(media)])
        self._events.tell("message.created", message)
        keyword = keyword_of(message.body)
        if keyword == "STOP":
            account.stop(message.from_ or "", message.to)
        elif keyword == "START":
            account.start(message.from_ or "", message.to)
        return Received(message=message, keyword=keyword)

    def _url(self, message: Message, index: int, file: File) -> str:
        if isinstance(file, str):
            return file
        url = f"handset:{message.sid}/{index}"
        self._state.hosted_media[url] = HostedMedia(file, _type_of(file)) if isinstance(file, bytes) else file
        return url

    async def _tell(self, account: Account, received: Received, webhook: Webhook, fields: Pairs) -> Delivery:
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def done(_: Delivery) -> None:
            if not arrived.done():  # a duplicate comes a second time
                arrived.set_result(None)

        delivery = Delivery(
            kind="inbound",
            account_sid=account.sid,
            message_sid=received.message.sid,
            errand=Errand(
                url=webhook.url,
                method=webhook.method,
                fields=fields,
                token=token(self._state.unique()),
                fallback_url=webhook.fallback_url,
                fallback_method=webhook.fallback_method,
            ),
            created_at=self._state.clock(),
        )
        with self._state.lock:
            received.deliveries.append(delivery)
            self._post.post(Parcel(delivery=delivery, key=account.signing_key, last=True, judge=_judge, done=done))
        await arrived
        return delivery

    def _obey(self, account: Account, received: Received, delivery: Delivery) -> Redirect | None:
        """Do what the application answered; the document that it redirects to is for the caller to fetch."""
        if delivery.state != "delivered":
            return None
        answer = delivery.attempts[-1]
        document = _document(delivery, answer)
        for problem in document.warnings:
            self._alert(received, problem.code, problem.detail, answer.url)
        replies = [verb for verb in document.verbs if isinstance(verb, Reply)]
        with self._state.lock:
            for verb in replies[:MAX_REPLIES]:
                self._reply(account, received, verb, answer.url)
        if len(replies) > MAX_REPLIES:
            self._alert(received, debugger.TOO_MANY_REPLIES, f"{len(replies)} messages in one document", answer.url)
        return next((verb for verb in document.verbs if isinstance(verb, Redirect)), None)

    def _reply(self, account: Account, received: Received, verb: Reply, url: str) -> None:
        inbound = received.message
        sender, to = verb.from_ or inbound.to, verb.to or inbound.from_ or ""
        if any(account.opted_out(end, to) for end in (sender, inbound.messaging_service_sid) if end):
            self._alert(received, OPTED_OUT, "a reply to somebody who wants no texts", url)
            return
        now = self._state.clock().replace(microsecond=0)
        message = Message(
            sid=f"{'MM' if verb.media else 'SM'}{self._state.unique()}",
            account_sid=account.sid,
            to=to,
            from_=sender,
            body=verb.body or "",
            status="queued",
            direction="outbound-reply",
            date_created=now,
            date_updated=now,
            messaging_service_sid=inbound.messaging_service_sid,
            num_segments=segments_of(verb.body or "", sms=not verb.media and to.startswith("+"), smart=False),
            num_media=len(verb.media),
            price_unit=CURRENCY,
            status_callback=verb.status_callback or verb.action,
        )
        self._state.enter(account, message)
        attach(self._state, account, message, verb.media)
        received.replies.append(message)

    def _alert(self, received: Received, code: int, detail: str, url: str) -> None:
        self._post.alert(code, detail, url, received.message.sid)


def _document(delivery: Delivery, answer: Attempt) -> Twiml:
    # What a GET carried is in its URL, and no part of the address that others are relative to.
    url = answer.url if answer.method == "POST" else split(delivery.url)[0]
    return read_twiml(answer.status or 0, answer.content_type, answer.body, url=url)


def _judge(attempt: Attempt) -> int | None:
    problem = read_twiml(attempt.status or 0, attempt.content_type, attempt.body, url=attempt.url).error
    return None if problem is None else problem.code


def _type_of(content: bytes) -> str:
    known = (type_ for beginning, type_ in _BEGINNINGS.items() if content.startswith(beginning))
    return next(known, "application/octet-stream")
