"""Messages and the feedback on them."""

from __future__ import annotations

from msgspec.structs import replace

from twilio_async.emulator.api.admission import LONGEST_VALIDITY, Draft, admit
from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import rfc2822, window
from twilio_async.emulator.api.operations.media import attach
from twilio_async.emulator.api.paging import PARAMETERS, envelope_2010, turn
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.collection import Window
from twilio_async.emulator.domain.lifecycle import IN_FLIGHT, segments_of
from twilio_async.emulator.domain.prices import CURRENCY
from twilio_async.emulator.domain.records import Feedback, Message, Status

FOLDER = "/2010-04-01/Accounts/{AccountSid}/Messages"
FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")

routes: Routes = Routes()


def message_content(message: Message, *, feedback: bool = True) -> dict[str, object]:
    """A message as the API writes it.

    Args:
        message: the record.
        feedback: whether the link to its feedback is in it, as in all answers but that to the creation.
    """
    uri = f"/2010-04-01/Accounts/{message.account_sid}/Messages/{message.sid}"
    subresources = {"media": f"{uri}/Media.json"}
    if feedback:
        subresources["feedback"] = f"{uri}/Feedback.json"
    return {
        "account_sid": message.account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": rfc2822(message.date_created),
        "date_sent": rfc2822(message.date_sent),
        "date_updated": rfc2822(message.date_updated),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "from": message.from_,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(message.num_media),
        "num_segments": str(message.num_segments),
        "price": None if message.price is None else str(message.price),
        "price_unit": message.price_unit,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": subresources,
        "to": message.to,
        "uri": f"{uri}.json",
    }


@routes.post(
    "CreateMessage",
    f"{FOLDER}.json",
    *("To", "From", "MessagingServiceSid", "FallbackFrom"),
    *("Body", "MediaUrl", "ContentSid", "ContentVariables", "PersistentAction"),
    *("ScheduleType", "SendAt", "ValidityPeriod", "StatusCallback", "ApplicationSid"),
    *("SendAsMms", "SmartEncoded", "ShortenUrls", "MaxPrice", "Attempt", "ProvideFeedback", "ForceDelivery"),
    *("ContentRetention", "AddressRetention", "TrafficType", "RiskCheck", "MessageIntent"),
)
def create_message(call: Call) -> Answer:
    """Accept a message, in the first status of its way."""
    draft = admit(call)
    message = first_version(call, draft)
    call.state.enter(call.account, message)
    attach(call.state, call.account, message, draft.media_urls)
    return Answer(201, message_content(message, feedback=False))


def first_version(call: Call, draft: Draft) -> Message:
    """The message that a create makes, as it is answered."""
    pooled = draft.sender is None
    sms = draft.to.kind == "number" and not draft.as_mms
    return Message(
        sid=f"{'MM' if draft.as_mms else 'SM'}{call.unique}",
        account_sid=call.account.sid,
        to=draft.to.text,
        from_=draft.sender,
        body=draft.body,
        status=_first_status(draft),
        date_created=call.today,
        date_updated=call.today,
        messaging_service_sid=draft.service.sid if draft.service else None,
        num_segments=0 if pooled else segments_of(draft.body, sms=sms, smart=draft.smart_encoded is True),
        num_media=len(draft.media_urls),
        price_unit=_first_unit(call, draft),
        smart_encoded=draft.smart_encoded,
        send_at=draft.send_at,
        status_callback=draft.status_callback or (draft.service.status_callback if draft.service else None),
        validity_period=draft.validity_period or (draft.service.validity_period if draft.service else LONGEST_VALIDITY),
    )


def _first_status(draft: Draft) -> Status:
    if draft.send_at is not None:
        return "scheduled"
    return "accepted" if draft.sender is None else "queued"


def _first_unit(call: Call, draft: Draft) -> str | None:
    if draft.service is not None:
        return call.state.switches.service_price_unit
    return CURRENCY if draft.to.kind == "number" else None


