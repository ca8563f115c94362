"""A2P campaigns: what a Messaging Service texts Americans for."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict, replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.operations.brands import FOLDER as BRANDS
from twilio_async.emulator.api.operations.brands import approved
from twilio_async.emulator.api.operations.services import FOLDER as SERVICES
from twilio_async.emulator.api.operations.services import find_service
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.brands import Brand
from twilio_async.emulator.domain.campaigns import Campaign, campaign_of, rate_limits
from twilio_async.emulator.domain.usecases import STANDARD, Usecase, usecases_of
from twilio_async.emulator.domain.vettings import Vetting, vetted

SERVICE = "MessagingServiceSid"
FOLDER = f"{SERVICES}/{{{SERVICE}}}/Compliance/Usa2p"
BRAND = "BrandRegistrationSid"
USECASE = "UsAppToPersonUsecase"
VERSION_WITH_URLS = "v1.2"
"""The version of the API whose campaigns have the URLs of their policies."""
LONGEST_KEYWORDS = 255
"""Characters of all the words that mean one thing."""

routes: Routes = Routes()


def _texts(fewest: int, most: int, shortest: int, longest: int) -> settings.Reader:
    def read(call: Call, parameter: str) -> tuple[str, ...]:
        texts = tuple(call.texts(parameter))
        if not fewest <= len(texts) <= most or not all(shortest <= len(text) <= longest for text in texts):
            raise errors.INVALID_PARAMETER.error(name=parameter)
        return texts

    return read


def _text(shortest: int, longest: int) -> settings.Reader:
    def read(call: Call, parameter: str) -> str:
        text = call.text(parameter) or ""
        if not shortest <= len(text) <= longest:
            raise errors.INVALID_PARAMETER.error(name=parameter)
        return text

    return read


def _keywords(call: Call, parameter: str) -> tuple[str, ...]:
    words = tuple(call.texts(parameter))
    if sum(map(len, words)) > LONGEST_KEYWORDS or not all(word.isalnum() for word in words):
        raise errors.INVALID_PARAMETER.error(name=parameter)
    return words


_reply = _text(20, 320)

CONTENT: settings.Settings = {
    "Description": _text(40, 4096),
    "MessageFlow": _text(40, 2048),
    "MessageSamples": _texts(2, 5, 20, 1024),
    "HasEmbeddedLinks": settings.flag,
    "HasEmbeddedPhone": settings.flag,
    "AgeGated": settings.flag,
    "DirectLending": settings.flag,
    "PrivacyPolicyUrl": settings.url,
    "TermsAndConditionsUrl": settings.url,
}
"""What can be mended later."""
ALWAYS = ("Description", "MessageFlow", "MessageSamples", "HasEmbeddedLinks", "HasEmbeddedPhone")

SETTINGS: settings.Settings = {
    **CONTENT,
    BRAND: settings.sid("BN"),
    USECASE: settings.text,
    "SubscriberOptIn": settings.flag,
    "OptInMessage": _reply,
    "OptOutMessage": _reply,
    "HelpMessage": _reply,
    "OptInKeywords": _keywords,
    "OptOutKeywords": _keywords,
    "HelpKeywords": _keywords,
}
EXTERNAL: settings.Settings = {
    "CampaignId": settings.text,
    SERVICE: settings.sid("MG"),
    "CnpMigration": settings.flag,
}


def _content(call: Call, campaign: Campaign) -> dict[str, object]:
    content = asdict(campaign)
    if call.headers.get("X-Twilio-Api-Version") != VERSION_WITH_URLS:
        del content["privacy_policy_url"], content["terms_and_conditions_url"]
    brand = call.account.shelf(Brand).get(campaign.brand_registration_sid or "")
    limits = None
    if brand is not None and campaign.campaign_status == "VERIFIED":
        limits = rate_limits(vetted(brand, call.account.shelf(Vetting)))
    return {
        **content,
        "rate_limits": limits,
        "date_created": iso8601(campaign.date_created),
        "date_updated": iso8601(campaign.date_updated),
        "url": f"{call.origin}{SERVICES}/{campaign.messaging_service_sid}/Compliance/Usa2p/{campaign.sid}",
    }


def _found(call: Call) -> Campaign:
    campaign = call.one(Campaign)
    if campaign.messaging_service_sid != call.sids[SERVICE]:
        raise call.not_found()
    return campaign


def _brand(call: Call, sid: str) -> Brand:
    brand = call.account.shelf(Brand).get(sid)
    if brand is None:
        raise errors.not_found(f"{BRANDS}/{sid}")
    return brand


def _free(call: Call, sid: str) -> str:
    """The sid of a service that has no campaign yet."""
    if campaign_of(call.account, sid) is not None:
        raise errors.SERVICE_HAS_CAMPAIGN.error(sid=sid)
    return sid


def _check_brand(call: Call, brand: Brand, usecase: str) -> None:
    approved(brand)
    if usecase not in {possible.code for possible in usecases_of(brand.brand_type)}:
        raise errors.INVALID_PARAMETER.error(name=USECASE)
    has_one = any(campaign.brand_registration_sid == brand.sid for campaign in call.account.shelf(Campaign))
    if has_one and brand.brand_type == "SOLE_PROPRIETOR":
        raise errors.BRAND_HAS_CAMPAIGN.error(sid=brand.sid)


@routes.post("CreateUsAppToPerson", FOLDER, *SETTINGS)
def create_campaign(call: Call) -> Answer:
    """Register a service's campaign; the Campaign Registry and the carriers look at it later."""
    service = find_service(call, SERVICE)
    given = settings.given(call, SETTINGS, BRAND, USECASE, *ALWAYS)
    brand = _brand(call, given["brand_registration_sid"])
    _check_brand(call, brand, given["us_app_to_person_usecase"])
    campaign = Campaign(
        sid=f"QE{call.unique}",
        account_sid=call.account.sid,
        messaging_service_sid=_free(call, service.sid),
        date_created=call.today,
        date_updated=call.today,
        mock=brand.mock,
        **given,
    )
    call.state.keep(call.account, campaign)
    return Answer(201, _content(call, campaign))


