"""What a test makes happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from twilio_async.emulator.api.admission import is_web_url
from twilio_async.emulator.applications.callbacks import token
from twilio_async.emulator.applications.deliveries import Delivery
from twilio_async.emulator.applications.errands import Errand
from twilio_async.emulator.applications.handset import File, Received
from twilio_async.emulator.applications.post_office import Parcel
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.addresses import parse_address
from twilio_async.emulator.domain.contents import Content, fault
from twilio_async.emulator.domain.history import SOMEBODY, write_history, write_message
from twilio_async.emulator.domain.links import LinkDomain
from twilio_async.emulator.domain.records import Direction, Message, Method, Number, Status, Webhook
from twilio_async.emulator.domain.reviews import Reviewed, Verdict
from twilio_async.emulator.domain.state import HostedMedia
from twilio_async.emulator.remote.seeding import seed
from twilio_async.emulator.world import World

HISTORY = timedelta(days=30)
"""How far back a history goes that does not say since when."""

NO_FIELDS: Mapping[str, str] = MappingProxyType({})


class Stage(World):
    """The part of an emulator that acts."""

    @property
    def number(self) -> str:
        """A US number to send from, capable of SMS and MMS."""
        return next(iter(self.account.numbers.values())).number

    # What becomes of messages.

    def send(self, message: Message | str) -> Message:
        """Let a message leave the queue now.

        Args:
            message: it, or its sid.

        Raises:
            KeyError: there is none with this sid.
            ValueError: it is past that.
        """
        return self._move(message, "sent")

    def deliver(self, message: Message | str) -> Message:
        """Let a message be delivered now. Takes and raises what `send` does."""
        return self._move(message, "delivered")

    def read(self, message: Message | str) -> Message:
        """Let the recipient read a message now, as WhatsApp reports it. Takes and raises what `send` does."""
        return self._move(message, "read")

    def fail(self, message: Message | str, code: int = 30008) -> Message:
        """Let a message fail before it reaches a carrier. Raises as `send` does.

        Args:
            message: it, or its sid.
            code: Twilio's delivery error. Default 30008: unknown error.
        """
        return self._move(message, "failed", code)

    def undeliver(self, message: Message | str, code: int = 30003) -> Message:
        """Let the carrier report that a message did not arrive. Raises as `send` does.

        Args:
            message: it, or its sid.
            code: Twilio's delivery error. Default 30003: unreachable handset.
        """
        return self._move(message, "undelivered", code)

    def refuse_delivery(self, recipient: str, code: int = 30003) -> None:
        """Let all messages to a recipient end with an error from now on, where the lifecycle would deliver them.

        Args:
            recipient: his address.
            code: Twilio's delivery error; it decides between ``failed`` and ``undelivered``. Default 30003: unreachable
                handset.
        """
        with self._state.lock:
            self._state.lifecycle.fates[recipient] = code

    def accept_delivery(self, recipient: str) -> None:
        """Take back what `refuse_delivery` did."""
        with self._state.lock:
            self._state.lifecycle.fates.pop(recipient, None)

    def fill_queue(self, sender: str) -> None:
        """Let a sender have all the messages waiting that it may: one more is refused with 21611, or 30001.

        It is so for a minute; then the queue empties as the clock goes on, in ten hours.

        Args:
            sender: one of the numbers.
        """
        with self._state.lock:
            self._state.lifecycle.queues.fill(sender, self.clock().timestamp())

    def set_rate(self, sender: str, segments_per_second: float) -> None:
        """Say how fast a sender sends, instead of what is usual for its kind; a 10DLC campaign's rate, say.

        Args:
            sender: one of the numbers.
            segments_per_second: more than 0.

        Raises:
            ValueError: it is not.
        """
        if segments_per_second <= 0:
            raise ValueError("a sender sends more than 0 segments a second")
        with self._state.lock:
            self._state.lifecycle.queues.rates[sender] = segments_per_second

    # What others decide.

    def deactivate(self, number: str, *, day: date | None = None) -> None:
        """Let a carrier take a number out of service: it is in the file of that day.

        Args:
            number: E.164.
            day: when. Default: today, in UTC.
        """
        with self._state.lock:
            on = day or self.clock().date()
            self._state.deactivations.setdefault(on.isoformat(), []).append(number)

    def approve(self, sid: str) -> Reviewed:
        """Let Twilio grant what was applied for: a brand, a campaign, a toll-free verification, a template, a sender.

        Args:
            sid: of the record; for a certificate, of its domain.

        Returns:
            The record after it.

        Raises:
            KeyError: nobody decides about a record with this sid.
        """
        return self._decide(sid, Verdict(approved=True))

    def reject(self, sid: str, reason: str = "rejected by the reviewer", code: int | None = None) -> Reviewed:
        """Let Twilio refuse what was applied for. Raises as `approve` does.

        Args:
            sid: of the record.
            reason: in words. Default: there are some.
            code: Twilio's error code. Default: none.
        """
        return self._decide(sid, Verdict(approved=False, reason=reason, code=code))

    # What people do with their handsets.

    async def receive(
        self,
        body: str = "",
        *,
        from_: str = SOMEBODY,
        to: str | None = None,
        media: File | Sequence[File] = (),
        fields: Mapping[str, str] = NO_FIELDS,
    ) -> Received:
        """Let somebody text one of the numbers: the application's webhook is called, and what it answers is done.

        ``STOP``, ``START`` and their kin change who wants texts. From any loop; synchronous code has
        ``emulator.blocking.receive``.

        Args:
            body: the text. Default: none, as with a picture alone.
            from_: who texts. Default: somebody.
            to: which of the numbers, short codes or channel addresses. Default: `number`.
            media: a file or several, each as a URL, or as its bytes.
            fields: more fields of the webhook, such as ``ButtonText``. Default: none.

        Returns:
            The inbound message, the webhooks that told of it, and the replies that they brought.

        Raises:
            ValueError: *to* is none of an account's, or *from_* can be nobody's.
        """
        if parse_address(from_) is None:
            raise ValueError(f"from_: {from_!r} is no phone number, short code, alphanumeric sender or channel address")
        files = (media,) if isinstance(media, (str, bytes, HostedMedia)) else tuple(media)
        to = to or self.number
        account = self._owner(to)
        message = self._handset.inbound_message(account, sender=from_, to=to, body=body, num_media=len(files))
        extra = tuple(fields.items())
        return await self._hosted(self._handset.text(account, message, files, origin=self.url, extra=extra))

    def set_webhook(
        self,
        url: str | None,
        *,
        to: str | None = None,
        method: Method = "POST",
        fallback_url: str | None = None,
        fallback_method: Method = "POST",
    ) -> None:
        """Say where inbound messages are told of. A Messaging Service has its own ``inbound_request_url``.

        Args:
            url: of the application; `None` for nowhere.
            to: which of the numbers, short codes or channel addresses. Default: all of the account.
            method: how it is asked. Default ``POST``.
            fallback_url: asked when the other failed. Default: none.
            fallback_method: Default ``POST``.

        Raises:
            ValueError: *to* is none of an account's, or a URL is none.
        """
        for given in (url, fallback_url):
            if given is not None and not is_web_url(given):
                raise ValueError(f"{given!r} is no absolute http(s) URL")
        webhook = None if url is None else Webhook(url, method, fallback_url, fallback_method)
        account = self.account if to is None else self._owner(to)
        with self._state.lock:
            for number in list(account.numbers.values()):
                if to in {None, number.number}:
                    account.numbers[number.sid] = _with_webhook(number, webhook)
            for channel in account.channels:
                if to in {None, channel}:
                    _set(account.channel_webhooks, channel, webhook)

    async def call_webhook(
        self,
        url: str,
        fields: Mapping[str, str] = NO_FIELDS,
        *,
        json: bytes | None = None,
        method: Method = "POST",
    ) -> Delivery:
        """Call an application with a webhook of your own, signed like all others, and wait for its answer.

        Args:
            url: of the application.
            fields: of the form, or with ``GET`` of the query.
            json: a body instead of the fields, whose hash is in the URL then.
            method: Default ``POST``.
        """
        errand = Errand(url=url, fields=tuple(fields.items()), json=json, method=method, token=token(self._state.unique()))
        delivery = Delivery(
            kind="custom", account_sid=self.account.sid, message_sid=None, errand=errand, created_at=self.clock()
        )
        return await self._hosted(self._carried(delivery))

    async def _carried(self, delivery: Delivery) -> Delivery:
        with self._state.lock:
            self._post.post(Parcel(delivery=delivery, key=self.account.signing_key, last=True))
        await self._post.idle()
        return delivery

    def opt_out(self, recipient: str, sender: str | None = None) -> None:
        """Let a recipient want no more texts: sending to him fails with 21610.

        Args:
            recipient: his number.
            sender: from this number or Messaging Service (``MG…``). Default: from every one.
        """
        with self._state.lock:
            self.account.opt_outs.add((sender, recipient))

    def opt_in(self, recipient: str, sender: str | None = None) -> None:
        """Take back what `opt_out` did with the same arguments."""
        with self._state.lock:
            self.account.opt_outs.discard((sender, recipient))

    # Who may come in.

    def revoke_tokens(self) -> None:
        """Let the access tokens that OAuth apps were given until now open nothing any more. New ones do."""
        with self._state.lock:
            self._state.access_tokens.revoke()

    # What is there already.

    def add_account(self, friendly_name: str = "", *, parent: Account | None = None, trial: bool = False) -> Account:
        """Open another account, with a sid and a token of its own, and no numbers: see ``Account.add_number``.

        Args:
            friendly_name: a name for people. Default: none.
            parent: whose subaccount it is; his credentials open it too. Default: nobody's.
            trial: whether it is on trial. Default `False`.
        """
        return self._state.add_account(friendly_name, parent=parent, trial=trial)

    def add_link_domain(self, name: str, *, dns_fault: str = "") -> LinkDomain:
        """Have a domain for short links, as Twilio's Console makes it; it has no certificate yet.

        Args:
            name: of the host, such as ``go.example.com``.
            dns_fault: why its DNS records do not lead to Twilio. Default: they do.
        """
        with self._state.lock:
            now = self.clock().replace(microsecond=0)
            domain = LinkDomain(
                sid=f"{LinkDomain.PREFIX}{self._state.unique()}",
                account_sid=self.account.sid,
                domain_name=f"https://{name}",
                date_created=now,
                date_updated=now,
                dns_fault=dns_fault,
            )
            self._state.keep(self.account, domain)
            return domain

    def add_content(
        self,
        types: Mapping[str, Mapping[str, Any]] | str,
        *,
        sid: str | None = None,
        friendly_name: str = "",
        language: str = "en",
        variables: Mapping[str, str] = NO_FIELDS,
    ) -> Content:
        """Give the account a content template, for messages with its sid as their ``content_sid``.

        Args:
            types: what it says, by Twilio's names: ``{"twilio/text": {"body": "Hello {{1}}"}}``; or the text alone.
            sid: ``HX…``; it takes the place of the template with this sid, if there is one. Default: a new one.
            friendly_name: a name for people. Default: none.
            language: Default ``en``.
            variables: what stands in a blank that a message does not fill in. Default: the blank.

        Raises:
            ValueError: a type is unknown, or lacks something.
        """
        given = {"twilio/text": {"body": types}} if isinstance(types, str) else {name: {**part} for name, part in types.items()}
        wrong = fault(given)
        if wrong is not None:
            raise ValueError(f"{wrong} is unknown, missing or of another type")
        with self._state.lock:
            now = self.clock().replace(microsecond=0)
            content = Content(
                sid=sid or f"HX{self._state.unique()}",
                account_sid=self.account.sid,
                types=given,
                friendly_name=friendly_name,
                language=language,
                variables={**variables},
                date_created=now,
                date_updated=now,
            )
            shelf = self.account.shelf(Content)
            if shelf.get(content.sid) is not None:
                shelf.remove(content.sid)
            self._state.keep(self.account, content)
            return content

    def host_media(self, url: str, content: bytes, content_type: str) -> None:
        """Say what is at a media URL, which the emulator does not fetch. Else it serves a few bytes that name the URL.

        Args:
            url: as in ``MediaUrl``.
            content: the file.
            content_type: such as ``image/png``; messages created from now on have it.
        """
        with self._state.lock:
            self._state.hosted_media[url] = HostedMedia(content, content_type)

    def seed(self, document: bytes | str | Mapping[str, Any]) -> None:
        """Put into the state what a document says, such as one of `export`, or one written by hand.

        So much is enough::

            emulator.seed({"messages": [{"to": "+15558675310", "body": "Hi"}], "opt_outs": [{"recipient": "+15558675311"}]})

        What an entry does not say is as `add_message` has it. A record with the sid of one that is there takes its place;
        all else is added, unless the document says ``"replaces": true``: then nothing that was there stays.

        Args:
            document: JSON, or what it says.

        Raises:
            ValueError: it is no JSON, or says what cannot be; it names the place. Nothing is changed then.
        """
        with self._state.lock:
            seed(self._state, document)
        self._pulse.nudge()

    def add_message(
        self,
        *,
        to: str = SOMEBODY,
        from_: str | None = None,
        body: str = "",
        at: datetime | None = None,
        status: Status = "delivered",
        direction: Direction = "outbound-api",
        messaging_service_sid: str | None = None,
        error_code: int | None = None,
        status_callback: str | None = None,
    ) -> Message:
        """Put one message into the past without sending it.

        Args:
            to: recipient. Default: somebody.
            from_: sender. Default: the account's number.
            body: text. Default: none.
            at: when it was created, and sent if its status says that it was; an aware datetime. Default: now.
            status: it stays in it. Default ``delivered``.
            direction: Default ``outbound-api``.
            messaging_service_sid: the service that it was sent through. Default: none.
            error_code: why it failed. Default: it did not.
            status_callback: where the next steps of one in flight are told of. Default: nowhere.
        """
        with self._state.lock:
            return write_message(
                self.account,
                self._state.unique(),
                at or self.clock(),
                to=to,
                from_=from_ or self.number,
                body=body,
                status=status,
                direction=direction,
                messaging_service_sid=messaging_service_sid,
                error_code=error_code,
                status_callback=status_callback,
            )

    def seed_messages(
        self,
        count: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        to: str | Sequence[str] = SOMEBODY,
        from_: str | Sequence[str] | None = None,
        body: str = "Message {index}",
        status: Status = "delivered",
        direction: Direction = "outbound-api",
    ) -> list[Message]:
        """Put many messages into the past, spread evenly, without sending them: some 100,000 a second.

        Args:
            count: how many.
            since: when the oldest was sent; an aware datetime. Default: 30 days before *until*.
            until: when one more would have been sent. Default: now.
            to: one recipient, or several that are taken in turn. Default: somebody.
            from_: one sender, or several that are taken in turn. Default: the account's number.
            body: text; ``{index}`` in it counts from 0, the oldest. Default ``Message {index}``.
            status: of all. Default ``delivered``.
            direction: of all. Default ``outbound-api``.

        Returns:
            The messages, oldest first.
        """
        until = until or self.clock()
        with self._state.lock:
            return write_history(
                self.account,
                self._state.unique,
                count,
                since=since or until - HISTORY,
                until=until,
                to=[to] if isinstance(to, str) else to,
                from_=[from_ or self.number] if from_ is None or isinstance(from_, str) else from_,
                body=body,
                status=status,
                direction=direction,
            )

    def _owner(self, address: str) -> Account:
        account = self._state.owner_of(address)
        if account is None:
            own = ", ".join([*(number.number for number in self.account.numbers.values()), *self.account.channels])
            raise ValueError(f"{address} is none of the numbers here; those of the account are {own}")
        return account

    def _decide(self, sid: str, verdict: Verdict) -> Reviewed:
        with self._state.lock:
            self._settle()
            account, record = self._state.reviewed(sid)
            return self._state.reviews.decide(account, record, verdict, self.clock())

    def _move(self, message: Message | str, status: Status, error_code: int | None = None) -> Message:
        sid = message if isinstance(message, str) else message.sid
        with self._state.lock:
            self._settle()
            account = self._state.account_with_message(sid) or self.account
            return self._state.lifecycle.move(account, sid, status, self.clock(), error_code)


def _with_webhook(number: Number, webhook: Webhook | None) -> Number:
    url, method, fallback_url, fallback_method = webhook or Webhook("")
    return replace(
        number,
        sms_url=url or None,
        sms_method=method,
        sms_fallback_url=fallback_url,
        sms_fallback_method=fallback_method,
    )


def _set(webhooks: dict[str, Webhook], address: str, webhook: Webhook | None) -> None:
    if webhook is None:
        webhooks.pop(address, None)
    else:
        webhooks[address] = webhook
