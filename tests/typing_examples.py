"""What type checkers must see. Checked by mypy and pyright in CI, never run: the negative examples are the point."""

# mypy: warn-unused-ignores
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, assert_type

from twilio_async import (
    APIError,
    Approval,
    AsyncSession,
    CarrierPrices,
    ContentTypes,
    Feedback,
    MediaItem,
    Message,
    Outcome,
    Page,
    PhoneNumber,
    RateLimit,
    Response,
    Retry,
    Segments,
    SendResult,
    Service,
    Template,
    TwilioText,
    segments,
)


async def operations(twilio: AsyncSession, when: dt.datetime) -> None:
    """Each operation returns its own type, whatever options it is given."""
    assert_type(await twilio.messages.create(to="+1", from_="+1", body="hi"), Message)
    assert_type(await twilio.messages.create(to="+1", from_="+1", body="hi", timeout=5, retry=Retry.never()), Message)
    assert_type(await twilio.messages.create(to="+1", messaging_service_sid="MG", send_at=when, extra={"Tags": "x"}), Message)
    assert_type(await twilio.messages.create(to="+1", from_="+1", media_url=["https://a", "https://b"]), Message)
    assert_type(await twilio.messages.fetch("SM"), Message)
    assert_type(await twilio.messages.cancel("SM"), Message)
    assert_type(await twilio.messages.wait("SM", timeout=1), Message)
    assert_type(await twilio.messages.feedback("SM", outcome="confirmed"), Feedback)
    await twilio.messages.delete("SM")
    assert_type(await twilio.services.create(friendly_name="Parcels"), Service)
    assert_type(await twilio.services.update("MG", sticky_sender=False), Service)
    assert_type(await twilio.phone_numbers.add("MG", phone_number_sid="PN"), PhoneNumber)
    assert_type(await twilio.media.fetch("MM", "ME"), MediaItem)
    assert_type(await twilio.content.create(language="en", types=ContentTypes(text=TwilioText(body="Hi"))), Template)
    assert_type(await twilio.content.update("HX", types={"twilio/text": {"body": "Hi"}}, variables={"1": "you"}), Template)
    assert_type(await twilio.content.wait_for_approval("HX"), Approval)
    assert_type(await twilio.content.search(language=["en", "de"], date_created_after=when), Page[Template])
    assert_type((await twilio.messaging_prices.fetch("US")).outbound_sms_prices, tuple[CarrierPrices, ...] | None)


async def lists(twilio: AsyncSession, day: dt.date) -> None:
    """A list is read by item, by page, or as its first page."""
    async for message in twilio.messages.list(to="+1", date_sent_after=day, limit=10):
        assert_type(message, Message)
    async for page in twilio.messages.list().pages():
        assert_type(page, Page[Message])
        assert_type(page[0], Message)
        assert_type(page.token, str | None)
    assert_type(await twilio.phone_numbers.list("MG"), Page[PhoneNumber])
    assert_type(await twilio.services.list().to_list(), list[Service])
    async for message in twilio.messages.history(day, day):
        assert_type(message, Message)


async def values(message: Message) -> None:
    """Numbers are numbers, times are times, and what may be missing says so."""
    assert_type(message.num_segments, int | None)
    assert_type(message.price, Decimal | None)
    assert_type(message.date_sent, dt.datetime | None)
    assert_type(message.from_, str | None)
    assert_type(message.sid, str)
    assert_type(message.is_final, bool)


async def bulk(twilio: AsyncSession, rows: list[Mapping[str, Any]]) -> None:
    """A result holds its row, its outcome, and either a message or an error."""
    async for result in twilio.messages.send_many(rows, rate=RateLimit(10), per_sender_rate={"+1": 1}, stop_on={20003}):
        assert_type(result, SendResult)
        assert_type(result.outcome, Outcome)
        assert_type(result.message, Message | None)


async def answers(twilio: AsyncSession) -> None:
    """A call made through `response` keeps its arguments' types and its result's."""
    response = await twilio.response(twilio.messages.fetch, "SM")
    assert_type(response, Response[Message])
    assert_type(response.data, Message)
    assert_type(response.request_id, str | None)
    assert_type(await twilio.response(twilio.messages.list().first_page), Response[Page[Message]])
    assert_type(await twilio.request("GET", "/v1/Services", product="messaging", kind=Service), Service)


def texts(error: APIError) -> None:
    """What is counted and what went wrong."""
    assert_type(segments("hi"), Segments)
    assert_type(error.code, int | None)
    assert_type(error.retry_after, float | None)


async def mistakes(twilio: AsyncSession) -> None:
    """What a checker must refuse."""
    await twilio.messages.create(from_="+1", body="hi")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await twilio.messages.create(to="+1", from_="+1", bodyy="hi")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await twilio.messages.create(to=15558675310, from_="+1", body="hi")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await twilio.messages.create("+1", from_="+1", body="hi")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await twilio.messages.fetch()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    twilio.messages.list(page_sise=5)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await twilio.response(twilio.messages.fetch, 5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