@routes.get("ListUsAppToPerson", FOLDER, *PARAMETERS)
def list_campaigns(call: Call) -> Answer:
    """The campaign of a service, if it has one."""
    service = find_service(call, SERVICE)
    return page_of(
        call,
        "compliance",
        call.account.shelf(Campaign),
        lambda campaign: _content(call, campaign),
        keep=lambda campaign: campaign.messaging_service_sid == service.sid,
    )


@routes.get("FetchUsAppToPerson", f"{FOLDER}/{{Sid}}")
def fetch_campaign(call: Call) -> Answer:
    """One campaign."""
    return Answer(content=_content(call, _found(call)))


@routes.post("UpdateUsAppToPerson", f"{FOLDER}/{{Sid}}", *CONTENT)
def update_campaign(call: Call) -> Answer:
    """Mend a campaign, which is looked at once more."""
    campaign = _found(call)
    given = settings.given(call, CONTENT, *ALWAYS, "AgeGated", "DirectLending")
    campaign = replace(campaign, campaign_status="PENDING", errors=(), date_updated=call.today, **given)
    call.state.change(call.account, campaign)
    return Answer(content=_content(call, campaign))


@routes.delete("DeleteUsAppToPerson", f"{FOLDER}/{{Sid}}")
def delete_campaign(call: Call) -> Answer:
    """Give a campaign up."""
    call.account.shelf(Campaign).remove(_found(call).sid)
    return Answer(204)


@routes.get("FetchUsAppToPersonUsecase", f"{FOLDER}/Usecases", BRAND)
def list_usecases(call: Call) -> Answer:
    """What the campaign can be for; nothing, if something is wrong with the brand."""
    find_service(call, SERVICE)
    sid = SETTINGS[BRAND](call, BRAND)
    possible: Sequence[Usecase] = STANDARD
    if isinstance(sid, str):
        brand = _brand(call, sid)
        possible = usecases_of(brand.brand_type) if brand.status == "APPROVED" else ()
    return Answer(content={"us_app_to_person_usecases": [usecase._asdict() for usecase in possible]})


@routes.post("CreateExternalCampaign", f"{SERVICES}/PreregisteredUsa2p", *EXTERNAL)
def preregister_campaign(call: Call) -> Answer:
    """Tie a campaign that was registered elsewhere to a service."""
    given = settings.given(call, EXTERNAL, "CampaignId", SERVICE)
    sid = given["messaging_service_sid"]
    if call.account.services.get(sid) is None:
        raise errors.not_found(f"{SERVICES}/{sid}")
    campaign = Campaign(
        sid=f"QE{call.unique}",
        account_sid=call.account.sid,
        messaging_service_sid=_free(call, sid),
        campaign_id=given["campaign_id"],
        is_externally_registered=True,
        date_created=call.today,
        date_updated=call.today,
    )
    call.state.keep(call.account, campaign)
    content = {name: getattr(campaign, name) for name in ("sid", "account_sid", "messaging_service_sid", "campaign_id")}
    return Answer(201, {**content, "date_created": iso8601(campaign.date_created)})
