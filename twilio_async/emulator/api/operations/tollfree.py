"""Toll-free verifications."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from msgspec.structs import asdict, replace

from twilio_async.emulator.api.admission import is_web_url
from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.records import Number
from twilio_async.emulator.domain.throughput import kind_of
from twilio_async.emulator.domain.tollfree import TollfreeVerification

FOLDER = "/v1/Tollfree/Verifications"
TRUST_HUB = "https://trusthub.twilio.com/v1"
LONGEST_VETTING_ID = 500

routes: Routes = Routes()

_USE_CASES = frozenset(
    {
        "TWO_FACTOR_AUTHENTICATION",
        "ACCOUNT_NOTIFICATIONS",
        "CUSTOMER_CARE",
        "CHARITY_NONPROFIT",
        "DELIVERY_NOTIFICATIONS",
        "FRAUD_ALERT_MESSAGING",
        "EVENTS",
        "HIGHER_EDUCATION",
        "K12",
        "MARKETING",
        "POLLING_AND_VOTING_NON_POLITICAL",
        "POLITICAL_ELECTION_CAMPAIGNS",
        "PUBLIC_SERVICE_ANNOUNCEMENT",
        "SECURITY_ALERT",
    }
)


def _all(fits: Callable[[str], bool]) -> settings.Reader:
    """Makes the reader of several texts, each of which fits."""

    def read(call: Call, parameter: str) -> tuple[str, ...]:
        texts = tuple(call.texts(parameter))
        if not all(map(fits, texts)):
            raise errors.INVALID_PARAMETER.error(name=parameter)
        return texts

    return read


def _filled(call: Call, parameter: str) -> str:
    text = call.text(parameter)
    if not text:
        raise errors.MISSING_PARAMETER.error(name=parameter)
    return text


def _text(call: Call, parameter: str) -> str | None:
    return call.text(parameter) or None


def _vetting_id(call: Call, parameter: str) -> str | None:
    text = _text(call, parameter)
    if text and len(text) > LONGEST_VETTING_ID:
        raise errors.INVALID_PARAMETER.error(name=parameter)
    return text


REQUIRED: settings.Settings = {
    "BusinessName": _filled,
    "BusinessWebsite": _filled,
    "NotificationEmail": _filled,
    "UseCaseCategories": _all(_USE_CASES.__contains__),
    "UseCaseSummary": _filled,
    "ProductionMessageSample": _filled,
    "OptInImageUrls": _all(is_web_url),
    "OptInType": settings.one_of(
        "VERBAL", "WEB_FORM", "PAPER_FORM", "VIA_TEXT", "MOBILE_QR_CODE", "IMPORT", "IMPORT_PLEASE_REPLACE"
    ),
    "MessageVolume": _filled,
}
EDITABLE: settings.Settings = {
    **REQUIRED,
    "BusinessStreetAddress": _text,
    "BusinessStreetAddress2": _text,
    "BusinessCity": _text,
    "BusinessStateProvinceRegion": _text,
    "BusinessPostalCode": _text,
    "BusinessCountry": _text,
    "AdditionalInformation": _text,
    "BusinessContactFirstName": _text,
    "BusinessContactLastName": _text,
    "BusinessContactEmail": _text,
    "BusinessContactPhone": _text,
    "BusinessRegistrationNumber": _text,
    "BusinessRegistrationAuthority": settings.one_of(
        *("EIN", "CBN", "CRN", "PROVINCIAL_NUMBER", "VAT", "ACN", "ABN", "BRN", "SIREN", "SIRET"),
        *("NZBN", "USt-IdNr", "CIF", "NIF", "CNPJ", "UID", "NEQ", "OTHER"),
    ),
    "BusinessRegistrationCountry": _text,
    "BusinessType": settings.one_of("PRIVATE_PROFIT", "PUBLIC_PROFIT", "SOLE_PROPRIETOR", "NON_PROFIT", "GOVERNMENT"),
    "BusinessRegistrationPhoneNumber": _text,
    "DoingBusinessAs": _text,
    "OptInConfirmationMessage": _text,
    "HelpMessageSample": _text,
    "PrivacyPolicyUrl": settings.url,
    "TermsAndConditionsUrl": settings.url,
    "AgeGatedContent": settings.flag,
    "OptInKeywords": _all(bool),
    "VettingProvider": settings.one_of("CAMPAIGN_VERIFY"),
    "VettingId": _vetting_id,
}
SETTINGS: settings.Settings = {**EDITABLE, "CustomerProfileSid": settings.sid("BU"), "ExternalReferenceId": _text}
FILTERS: settings.Settings = {
    "TollfreePhoneNumberSid": settings.sid("PN"),
    "Status": settings.one_of("PENDING_REVIEW", "IN_REVIEW", "TWILIO_APPROVED", "TWILIO_REJECTED"),
    "ExternalReferenceId": _text,
}


def _content(call: Call, verification: TollfreeVerification) -> dict[str, object]:
    return {
        **asdict(verification),
        "date_created": iso8601(verification.date_created),
        "date_updated": iso8601(verification.date_updated),
        "edit_expiration": _date(verification.edit_expiration),
        "vetting_id_expiration": _date(verification.vetting_id_expiration),
        "resource_links": dict(_resource_links(verification)),
        "url": f"{call.origin}{FOLDER}/{verification.sid}",
    }


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else iso8601(moment)


def _resource_links(verification: TollfreeVerification) -> Iterator[tuple[str, str]]:
    """Where Trust Hub has what belongs to it."""
    if verification.customer_profile_sid is not None:
        yield "customer_profile", f"{TRUST_HUB}/CustomerProfiles/{verification.customer_profile_sid}"
    if verification.trust_product_sid is not None:
        product = f"{TRUST_HUB}/TrustProducts/{verification.trust_product_sid}"
        yield "trust_product", product
        yield "channel_endpoint_assignment", f"{product}/ChannelEndpointAssignments/{verification.regulated_item_sid}"


def _tollfree_number(call: Call) -> Number:
    """The number that is to be verified.

    Raises:
        ApiError: the account has no such number, it is not toll-free, or it has a verification (20001).
    """
    number = call.account.numbers.get(_filled(call, "TollfreePhoneNumberSid"))
    if number is None or kind_of(number.number) != "toll-free":
        raise errors.INVALID_PARAMETER.error(name="TollfreePhoneNumberSid")
    if any(verification.tollfree_phone_number_sid == number.sid for verification in call.account.shelf(TollfreeVerification)):
        raise errors.VERIFICATION_EXISTS.error()
    return number


@routes.post("CreateTollfreeVerification", FOLDER, *SETTINGS, "TollfreePhoneNumberSid")
def create_verification(call: Call) -> Answer:
    """Apply for a verification; Twilio looks at it later."""
    given = settings.given(call, SETTINGS, *REQUIRED)
    number = _tollfree_number(call)
    verification = TollfreeVerification(
        sid=f"{TollfreeVerification.PREFIX}{call.unique}",
        account_sid=call.account.sid,
        tollfree_phone_number_sid=number.sid,
        tollfree_phone_number=number.number,
        date_created=call.today,
        date_updated=call.today,
        **given,
    )
    call.state.keep(call.account, verification)
    return Answer(201, _content(call, verification))


@routes.get("ListTollfreeVerification", FOLDER, *FILTERS, "IncludeSubAccounts", "TrustProductSid", *PARAMETERS)
def list_verifications(call: Call) -> Answer:
    """The verifications that the filters leave, the newest first, those of subaccounts as well if it says so."""
    wanted = {name: value for name, value in settings.given(call, FILTERS).items() if value is not None}
    products = call.texts("TrustProductSid")

    def keep(verification: TollfreeVerification) -> bool:
        fits = all(getattr(verification, name) == value for name, value in wanted.items())
        return fits and (not products or verification.trust_product_sid in products)

    return page_of(
        call,
        "verifications",
        _verifications(call),
        lambda verification: _content(call, verification),
        filters=(*FILTERS, "IncludeSubAccounts", "TrustProductSid"),
        keep=keep,
    )


def _verifications(call: Call) -> Collection[TollfreeVerification]:
    """What the list chooses from."""
    if not call.flag("IncludeSubAccounts"):
        return call.account.shelf(TollfreeVerification)

    def belongs(account: Account) -> bool:
        return call.account in {account, account.parent}

    return Collection[TollfreeVerification].of_all(
        account.shelf(TollfreeVerification) for account in call.state.accounts.values() if belongs(account)
    )


@routes.get("FetchTollfreeVerification", f"{FOLDER}/{{Sid}}")
def fetch_verification(call: Call) -> Answer:
    """One verification."""
    return Answer(content=_content(call, call.one(TollfreeVerification)))


@routes.post("UpdateTollfreeVerification", f"{FOLDER}/{{Sid}}", *EDITABLE, "EditReason")
def update_verification(call: Call) -> Answer:
    """Mend what was rejected, and hand it in again."""
    verification = call.one(TollfreeVerification)
    if not verification.editable(call.now):
        raise errors.VERIFICATION_NOT_EDITABLE.error()
    edited = replace(verification.resubmitted(call.today), **settings.given(call, EDITABLE))
    call.state.change(call.account, edited)
    return Answer(202, _content(call, edited))


@routes.delete("DeleteTollfreeVerification", f"{FOLDER}/{{Sid}}")
def delete_verification(call: Call) -> Answer:
    """Delete a verification; its number may have another."""
    call.account.shelf(TollfreeVerification).remove(call.one(TollfreeVerification).sid)
    return Answer(204)
