"""`twilio_async.webhooks.events`: fields as Twilio sends them become attributes, and nothing of them is lost."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.webhooks import (
    InboundMessage,
    IncomingMedia,
    Location,
    MalformedBody,
    Referral,
    StatusCallback,
    UnknownEvent,
    Verified,
)
from twilio_async.webhooks.events import Event, read_event

SID, ACCOUNT = "SM" + "1" * 32, "AC" + "2" * 32
SMS = {
    "ToCountry": "US", "ToState": "CA", "SmsMessageSid": SID, "NumMedia": "0", "ToCity": "", "FromZip": "94105", "SmsSid": SID,
    "FromState": "CA", "SmsStatus": "received", "FromCity": "SAN FRANCISCO", "Body": "Hello", "FromCountry": "US",
    "To": "+15017122661", "ToZip": "", "NumSegments": "1", "ReferralNumMedia": "0", "MessageSid": SID, "AccountSid": ACCOUNT,
    "From": "+15558675310", "ApiVersion": "2010-04-01",
}  # fmt: skip
CALLBACK = {
    "ApiVersion": "2010-04-01", "MessageStatus": "delivered", "RawDlrDoneDate": "2511232104", "SmsSid": SID,
    "SmsStatus": "delivered", "To": "+15558675310", "From": "+15017122661", "MessageSid": SID, "AccountSid": ACCOUNT,
}  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def read(fields: dict[str, str] | list[tuple[str, str]], **others: Any) -> Event:
    """What fields that were verified say."""
    pairs = tuple(fields.items() if isinstance(fields, dict) else fields)
    about = {"method": "POST", "url": "", "query": (), "body": b"", "content_type": "x", "idempotency_token": None}
    return read_event(Verified(fields=pairs, **{**about, **others}))


def inbound(**fields: str) -> InboundMessage:
    """A message that came in, with fields beside those of every text message."""
    event = read(SMS | fields)
    assert isinstance(event, InboundMessage)
    return event


def callback(**fields: str) -> StatusCallback:
    """A status callback, with fields beside the usual ones."""
    event = read(CALLBACK | fields)
    assert isinstance(event, StatusCallback)
    return event


# --- messages ------------------------------------------------------------------------------------------------------------


def test_a_text_message_is_typed_and_nothing_is_left_over() -> None:
    """All twenty recorded fields have their place; what Twilio sends empty is not there."""
    event = inbound()

    assert (event.message_sid, event.account_sid, event.from_, event.to) == (SID, ACCOUNT, "+15558675310", "+15017122661")
    assert (event.body, event.num_media, event.num_segments, event.media) == ("Hello", 0, 1, ())
    assert (event.from_city, event.from_state, event.from_zip, event.from_country) == ("SAN FRANCISCO", "CA", "94105", "US")
    assert (event.to_city, event.to_state, event.to_zip, event.to_country) == (None, "CA", None, "US")
    assert (event.api_version, event.referral, event.location, event.extra) == ("2010-04-01", None, None, {})


def test_media_are_in_their_order() -> None:
    """Twilio numbers them; what has no number before it stays where it is."""
    files = {f"MediaUrl{place}": f"https://api.twilio.com/{place}" for place in (1, 0, 10, 2)}
    files["MediaUrl0"] = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
    event = inbound(NumMedia="3", **files, MediaContentType0="image/png", MediaContentType1="", MediaContentType10="x")

    assert event.media == (
        IncomingMedia(files["MediaUrl0"], "image/png"),
        IncomingMedia("https://api.twilio.com/1"),
        IncomingMedia("https://api.twilio.com/2"),
    )
    assert event.num_media == 3
    assert [media.sid for media in event.media] == ["ME1", None, None]
    assert event.extra == {"MediaUrl10": "https://api.twilio.com/10", "MediaContentType10": "x"}


def test_a_whatsapp_reply_is_typed() -> None:
    """Buttons, lists, quotes, and whoever wrote."""
    event = inbound(
        ProfileName="Ada", WaId="15558675310", MessageType="interactive", ButtonText="Yes", ButtonPayload="yes-1",
        ButtonType="REPLY", ListId="row-1", ListTitle="Row", Forwarded="false", FrequentlyForwarded="true",
        InteractiveData="{}", FlowData="[]",
        OriginalRepliedMessageSid="SM3", OriginalRepliedMessageSender="whatsapp:+15017122661", ChannelMetadata="{}",
        ExternalUserId="whatsapp:ID.1", MessagingServiceSid="MG1", OptOutType="STOP", AddOns="{}",
    )  # fmt: skip

    assert (event.profile_name, event.wa_id, event.message_type) == ("Ada", "15558675310", "interactive")
    assert (event.button_text, event.button_payload, event.button_type) == ("Yes", "yes-1", "REPLY")
    assert (event.list_id, event.list_title, event.interactive_data, event.flow_data) == ("row-1", "Row", "{}", "[]")
    assert (event.forwarded, event.frequently_forwarded) == (False, True)
    assert (event.original_replied_message_sid, event.original_replied_message_sender) == ("SM3", "whatsapp:+15017122661")
    assert (event.messaging_service_sid, event.opt_out_type, event.external_user_id) == ("MG1", "STOP", "whatsapp:ID.1")
    assert (event.channel_metadata, event.add_ons, event.extra) == ("{}", "{}", {})


def test_a_location_needs_both_coordinates() -> None:
    """Otherwise its parts stay by their names."""
    place = inbound(Latitude="37.7749", Longitude="-122.4194", Address="375 Beale St", Label="Office")
    nowhere = inbound(Latitude="north", Longitude="-122.4194", Address="375 Beale St")

    assert place.location == Location(latitude=37.7749, longitude=-122.4194, address="375 Beale St", label="Office")
    assert place.extra == {}
    assert nowhere.location is None
    assert nowhere.extra == {"Latitude": "north", "Longitude": "-122.4194", "Address": "375 Beale St"}


def test_a_referral_says_which_advertisement_was_clicked() -> None:
    """Every text message says that it has no media of one, which is none."""
    event = inbound(
        ReferralBody="20% off", ReferralHeadline="Sale", ReferralSourceId="1", ReferralSourceType="ad",
        ReferralSourceUrl="https://fb.me/x", ReferralMediaId="2", ReferralMediaContentType="image/jpeg",
        ReferralMediaUrl="https://x", ReferralNumMedia="1", ReferralCtwaClid="c",
    )  # fmt: skip

    assert event.referral == Referral(
        body="20% off", headline="Sale", source_id="1", source_type="ad", source_url="https://fb.me/x", media_id="2",
        media_content_type="image/jpeg", media_url="https://x", num_media=1, ctwa_clid="c",
    )  # fmt: skip
    assert event.extra == {}
    assert inbound(ReferralNumMedia="2").referral == Referral(num_media=2)


def test_a_fallback_url_is_told_why_it_is_asked() -> None:
    """The fields of the event, and two more."""
    event = inbound(ErrorCode="11200", ErrorUrl="https://example.com/sms")

    assert (event.error_code, event.error_url) == (11200, "https://example.com/sms")


# --- callbacks -----------------------------------------------------------------------------------------------------------


def test_a_status_callback_is_typed_and_nothing_is_left_over() -> None:
    """With the parameters of its URL, by which an application knows its own."""
    event = read(CALLBACK, query=(("ref", "41"), ("ref", "42")), idempotency_token="t1")

    assert isinstance(event, StatusCallback)
    assert (event.message_sid, event.account_sid, event.status) == (SID, ACCOUNT, "delivered")
    assert (event.to, event.from_, event.raw_dlr_done_date) == ("+15558675310", "+15017122661", "2511232104")
    assert (event.error_code, event.query, event.idempotency_token, event.extra) == (None, {"ref": "42"}, "t1", {})
    assert event.is_final
    assert repr(event) == f"<StatusCallback {SID} delivered>"


def test_a_failure_in_a_channel_is_typed() -> None:
    """What WhatsApp and its like tell beside the status."""
    event = callback(
        MessageStatus="failed", SmsStatus="failed", ErrorCode="63016", ErrorMessage="no", EventType="FAILED",
        ChannelPrefix="whatsapp", ChannelInstallSid="XE1", ChannelToAddress="+1555867XXXX", ChannelStatusCode="470",
        ChannelStatusMessage="outside", MessagingServiceSid="MG1",
    )  # fmt: skip

    assert (event.status, event.error_code, event.error_message, event.event_type) == ("failed", 63016, "no", "FAILED")
    assert (event.channel_prefix, event.channel_install_sid, event.channel_to_address) == ("whatsapp", "XE1", "+1555867XXXX")
    assert (event.channel_status_code, event.channel_status_message) == ("470", "outside")
    assert (event.messaging_service_sid, event.extra) == ("MG1", {})
    assert repr(event) == f"<StatusCallback {SID} failed 63016>"


def test_a_callback_supersedes_what_is_older() -> None:
    """A callback, a stored status, or nothing."""
    delivered, sent = callback(), callback(MessageStatus="sent", SmsStatus="sent")

    assert delivered.supersedes(sent)
    assert delivered.supersedes("sent")
    assert delivered.supersedes(None)
    assert not sent.supersedes(delivered)
    assert not sent.is_final
    assert delivered.rank > sent.rank
    with pytest.raises(ValueError, match="another message"):
        delivered.supersedes(callback(MessageSid="SM9"))


# --- which event it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (SMS, InboundMessage),
        ({name: value for name, value in SMS.items() if name not in {"MessageSid", "SmsMessageSid"}}, InboundMessage),
        ({name: value for name, value in SMS.items() if name != "SmsStatus"}, InboundMessage),
        (SMS | {"SmsStatus": "receiving"}, InboundMessage),
        (CALLBACK, StatusCallback),
        ({"SmsSid": SID, "SmsStatus": "sent", "AccountSid": ACCOUNT}, StatusCallback),
        (CALLBACK | {"MessageStatus": "a new one"}, StatusCallback),
        ({name: value for name, value in SMS.items() if name != "From"}, UnknownEvent),
        (SMS | {"AccountSid": ""}, UnknownEvent),
        ({"CallSid": "CA1", "AccountSid": ACCOUNT, "From": "+1", "To": "+2", "CallStatus": "ringing"}, UnknownEvent),
        ({"EventType": "onMessageAdded", "MessageSid": "IM1", "AccountSid": ACCOUNT}, UnknownEvent),
        ({}, UnknownEvent),
    ],
)
def test_an_event_is_known_by_its_fields(fields: dict[str, str], kind: type[Event]) -> None:
    """What is none of the two is unknown, with all that it said, and never an error."""
    event = read(fields)

    assert type(event) is kind
    if isinstance(event, UnknownEvent):
        assert event.extra == fields


def test_an_unknown_event_gives_its_json() -> None:
    """Or says that it is none."""
    assert read({}, body=b'[{"type": "x"}]').json() == [{"type": "x"}]  # type: ignore[union-attr]
    for body in (b"", b"{", b"\xff", b"[" * 100_000, b"NaN"):
        event = read({}, body=body)
        assert isinstance(event, UnknownEvent)
        with pytest.raises(MalformedBody):
            event.json()


# --- what may come -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NumMedia", "many"), ("NumSegments", "1.5"), ("NumSegments", "-1"), ("NumSegments", "٣"), ("NumMedia", "9" * 5_000),
        ("ErrorCode", "E11"), ("Forwarded", "maybe"), ("ReferralNumMedia", "x"), ("Latitude", "nan"), ("SmsSid", "SM9"),
        ("SmsStatus", "other"), ("New", "1"),
    ],
)  # fmt: skip
def test_what_has_no_place_is_kept_by_its_name(name: str, value: str) -> None:
    """A value of another type than its attribute's, a field of times to come, an old name that says something else."""
    event = callback(SmsStatus="other") if name == "SmsStatus" else inbound(**{name: value})

    assert event.extra == {name: value}