@routes.get("ListMessage", f"{FOLDER}.json", *FILTERS, *PARAMETERS)
def list_messages(call: Call) -> Answer:
    """The newest first: by the date sent, or created as long as a message is not."""
    messages = call.account.messages
    asked = turn(call, messages)
    found = messages.search(
        asked.size,
        _when(call),
        to=call.text("To") or None,
        from_=call.text("From") or None,
        after=asked.after,
        before=asked.before,
    )
    return envelope_2010(call, "messages", FILTERS, asked, found, message_content)


def _when(call: Call) -> Window:
    on, until, since = (call.text(name) for name in ("DateSent", "DateSent<", "DateSent>"))
    when = window(on, until, since)
    if when is None:
        raise errors.INVALID_PARAMETER.error(name="DateSent")
    if on is None or call.state.switches.date_equality == "day" or len(on.strip()) == len("2019-07-06"):
        return when
    # The second lies within the day, so that only the other filters' bounds can be narrower than its own.
    second = window(None, on, on) or when
    return Window(max(_given(when.since, second.since)), min(_given(when.until, second.until)))


def _given(*bounds: int | None) -> list[int]:
    return [bound for bound in bounds if bound is not None]


@routes.get("FetchMessage", f"{FOLDER}/{{Sid}}.json")
def fetch_message(call: Call) -> Answer:
    """One message as it is now."""
    return Answer(content=message_content(call.message("Sid")))


@routes.post("UpdateMessage", f"{FOLDER}/{{Sid}}.json", "Body", "Status")
def update_message(call: Call) -> Answer:
    """Redact a message that is done, or cancel one that is only scheduled."""
    message = call.message("Sid")
    body, status = call.text("Body"), call.choice("Status", {"canceled"})
    if body:
        raise errors.INVALID_PARAMETER.error(name="Body")
    if status is not None:
        message = _cancel(call, message)
    if body is not None:
        _check_completed(message)
        message = replace(message, body="", date_updated=call.today)
        call.state.edit(call.account, message)
    return Answer(call.state.switches.update_status, message_content(message))


def _cancel(call: Call, message: Message) -> Message:
    if message.status != "scheduled":
        late = errors.NOT_CANCELABLE.error()
        raise errors.ApiError(call.state.switches.uncancelable_status, late.code, late.message)
    return call.state.lifecycle.move(call.account, message.sid, "canceled", call.now)


@routes.delete("DeleteMessage", f"{FOLDER}/{{Sid}}.json")
def delete_message(call: Call) -> Answer:
    """Delete a message that is done, with its media."""
    message = call.message("Sid")
    _check_completed(message)
    call.state.remove(call.account, message)
    return Answer(204)


@routes.post("CreateMessageFeedback", f"{FOLDER}/{{MessageSid}}/Feedback.json", "Outcome")
def create_feedback(call: Call) -> Answer:
    """Note whether the recipient did what he was asked for."""
    message = call.message("MessageSid")
    outcome = call.choice("Outcome", {"confirmed", "unconfirmed"}) or "confirmed"
    earlier = call.account.feedback.get(message.sid)
    feedback = Feedback(
        account_sid=message.account_sid,
        message_sid=message.sid,
        outcome=outcome,
        date_created=earlier.date_created if earlier else call.today,
        date_updated=call.today,
    )
    call.account.feedback[message.sid] = feedback
    return Answer(call.state.switches.feedback_status, _feedback_content(call, feedback))


def _feedback_content(call: Call, feedback: Feedback) -> dict[str, object]:
    return {
        "account_sid": feedback.account_sid,
        "date_created": rfc2822(feedback.date_created),
        "date_updated": rfc2822(feedback.date_updated),
        "message_sid": feedback.message_sid,
        "outcome": feedback.outcome,
        "uri": call.path,
    }


def _check_completed(message: Message) -> None:
    if message.status in IN_FLIGHT:
        raise errors.NOT_COMPLETED.error()
