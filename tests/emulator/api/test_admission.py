"""Which messages are refused, with which of Twilio's errors, and in which order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import httpx
import pytest
from msgspec.structs import replace

from tests.emulator.conftest import Connect
from twilio_async.emulator import Clock, Emulator, Switches
from twilio_async.emulator.api.admission import is_web_url
from twilio_async.emulator.domain.state import NUMBERS, RCS, WHATSAPP

ANN, BRITON = "+15558675310", "+447700900199"
SHOP, BRITISH, SHORT = NUMBERS[0].number, NUMBERS[3].number, NUMBERS[4].number
NOBODY = "MG" + "0" * 32
PICTURES = ["http://x.example/a.png"] * 11

Form: TypeAlias = dict[str, str | list[str]]


async def refused(api: httpx.AsyncClient, emulator: Emulator, form: Form) -> tuple[int, int, str]:
    """Status, code and message of an error; nothing was created."""
    before = len(emulator.messages)
    answer = await api.post(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", data=form)
    assert len(emulator.messages) == before, answer.text
    said = answer.json()
    return answer.status_code, said["code"], said["message"]


async def service(api: httpx.AsyncClient, *senders: tuple[str, str]) -> str:
    """Make a Messaging Service with these senders, each a folder and a sid or an id."""
    names = {"PhoneNumbers": "PhoneNumberSid", "ShortCodes": "ShortCodeSid", "AlphaSenders": "AlphaSender"}
    sid: str = (await api.post("/v1/Services", data={"FriendlyName": "Shop"})).json()["sid"]
    for folder, sender in senders:
        added = await api.post(f"/v1/Services/{sid}/{folder}", data={names[folder]: sender})
        assert added.status_code == 201
    return sid


@pytest.mark.parametrize(
    ("form", "code", "message"),
    [
        ({}, 21604, "A 'To' phone number is required."),
        ({"To": ""}, 21604, "A 'To' phone number is required."),
        ({"To": ANN}, 21603, "A 'From' phone number is required."),
        ({"To": ANN, "From": SHOP}, 21602, "Message body is required."),
        ({"To": ANN, "From": NOBODY}, 21619, "A text message body or media urls must be specified."),
        ({"To": ANN, "From": SHOP, "ContentVariables": "{}"}, 21654, "ContentSid Required"),
        ({"To": ANN, "From": SHOP, "ContentSid": "HX"}, 21655, "The ContentSid is Invalid"),
        ({"To": ANN, "From": SHOP, "ContentSid": "HX" + "e" * 32, "ContentVariables": '{"1": 2}'}, 21656, None),
        ({"To": ANN, "From": SHOP, "ContentSid": "HX" + "e" * 32, "ContentVariables": "1"}, 21656, None),
        ({"To": ANN, "From": SHOP, "ContentSid": "HX" + "e" * 32, "ContentVariables": '{"1": ""}'}, 21656, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "ContentVariables": "{}"}, 35127, None),
        ({"To": ANN, "From": SHOP, "Body": "x" * 1601}, 21617, None),
        ({"To": ANN, "From": SHOP, "MediaUrl": PICTURES}, 21623, "Number of media files exceeds allowed limit"),
        ({"To": ANN, "From": SHOP, "MediaUrl": "picture.png"}, 21620, "Invalid media URL(s)"),
        (
            {"To": ANN, "From": SHOP, "Body": "x", "StatusCallback": "/back"},
            21609,
            "The 'StatusCallback' URL /back is not a valid URL.",
        ),
        ({"To": ANN, "From": SHOP, "Body": "x", "ValidityPeriod": "0"}, 21624, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "ValidityPeriod": "36001"}, 21624, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "ValidityPeriod": "long"}, 21624, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "MaxPrice": "cheap"}, 21627, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "MaxPrice": "inf"}, 21627, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "ContentRetention": "keep"}, 30029, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "AddressRetention": "keep"}, 30030, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "ForceDelivery": "True"}, 20001, "Invalid parameter ForceDelivery"),
        ({"To": ANN, "From": SHOP, "Body": "x", "Attempt": "first"}, 20001, "Invalid parameter Attempt"),
        ({"To": ANN, "From": SHOP, "Body": "x", "RiskCheck": "maybe"}, 20001, "Invalid parameter RiskCheck"),
        ({"To": ANN, "From": SHOP, "Body": "x", "ScheduleType": "later"}, 20001, None),
        ({"To": ANN, "From": SHOP, "Body": "x", "ScheduleType": "fixed"}, 35118, None),
        ({"To": "F1234", "From": SHOP, "Body": "x"}, 21211, "Invalid 'To' Phone Number: FXXXX"),
        ({"To": "+15005550", "From": SHOP, "Body": "x"}, 21211, "Invalid 'To' Phone Number: +1500XXXX"),
        ({"To": "12345", "From": SHOP, "Body": "x"}, 21265, "'To' number cannot be a Short Code: 1XXXX"),
        ({"To": ANN, "From": "+1", "Body": "x"}, 21212, None),
        ({"To": SHOP, "From": SHOP, "Body": "x"}, 21266, "'To' and 'From' number cannot be the same: +1501712XXXX"),
        ({"To": f"whatsapp:{ANN}", "From": SHOP, "Body": "x"}, 21910, None),
        ({"To": f"whatsapp:{ANN}", "From": f"whatsapp:{SHOP}", "Body": "x"}, 63007, None),
        ({"To": ANN, "From": "Acme", "Body": "x"}, 21612, None),
        ({"To": ANN, "From": BRITON, "Body": "x"}, 21606, None),
        ({"To": ANN, "From": "70708", "Body": "x"}, 21659, None),
        ({"To": ANN, "From": BRITISH, "MediaUrl": PICTURES[0]}, 21621, None),
        ({"To": ANN, "MessagingServiceSid": "MG0", "Body": "x"}, 21705, None),
        ({"To": ANN, "MessagingServiceSid": NOBODY, "Body": "x"}, 21701, "The Messaging Service does not exist"),
    ],
)
async def test_a_wrong_message_is_refused_with_twilios_code(
    emulator: Emulator, api: httpx.AsyncClient, form: Form, code: int, message: str | None
) -> None:
    """Each mistake has its number; the status is 400; and where the words are known they are Twilio's."""
    status, answered, said = await refused(api, emulator, form)
    assert (status, answered) == (400, code)
    assert message in {None, said}


