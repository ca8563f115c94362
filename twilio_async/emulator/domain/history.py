"""Messages that were never sent: the past that a test begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.lifecycle import IN_FLIGHT, PRICE_OF_SEGMENT, segments_of
from twilio_async.emulator.domain.prices import CURRENCY
from twilio_async.emulator.domain.records import Direction, Message, Status

SOMEBODY = "+15558675310"
"""Who texts, and who is texted, where a test names nobody."""


def past_message(
    account_sid: str,
    unique: str,
    at: datetime,
    *,
    to: str,
    from_: str | None,
    body: str,
    status: Status,
    direction: Direction,
    messaging_service_sid: str | None = None,
    error_code: int | None = None,
    status_callback: str | None = None,
) -> Message:
    """A finished message, or one that stays in flight.

    Args:
        account_sid: whose it is.
        unique: the digits of its sid.
        at: when it was created, and sent if its status says that it was; an aware datetime.
        to: recipient.
        from_: sender.
        body: text.
        status: it stays in it.
        direction: ``inbound`` or one of the outbound ones.
        messaging_service_sid: the service that it was sent through.
        error_code: why it failed.
        status_callback: where the next steps of one in flight are told of.
    """
    when = at.astimezone(UTC).replace(microsecond=0)
    sent = status not in IN_FLIGHT and status != "canceled"
    segments = segments_of(body, sms=True, smart=False)
    return Message(
        sid=f"SM{unique}",
        account_sid=account_sid,
        to=to,
        from_=from_,
        body=body,
        status=status,
        date_created=when,
        date_updated=when,
        date_sent=when if sent else None,
        direction=direction,
        messaging_service_sid=messaging_service_sid,
        num_segments=segments,
        price=PRICE_OF_SEGMENT * segments if sent else None,
        price_unit=CURRENCY,
        error_code=error_code,
        status_callback=status_callback,
    )


def write_message(
    account: Account,
    unique: str,
    at: datetime,
    *,
    to: str,
    from_: str | None,
    body: str,
    status: Status,
    direction: Direction,
    messaging_service_sid: str | None = None,
    error_code: int | None = None,
    status_callback: str | None = None,
) -> Message:
    """Put a `past_message`, which takes the same, among those of an account."""
    message = past_message(
        account.sid,
        unique,
        at,
        to=to,
        from_=from_,
        body=body,
        status=status,
        direction=direction,
        messaging_service_sid=messaging_service_sid,
        error_code=error_code,
        status_callback=status_callback,
    )
    account.messages.add(message, message.date_created)
    return message


def write_history(
    account: Account,
    unique: Callable[[], str],
    count: int,
    *,
    since: datetime,
    until: datetime,
    to: Sequence[str],
    from_: Sequence[str],
    body: str,
    status: Status,
    direction: Direction,
) -> list[Message]:
    """Put many messages among those of an account, spread evenly over a time.

    Args:
        account: whose they are.
        unique: makes the digits of each sid.
        count: how many.
        since: when the oldest was sent.
        until: when one more would have been sent.
        to: recipients, taken in turn.
        from_: senders, taken in turn.
        body: text; ``{index}`` in it counts from 0, the oldest.
        status: of all.
        direction: of all.

    Returns:
        The messages, oldest first.
    """
    step = (until - since) / max(count, 1)
    return [
        write_message(
            account,
            unique(),
            since + step * index,
            to=to[index % len(to)],
            from_=from_[index % len(from_)],
            body=body.replace("{index}", str(index)),
            status=status,
            direction=direction,
        )
        for index in range(count)
    ]
