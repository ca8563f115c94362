"""Vettings of A2P brands."""

from __future__ import annotations

from msgspec.structs import asdict

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.operations.brands import FOLDER as BRANDS
from twilio_async.emulator.api.operations.brands import approved
from twilio_async.emulator.api.paging import page_of
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain.brands import Brand
from twilio_async.emulator.domain.vettings import Vetting

FOLDER = f"{BRANDS}/{{BrandSid}}/Vettings"
PROVIDER = "VettingProvider"

routes: Routes = Routes()

SETTINGS: settings.Settings = {
    PROVIDER: settings.one_of("campaign-verify", "aegis"),
    "VettingId": settings.text,
}


def _content(call: Call, vetting: Vetting) -> dict[str, object]:
    content = asdict(vetting)
    return {
        "brand_vetting_sid": content.pop("sid"),
        **content,
        "vetting_class": vetting.vetting_class,
        "date_created": iso8601(vetting.date_created),
        "date_updated": iso8601(vetting.date_updated),
        "url": f"{call.origin}{BRANDS}/{vetting.brand_sid}/Vettings/{vetting.sid}",
    }


@routes.post("CreateBrandVetting", FOLDER, *SETTINGS)
def create_vetting(call: Call) -> Answer:
    """Have a brand vetted; the provider looks at it later."""
    vetting = Vetting(
        sid=f"VT{call.unique}",
        account_sid=call.account.sid,
        brand_sid=approved(call.one(Brand, "BrandSid")).sid,
        date_created=call.today,
        date_updated=call.today,
        **settings.given(call, SETTINGS, PROVIDER),
    )
    call.state.keep(call.account, vetting)
    return Answer(201, _content(call, vetting))


@routes.get("ListBrandVetting", FOLDER, PROVIDER)
def list_vettings(call: Call) -> Answer:
    """The vettings of a brand, the newest first."""
    brand, provider = call.one(Brand, "BrandSid"), SETTINGS[PROVIDER](call, PROVIDER)
    return page_of(
        call,
        "data",
        call.account.shelf(Vetting),
        lambda vetting: _content(call, vetting),
        filters=[PROVIDER],
        keep=lambda vetting: vetting.brand_sid == brand.sid and provider in {None, vetting.vetting_provider},
    )


@routes.get("FetchBrandVetting", f"{FOLDER}/{{BrandVettingSid}}")
def fetch_vetting(call: Call) -> Answer:
    """One vetting."""
    vetting = call.one(Vetting, "BrandVettingSid")
    if vetting.brand_sid != call.sids["BrandSid"]:
        raise call.not_found()
    return Answer(content=_content(call, vetting))