async def test_the_first_mistake_in_twilios_order_is_told(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Each mistake hides those that are looked for later."""
    form: Form = {"From": "+1", "To": "junk", "Body": "x" * 1601, "StatusCallback": "x", "MaxPrice": "x"}
    codes = []
    for corrections in ({}, {"Body": "x"}, {"StatusCallback": ""}, {"MaxPrice": ""}, {"To": ANN}, {"From": SHOP}):
        form |= corrections
        if corrections != {"From": SHOP}:
            codes.append((await refused(api, emulator, form))[1])
    assert codes == [21617, 21609, 21627, 21211, 21212]
    answer = await api.post(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", data=form)
    assert answer.status_code == 201


async def test_a_json_body_has_no_parameters(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """The API reads forms; from JSON it gets not even a recipient."""
    answer = await api.post(messages_url, content=json.dumps({"To": ANN}), headers={"Content-Type": "application/json"})
    assert answer.json()["code"] == 21604
    assert not emulator.messages


async def test_a_number_that_cannot_text_is_refused(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """A number may be owned for its voice alone."""
    silent = replace(NUMBERS[0], sid="PN" + "9" * 32, number="+12025550199", capabilities=("Voice",))
    emulator.account.numbers[silent.sid] = silent
    assert (await refused(api, emulator, {"To": ANN, "From": silent.number, "Body": "x"}))[1] == 21661


async def test_who_opted_out_is_not_texted(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """By that sender, until he opts in again; a service is one sender."""
    form: Form = {"To": ANN, "From": SHOP, "Body": "x"}
    emulator.opt_out(ANN, SHOP)
    assert (await refused(api, emulator, form))[:2] == (400, 21610)
    assert (await api.post(messages_url, data={**form, "From": SHORT})).status_code == 201
    emulator.opt_in(ANN, SHOP)
    assert (await api.post(messages_url, data=form)).status_code == 201
    pool = await service(api, ("PhoneNumbers", emulator.numbers[0].sid))
    emulator.opt_out(ANN, pool)
    assert (await refused(api, emulator, {"To": ANN, "MessagingServiceSid": pool, "Body": "x"}))[1] == 21610


async def test_a_service_without_a_sender_refuses(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """One error for an empty pool, another for one that does not reach the recipient."""
    form: Form = {"To": ANN, "MessagingServiceSid": await service(api), "Body": "x"}
    assert (await refused(api, emulator, form))[1] == 21704
    form["MessagingServiceSid"] = await service(api, ("AlphaSenders", "Acme"))
    assert (await refused(api, emulator, form))[1] == 21703


async def test_a_switch_lets_it_fail_later(connect: Connect) -> None:
    """Twilio documents both: refused at once, or accepted and failed."""
    async with Emulator(switches=Switches(empty_service="fail")) as emulator, connect(emulator) as api:
        form = {"To": ANN, "MessagingServiceSid": await service(api), "Body": "x"}
        answer = await api.post(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", data=form)
        assert answer.json()["status"] == "accepted"
        assert (emulator.messages[0].status, emulator.messages[0].error_code) == ("failed", 21703)


@pytest.mark.parametrize(
    ("send_at", "code"),
    [
        ("", 35111),
        ("tomorrow", 35114),
        ("2024-05-24T12:04:59Z", 35114),
        ("2024-05-24T12:05:00Z", None),
        ("2024-06-28T12:00:00Z", None),
        ("2024-06-28T12:00:01Z", 35114),
    ],
)
async def test_a_schedule_is_five_minutes_to_35_days_ahead(
    connect: Connect, clock: Clock, send_at: str, code: int | None
) -> None:
    """Both bounds belong to it."""
    async with Emulator(clock=clock) as emulator, connect(emulator) as api:
        pool = await service(api, ("PhoneNumbers", emulator.numbers[0].sid))
        form: Form = {"To": ANN, "MessagingServiceSid": pool, "Body": "x", "ScheduleType": "fixed", "SendAt": send_at}
        answer = await api.post(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", data=form)
        if code is None:
            assert answer.json()["status"] == "scheduled"
        else:
            assert answer.json()["code"] == code
        form |= {"To": "messenger:ann", "SendAt": "2024-05-25"}
        assert (await refused(api, emulator, form))[1] == 35126


async def test_a_send_at_alone_schedules_nothing(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Without ScheduleType the message goes at once, as with Twilio."""
    form = {"To": ANN, "From": SHOP, "Body": "x", "SendAt": "2099-01-01T00:00:00Z"}
    assert (await api.post(messages_url, data=form)).json()["status"] == "queued"
    assert emulator.messages[0].send_at is None


async def test_a_template_is_filled_in(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """The body is the template's text, with the placeholders that have values."""
    sid = emulator.add_content("{{name}}, your {{what}} is {{1}}.", variables={"what": "code"}).sid
    form = {"To": ANN, "From": SHOP, "ContentSid": sid, "ContentVariables": '{"1": "42"}'}
    assert (await api.post(messages_url, data=form)).json()["body"] == "{{name}}, your code is 42."
    form = {"To": ANN, "From": SHOP, "ContentSid": emulator.content_sid}
    assert (await api.post(messages_url, data=form)).json()["body"] == "Hello {{1}}"


async def test_the_channel_decides_what_is_shown_of_a_template(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str
) -> None:
    """A text with buttons is another one by SMS."""
    types: dict[str, Any] = {
        "twilio/text": {"body": "Text"},
        "twilio/quick-reply": {"body": "Buttons", "actions": [{"title": "Yes"}]},
    }
    sid = emulator.add_content(types).sid
    for to, sender, body in ((ANN, SHOP, "Text"), (f"whatsapp:{ANN}", WHATSAPP, "Buttons")):
        form = {"To": to, "From": sender, "ContentSid": sid}
        assert (await api.post(messages_url, data=form)).json()["body"] == body


async def test_a_template_with_files_makes_an_mms(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """Its files are the message's, in front of the message's own; a sender without MMS does not send it."""
    sid = emulator.add_content({"twilio/media": {"body": "Cat", "media": ["https://x.example/{{1}}.png"]}}).sid
    form = {"To": ANN, "From": SHOP, "ContentSid": sid, "ContentVariables": '{"1": "cat"}'}
    message = (await api.post(messages_url, data={**form, "MediaUrl": "https://x.example/own.gif"})).json()
    assert (message["sid"][:2], message["body"], message["num_media"]) == ("MM", "Cat", "2")
    assert [media.url for media in emulator.media(message["sid"])] == ["https://x.example/cat.png", "https://x.example/own.gif"]
    refused = (await api.post(messages_url, data={**form, "From": BRITISH})).json()
    assert refused["code"] == 21621


@pytest.mark.parametrize(
    ("types", "code"),
    [
        ({"twilio/text": {"body": "{{1}}" * 1601}}, 21617),
        ({"twilio/media": {"media": ["https://x.example/a.png"] * 11}}, 21623),
        ({"twilio/media": {"media": ["{{1}}"]}}, 21620),
    ],
)
async def test_what_a_template_becomes_has_the_limits_of_any_message(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str, types: dict[str, Any], code: int
) -> None:
    """A body may become too long by what is filled in, and a file have no URL."""
    form = {"To": ANN, "From": SHOP, "ContentSid": emulator.add_content(types).sid, "ContentVariables": '{"1": "x"}'}
    assert (await api.post(messages_url, data=form)).json()["code"] == code


@pytest.mark.parametrize(
    ("form", "ends"),
    [
        ({"To": "(555) 867-5310", "From": "501 712 2661"}, (ANN, SHOP)),
        ({"To": BRITON, "From": "Acme"}, (BRITON, "Acme")),
        ({"To": ANN, "From": SHORT}, (ANN, SHORT)),
        ({"To": f"whatsapp:{ANN}", "From": WHATSAPP}, (f"whatsapp:{ANN}", WHATSAPP)),
    ],
)
async def test_every_kind_of_sender_can_send(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str, form: dict[str, str], ends: tuple[str, str]
) -> None:
    """Numbers in any form, short codes, ids abroad, and channels among themselves."""
    said = (await api.post(messages_url, data={**form, "Body": "x" * 200})).json()
    assert (said["to"], said["from"]) == ends
    assert said["num_segments"] == ("1" if "whatsapp" in ends[0] else "2")
    assert said["price_unit"] == (None if "whatsapp" in ends[0] else "USD")
    assert len(emulator.messages) == 1


async def test_a_service_may_stand_where_its_number_would(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str
) -> None:
    """From takes the sid of a Messaging Service too; a number beside a service is kept."""
    pool = await service(api, ("PhoneNumbers", emulator.numbers[1].sid))
    said = (await api.post(messages_url, data={"To": ANN, "From": pool, "Body": "x"})).json()
    assert (said["status"], said["messaging_service_sid"], said["from"]) == ("accepted", pool, None)
    both = {"To": ANN, "From": emulator.numbers[1].number, "MessagingServiceSid": pool, "Body": "x"}
    said = (await api.post(messages_url, data=both)).json()
    assert (said["status"], said["messaging_service_sid"], said["from"]) == ("queued", pool, both["From"])


@pytest.mark.parametrize(
    ("url", "can"),
    [
        ("http://127.0.0.1:8080/x", True),
        ("https://x.example", True),
        ("https://under_score.example", False),
        ("ftp://x.example", False),
        ("/x", False),
        ("http://[", False),
    ],
)
def test_a_callback_is_an_absolute_web_address(url: str, can: bool) -> None:
    """Loopback among them, since that is where the callbacks of an emulator go."""
    assert is_web_url(url) is can


async def sent(api: httpx.AsyncClient, emulator: Emulator, form: Form) -> int | None:
    """The code that a create is refused with, if it is."""
    answer = await api.post(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", data=form)
    code: int | None = answer.json().get("code")
    return code


async def test_a_number_of_another_account_is_no_sender(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Not even of a subaccount."""
    child = emulator._state.add_account("Branch", parent=emulator.account)
    number = child.add_number("+12025550188").number
    status, code, said = await refused(api, emulator, {"To": ANN, "From": number, "Body": "x"})
    assert (status, code) == (400, 21660)
    assert said == f"Mismatch between the 'From' number {number} and the account {emulator.account_sid}"


async def test_a_number_without_its_area_may_be_several(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Then Twilio does not guess."""
    form: Form = {"To": ANN, "From": "5550142", "Body": "x"}
    assert (await refused(api, emulator, form))[1] == 21659
    emulator.account.add_number("+12025550142")
    assert (await refused(api, emulator, form))[1] == 21616


async def test_a_country_may_be_closed(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """By a list of those that are open, or of those that are not; other channels know no countries."""
    form: Form = {"To": BRITON, "From": SHOP, "Body": "x"}
    emulator.account.blocked_countries.add("GB")
    assert (await refused(api, emulator, form))[:2] == (400, 21408)
    assert await sent(api, emulator, {"To": f"whatsapp:{BRITON}", "From": WHATSAPP, "Body": "x"}) is None
    emulator.account.blocked_countries.clear()
    assert await sent(api, emulator, form) is None
    emulator.account.allowed_countries = {"US"}
    assert (await refused(api, emulator, form))[1] == 21408


async def test_an_account_on_trial_texts_its_friends(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """From a number, and the text says so."""
    emulator.account.trial = True
    form: Form = {"To": BRITON, "From": SHOP, "Body": "Hello"}
    status, code, said = await refused(api, emulator, form)
    assert (status, code) == (400, 21608)
    assert said.startswith("The number +44770090XXXX is unverified. ")
    emulator.account.verified.add(BRITON)
    assert (await refused(api, emulator, form | {"From": "Acme"}))[1] == 21267
    answer = await api.post(messages_url, data=form)
    assert answer.json()["body"] == "Sent from your Twilio trial account - Hello"
    long = await api.post(messages_url, data=form | {"Body": "x" * 130})
    assert long.json()["num_segments"] == "2"
    chat = await api.post(messages_url, data={"To": f"whatsapp:{ANN}", "From": WHATSAPP, "Body": "Hello"})
    assert chat.json()["body"] == "Hello"


async def test_some_recipients_get_no_texts(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Landlines, and those that no carrier reaches."""
    form: Form = {"To": ANN, "From": SHOP, "Body": "x"}
    emulator.account.landlines.add(ANN)
    assert await refused(api, emulator, form) == (400, 21614, "To number: +1555867XXXX, is not a mobile number")
    emulator.account.unreachable.add(ANN)
    assert (await refused(api, emulator, form))[1] == 21612


async def test_whoever_opted_out_is_told_before_his_country(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Each refusal hides those that are looked for later."""
    form: Form = {"To": BRITON, "From": SHOP, "Body": "x"}
    account = emulator.account
    account.stop(BRITON, SHOP)
    account.blocked_countries.add("GB")
    account.trial = True
    account.unreachable.add(BRITON)
    account.landlines.add(BRITON)
    codes = [(await refused(api, emulator, form))[1]]
    undoings: list[Callable[[], None]] = [
        lambda: account.start(BRITON, SHOP),
        account.blocked_countries.clear,
        lambda: account.verified.add(BRITON),
        account.unreachable.clear,
    ]
    for undo in undoings:
        undo()
        codes.append((await refused(api, emulator, form))[1])
    assert codes == [21610, 21408, 21608, 21612, 21614]


async def test_a_full_queue_takes_no_more(connect: Connect, clock: Clock) -> None:
    """Of the sender that is named; the status is that of a limit, the code is not."""
    async with Emulator(clock=clock) as emulator, connect(emulator) as api:
        emulator._state.lifecycle.queues.fill(SHOP, emulator.clock().timestamp())
        assert await refused(api, emulator, {"To": ANN, "From": SHOP, "Body": "x"}) == (429, 21611, "SMS queue is full.")
        assert await sent(api, emulator, {"To": ANN, "From": SHORT, "Body": "x"}) is None


async def test_a_service_may_pause(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """And go on."""
    pool = await service(api, ("PhoneNumbers", emulator.numbers[0].sid))
    form: Form = {"To": ANN, "MessagingServiceSid": pool, "Body": "x"}
    emulator.account.paused_services.add(pool)
    assert (await refused(api, emulator, form))[1] == 21702
    emulator.account.paused_services.clear()
    assert await sent(api, emulator, form) is None


async def test_there_is_an_end_to_scheduling(connect: Connect, clock: Clock) -> None:
    """What is no longer scheduled makes room."""
    async with Emulator(clock=clock) as emulator, connect(emulator) as api:
        emulator.account.scheduled_limit = 1
        pool = await service(api, ("PhoneNumbers", emulator.numbers[0].sid))
        form: Form = {"To": ANN, "MessagingServiceSid": pool, "Body": "x"}
        later: Form = form | {"ScheduleType": "fixed", "SendAt": "2024-05-24T13:00:00Z"}
        assert await sent(api, emulator, later) is None
        assert (await refused(api, emulator, later))[1] == 35125
        assert await sent(api, emulator, form) is None
        emulator.clock.advance(3600)
        later["SendAt"] = "2024-05-24T14:00:00Z"
        assert await sent(api, emulator, later) is None


async def test_an_agent_on_rcs_texts_phones(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> None:
    """But nobody texts an agent, and an agent of others is none."""
    form: Form = {"To": f"rcs:{ANN}", "From": RCS, "Body": "Hello"}
    said = (await api.post(messages_url, data=form)).json()
    assert (said["from"], said["to"], said["num_segments"]) == (RCS, f"rcs:{ANN}", "1")
    assert (await refused(api, emulator, form | {"To": RCS}))[1] == 21211
    assert (await refused(api, emulator, form | {"From": "rcs:others"}))[1] == 63007
    assert (await refused(api, emulator, form | {"To": ANN}))[1] == 21910
    emulator.account.channels.add("messenger:shop")
    assert await sent(api, emulator, {"To": "messenger:ann", "From": "messenger:shop", "Body": "x"}) is None


async def test_a_message_waits_as_long_as_it_or_its_service_says(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str
) -> None:
    """Its own word counts more."""
    pool = await service(api, ("PhoneNumbers", emulator.numbers[0].sid))
    await api.post(f"/v1/Services/{pool}", data={"ValidityPeriod": "600"})
    for form, seconds in (
        ({"From": SHOP}, 36_000),
        ({"From": SHOP, "ValidityPeriod": "60"}, 60),
        ({"MessagingServiceSid": pool}, 600),
        ({"MessagingServiceSid": pool, "ValidityPeriod": "60"}, 60),
    ):
        await api.post(messages_url, data={"To": ANN, "Body": "x", **form})
        assert emulator.messages[-1].validity_period == seconds