@given(
    st.dictionaries(
        st.sampled_from([*SMS, *CALLBACK, "MediaUrl0", "MediaUrl1", "Latitude", "Longitude", "Label", "Forwarded"]) | TEXT, TEXT
    )
)
def test_any_fields_make_an_event_and_no_value_is_lost(fields: dict[str, str]) -> None:
    """Whatever Twilio will send: no error, and each value is an attribute, or is in ``extra``."""
    for base in ({}, SMS, CALLBACK):
        event = read(base | fields)
        shown = _texts(msgspec.to_builtins(event)) | {"received", "0"}  # what an InboundMessage is, and no referral has
        for value in (base | fields).values():
            assert value in shown or not value or _as_typed(value) & shown


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {text for inner in value.values() for text in _texts(inner)}
    if isinstance(value, tuple | list):
        return {text for inner in value for text in _texts(inner)}
    return {str(value)}


def _as_typed(value: str) -> set[str]:
    found = {value.title()}
    for number in (int, float):
        try:
            found.add(str(number(value)))
        except (ValueError, OverflowError):
            continue
    return found


def test_of_a_repeated_field_the_last_value_counts() -> None:
    """A GET carries the application's own parameters first, and Twilio's behind them."""
    event = read([("Body", "mine"), *SMS.items()])

    assert isinstance(event, InboundMessage)
    assert event.body == "Hello"


def test_no_event_shows_a_text_or_a_number_of_a_person() -> None:
    """They end in logs."""
    message = inbound(Body="my PIN", Latitude="1.25", Longitude="2.5", Label="home", MediaUrl0="https://private")
    events = [message, message.media, message.location, callback(), read({"From": "+15558675310"}, body=b"my PIN")]
    shown = repr(events)

    assert not [secret for secret in ("PIN", "8675310", "home", "1.25", "private", "7122661") if secret in shown]
    assert f"<InboundMessage {SID} media=1>" in shown
    assert "<UnknownEvent x fields=1>" in shown


@pytest.mark.parametrize("event", [inbound(MediaUrl0="https://x"), callback()], ids=["message", "callback"])
def test_an_event_can_be_dumped_and_read_again(event: InboundMessage | StatusCallback) -> None:
    """For a queue between the web server and a worker."""
    assert msgspec.json.decode(msgspec.json.encode(event), type=type(event)) == event
    assert b'"from":"' in msgspec.json.encode(event)
