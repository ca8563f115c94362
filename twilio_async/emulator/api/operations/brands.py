"""A2P brands: who texts Americans from long codes."""

from __future__ import annotations

from msgspec.structs import asdict, replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.brands import Brand
from twilio_async.emulator.domain.vettings import Vetting, vetted

FOLDER = "/v1/a2p/BrandRegistrations"

routes: Routes = Routes()

SETTINGS: settings.Settings = {
    "CustomerProfileBundleSid": settings.sid("BU"),
    "A2PProfileBundleSid": settings.sid("BU"),
    "BrandType": settings.one_of("STANDARD", "SOLE_PROPRIETOR"),
    "Mock": settings.flag,
    "SkipAutomaticSecVet": settings.flag,
}


def approved(brand: Brand) -> Brand:
    """The brand, if more can be applied for in its name.

    Raises:
        ApiError: it is not approved (20001).
    """
    if brand.status != "APPROVED":
        raise errors.BRAND_NOT_APPROVED.error(sid=brand.sid)
    return brand


def _content(call: Call, brand: Brand) -> dict[str, object]:
    url = f"{call.origin}{FOLDER}/{brand.sid}"
    return {
        **asdict(vetted(brand, call.account.shelf(Vetting))),
        "date_created": iso8601(brand.date_created),
        "date_updated": iso8601(brand.date_updated),
        "links": {"brand_vettings": f"{url}/Vettings", "brand_registration_otps": f"{url}/SmsOtp"},
        "url": url,
    }


@routes.post("CreateBrandRegistrations", FOLDER, *SETTINGS)
def create_brand(call: Call) -> Answer:
    """Register a brand; the Campaign Registry looks at it later."""
    brand = Brand(
        sid=f"BN{call.unique}",
        account_sid=call.account.sid,
        date_created=call.today,
        date_updated=call.today,
        **settings.given(call, SETTINGS, "CustomerProfileBundleSid", "A2PProfileBundleSid"),
    )
    call.state.keep(call.account, brand)
    return Answer(201, _content(call, brand))


@routes.get("ListBrandRegistrations", FOLDER, *PARAMETERS)
def list_brands(call: Call) -> Answer:
    """All brands, the newest first."""
    return page_of(call, "data", call.account.shelf(Brand), lambda brand: _content(call, brand))


@routes.get("FetchBrandRegistrations", f"{FOLDER}/{{Sid}}")
def fetch_brand(call: Call) -> Answer:
    """One brand."""
    return Answer(content=_content(call, call.one(Brand)))


@routes.post("UpdateBrandRegistrations", f"{FOLDER}/{{Sid}}")
def update_brand(call: Call) -> Answer:
    """Register a brand once more, after what it failed for was mended."""
    brand = replace(call.one(Brand), status="PENDING", errors=(), failure_reason=None, date_updated=call.today)
    call.state.change(call.account, brand)
    return Answer(202, _content(call, brand))


@routes.post("CreateBrandRegistrationOtp", f"{FOLDER}/{{BrandRegistrationSid}}/SmsOtp")
def send_otp(call: Call) -> Answer:
    """Text a sole proprietor his one-time password again; nobody waits for what he does with it."""
    brand = call.one(Brand, "BrandRegistrationSid")
    if brand.brand_type != "SOLE_PROPRIETOR":
        raise errors.NO_SOLE_PROPRIETOR.error(sid=brand.sid)
    return Answer(201, {"account_sid": brand.account_sid, "brand_registration_sid": brand.sid})
