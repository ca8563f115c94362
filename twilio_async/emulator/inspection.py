"""What a test can see."""

from __future__ import annotations

import asyncio
import contextlib

from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.applications.deliveries import Alert, Delivery
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.records import Direction, Feedback, Media, Message, Service, Status
from twilio_async.emulator.events import Subscription
from twilio_async.emulator.expectations import Body, Expected, report
from twilio_async.emulator.remote.snapshot import export
from twilio_async.emulator.world import World


class Inspection(World):
    """The part of an emulator that shows."""

    @property
    def messages(self) -> list[Message]:
        """All messages of all accounts as they are now, the oldest first."""
        with self._state.lock:
            self._settle()
            logs = [account.messages for account in self._state.accounts.values() if len(account.messages)]
            if len(logs) == 1:
                return list(logs[0])
            return sorted((message for log in logs for message in log), key=lambda message: message.date_created)

    def message(self, sid: str) -> Message:
        """A message as it is now.

        Raises:
            KeyError: there is none with this sid.
        """
        with self._state.lock:
            self._settle()
            message = self._account_of(sid).messages.get(sid)
        if message is None:
            raise KeyError(sid)
        return message

    @property
    def accounts(self) -> list[Account]:
        """All accounts, the main one first."""
        with self._state.lock:
            return list(self._state.accounts.values())

    @property
    def services(self) -> list[Service]:
        """All Messaging Services of the main account, the oldest first."""
        with self._state.lock:
            return list(self.account.services)

    def media(self, message_sid: str) -> list[Media]:
        """The media of a message, in the order in which they were given."""
        with self._state.lock:
            return list(self._account_of(message_sid).media.get(message_sid, ()))

    def feedback(self, message_sid: str) -> Feedback | None:
        """The feedback on a message, if there is any."""
        with self._state.lock:
            return self._account_of(message_sid).feedback.get(message_sid)

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What the API was asked, the oldest first, with those that were refused or dropped."""
        with self._state.lock:
            return list(self._gateway.requests)

    @property
    def media_requests(self) -> list[ReceivedRequest]:
        """What the media host was asked, the oldest first. No ``Authorization`` belongs in their headers."""
        with self._state.lock:
            return list(self._media_host.requests)

    @property
    def in_flight(self) -> int:
        """How many requests are being worked on."""
        return self._gateway.in_flight

    @property
    def in_flight_peak(self) -> int:
        """The most requests that were worked on at once; those over the limit were not."""
        return self._gateway.in_flight_peak

    @property
    def rejected(self) -> int:
        """How many requests were answered 429 for the `concurrency_limit`."""
        return self._gateway.rejected

    @property
    def deliveries(self) -> list[Delivery]:
        """The webhooks that were due, the oldest first, with their attempts and what the applications answered."""
        with self._state.lock:
            return list(self._post.deliveries)

    @property
    def alerts(self) -> list[Alert]:
        """What Twilio's debugger would show of the applications, the oldest first."""
        with self._state.lock:
            return list(self._post.alerts)

    def events(self) -> Subscription:
        """What happens from now on, for ``async for`` in the running loop.

        ::

            with emulator.events() as events:
                async for event in events:
                    print(event.name, event.record)
        """
        return self._events.subscribe()

    def export(self) -> bytes:
        """All that there is, as a JSON document that `seed` takes: also the tokens and keys, which open nothing but this.

        What was asked and told, such as `requests`, and the faults are no part of it.
        """
        with self._state.lock:
            self._settle()
            return export(self._state)

    async def settled(self) -> None:
        """Wait until nothing is left to happen now: no step of a message is due, and no webhook is on its way.

        From any loop; synchronous code has ``emulator.blocking.settled``.
        """
        await self._hosted(self._settled())

    async def wait_for(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        body: Body | None = None,
        status: Status | None = None,
        direction: Direction | None = None,
        timeout: float = 5.0,
    ) -> Message:
        """Wait for a message, if it is not there already.

        From any loop; synchronous code has ``emulator.blocking.wait_for``.

        Args:
            to: recipient, exactly.
            from_: sender, exactly.
            body: the whole text, or a pattern that is found in it.
            status: that it has, or gets.
            direction: Default: any outbound one.
            timeout: real seconds. Default 5.

        Returns:
            The first such message, as it was at that moment.

        Raises:
            TimeoutError: there was none in that time; it tells what was there instead.
        """
        expected = Expected(to=to, from_=from_, body=body, status=status, direction=direction)
        return await self._hosted(self._awaited(expected, timeout))

    def sent(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        body: Body | None = None,
        status: Status | None = None,
        messaging_service_sid: str | None = None,
    ) -> list[Message]:
        """The outbound messages that are like this, the oldest first.

        Args:
            to: recipient, exactly.
            from_: sender, exactly.
            body: the whole text, or a pattern that is found in it.
            status: as it is now.
            messaging_service_sid: the service that it was sent through.
        """
        return Expected(to=to, from_=from_, body=body, status=status, messaging_service_sid=messaging_service_sid).among(
            self.messages
        )

    def assert_sent_once(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        body: Body | None = None,
        status: Status | None = None,
        messaging_service_sid: str | None = None,
    ) -> Message:
        """Check that exactly one message was sent that is like this. Takes what `sent` takes.

        Returns:
            That message.

        Raises:
            AssertionError: there is none, or more than one; it tells what was there instead.
        """
        __tracebackhide__ = True
        expected = Expected(to=to, from_=from_, body=body, status=status, messaging_service_sid=messaging_service_sid)
        messages = self.messages
        found = expected.among(messages)
        if len(found) != 1:
            raise AssertionError(report(expected, "one", messages))
        return found[0]

    def assert_not_sent(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        body: Body | None = None,
        status: Status | None = None,
        messaging_service_sid: str | None = None,
    ) -> None:
        """Check that no message was sent that is like this. Takes what `sent` takes; without any, nothing at all.

        Raises:
            AssertionError: there is one; it tells what was there.
        """
        __tracebackhide__ = True
        expected = Expected(to=to, from_=from_, body=body, status=status, messaging_service_sid=messaging_service_sid)
        messages = self.messages
        if expected.among(messages):
            raise AssertionError(report(expected, "no", messages))

    def assert_refused_requests_changed_nothing(self) -> None:
        """Check Twilio's promise that a request answered with 429 was not processed.

        Raises:
            AssertionError: one was; it tells which.
        """
        __tracebackhide__ = True
        broken = [request for request in self.requests if request.status == 429 and request.processed]
        if broken:
            raise AssertionError(f"answered 429, and processed: {', '.join(str(request) for request in broken)}")

    async def _settled(self) -> None:
        while True:
            due = self._settle()
            await self._post.idle()
            if (due is None or due > self.clock().timestamp()) and self._settle() == due:
                return

    async def _awaited(self, expected: Expected, timeout: float) -> Message:
        with self.events() as events, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                there = expected.among(self.messages)
                if there:
                    return there[0]
                async for event in events:
                    if isinstance(event.record, Message) and not expected.differences(event.record):
                        return event.record
        raise TimeoutError(report(expected, f"within {timeout:g} s a", self.messages))

    def _account_of(self, message_sid: str) -> Account:
        return self._state.account_with_message(message_sid) or self.account
