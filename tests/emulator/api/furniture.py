"""What has to be there, and to be said, so that a request to the emulator succeeds: for each operation, as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import httpx

from twilio_async.emulator import Emulator
from twilio_async.emulator.domain.state import OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET

PICTURE = "https://example.com/picture.png"
NUMBER, SHORT_CODE, ALPHA, WHATSAPP_SENDER = "PN" + "1" * 32, "SC" + "5" * 32, "Shop", "XE" + "6" * 32
PEM = "".join(f"-----BEGIN {name}-----\nMIID\n-----END {name}-----\n" for name in ("CERTIFICATE", "PRIVATE KEY"))
BRAND, SERVICE = "BN" + "6" * 32, "MG" + "7" * 32
"""Made where a campaign needs them."""
TOLL_FREE = "PN" + "8" * 32
"""Of a toll-free number, bought where one is verified."""

INBOUND = "SM" + "1" * 32
"""A text that somebody wrote on WhatsApp."""

Form: TypeAlias = dict[str, Any]

CAMPAIGN: Form = {
    "Description": "Tells people who asked for it when their parcel comes.",
    "MessageFlow": "People tick a box on www.example.com when they order something.",
    "MessageSamples": ["Your parcel comes today.", "Your parcel comes tomorrow."],
    "HasEmbeddedLinks": "true",
    "HasEmbeddedPhone": "false",
}

# What an operation needs beside its path to succeed.
GOOD: Mapping[str, Form] = {
    "CreateMessage": {"To": "+15558675310", "From": "+15017122661", "Body": "Hello"},
    "UpdateMessage": {"Body": ""},
    "CreateMessageFeedback": {"Outcome": "confirmed"},
    "CreateService": {"FriendlyName": "Shop"},
    "UpdateService": {"FriendlyName": "Shop again"},
    "CreatePhoneNumber": {"PhoneNumberSid": NUMBER},
    "CreateShortCode": {"ShortCodeSid": SHORT_CODE},
    "CreateAlphaSender": {"AlphaSender": ALPHA},
    "CreateDestinationAlphaSender": {"AlphaSender": ALPHA, "IsoCountryCode": "FR"},
    "CreateChannelSender": {"Sid": WHATSAPP_SENDER},
    "CreateChannelsSender": {"sender_id": "whatsapp:+15017122661", "profile": {"name": "Shop"}},
    "UpdateChannelsSender": {"profile": {"about": "Parcels"}},
    "CreateTypingIndicator": {"channel": "whatsapp", "messageId": INBOUND},
    "CreateV3TypingIndicator": {"channel": "RCS", "from": "rcs:parcels_agent", "to": "rcs:+15558675310"},
    "CreateBrandRegistrations": {"CustomerProfileBundleSid": "BU" + "1" * 32, "A2PProfileBundleSid": "BU" + "2" * 32},
    "CreateBrandVetting": {"VettingProvider": "aegis"},
    "CreateUsAppToPerson": {**CAMPAIGN, "BrandRegistrationSid": BRAND, "UsAppToPersonUsecase": "MARKETING"},
    "UpdateUsAppToPerson": {**CAMPAIGN, "AgeGated": "false", "DirectLending": "false"},
    "CreateExternalCampaign": {"CampaignId": "CM1", "MessagingServiceSid": SERVICE},
    "CreateTollfreeVerification": {
        "BusinessName": "Shop",
        "BusinessWebsite": "https://example.com",
        "NotificationEmail": "ann@example.com",
        "UseCaseCategories": ["MARKETING"],
        "UseCaseSummary": "Offers",
        "ProductionMessageSample": "Hello",
        "OptInImageUrls": [PICTURE],
        "OptInType": "VERBAL",
        "MessageVolume": "10",
        "TollfreePhoneNumberSid": TOLL_FREE,
    },
    "UpdateTollfreeVerification": {"BusinessName": "Shop again"},
    "UpdateDomainCertV4": {"TlsCert": PEM},
    "UpdateDomainConfig": {"FallbackUrl": "https://example.com"},
    "CreateOauth2Token": {
        "grant_type": "client_credentials",
        "client_id": OAUTH_CLIENT_ID,
        "client_secret": OAUTH_CLIENT_SECRET,
    },
    "CreateContent": {"language": "en", "types": {"twilio/text": {"body": "Hello {{1}}"}}},
    "UpdateContent": {"types": {"twilio/media": {"media": [PICTURE]}}},
    "CreateApprovalCreate": {"name": "greeting", "category": "UTILITY"},
    "CreateIncomingPhoneNumber": {"PhoneNumber": "+12025550199"},
    "UpdateIncomingPhoneNumber": {"FriendlyName": "Shop"},
    "UpdateShortCode": {"FriendlyName": "Shop"},
}

GOOD_QUERY: Mapping[str, Form] = {
    "FetchDeactivation": {"Date": "2024-05-24"},
    "ListChannelsSender": {"Channel": "whatsapp"},
}


class Furnisher:
    """Makes what a path can name.

    Args:
        emulator: where.
        path: the template.
        http: asks it.
    """

    def __init__(self, emulator: Emulator, path: str, http: httpx.Client) -> None:
        self.emulator = emulator
        self.path = path
        self.http = http

    def sid(self, path: str, name: str = "sid", **form: Any) -> str:
        """The sid of something that is made."""
        made = self.http.post(path, data=form)
        assert made.is_success, made.text
        return str(made.json()[name])

    def message(self) -> dict[str, str]:
        """A message with a picture."""
        folder = f"/2010-04-01/Accounts/{self.emulator.account_sid}/Messages"
        sid = self.sid(f"{folder}.json", **GOOD["CreateMessage"], MediaUrl=PICTURE)
        own = self.emulator.media(sid)[0].sid if "/Media/{Sid}" in self.path else sid
        return {"MessageSid": sid, "Sid": own}

    def inbound(self) -> dict[str, str]:
        """A text that somebody wrote on WhatsApp."""
        told = {"sid": INBOUND, "from": "whatsapp:+15558675310", "to": self.emulator.whatsapp, "direction": "inbound"}
        self.emulator.seed({"messages": [told]})
        return {}

    def service(self) -> dict[str, str]:
        """A Messaging Service."""
        return dict.fromkeys(("Sid", "ServiceSid", "MessagingServiceSid"), self.sid("/v1/Services", FriendlyName="Shop"))

    def sender(self) -> dict[str, str]:
        """A Messaging Service with a sender of the kind that the path names."""
        found = self.service()
        kind = self.path.split("/")[-2]
        return {**found, "Sid": self.sid(f"/v1/Services/{found['ServiceSid']}/{kind}", **GOOD[f"Create{kind[:-1]}"])}

    def brand(self) -> dict[str, str]:
        """A brand, of the one kind that has a password, with a vetting."""
        folder = "/v1/a2p/BrandRegistrations"
        sid = self.sid(folder, **GOOD["CreateBrandRegistrations"], BrandType="SOLE_PROPRIETOR")
        found = dict.fromkeys(("Sid", "BrandSid", "BrandRegistrationSid"), sid)
        if "/Vettings/{" in self.path:
            vetting = self.sid(f"{folder}/{sid}/Vettings", "brand_vetting_sid", **GOOD["CreateBrandVetting"])
            found["BrandVettingSid"] = vetting
        return found

    def approved_brand(self) -> dict[str, str]:
        """A brand and a service that a campaign can be for; and a campaign, if the path names one."""
        profiles = {"customer_profile_bundle_sid": "BU1", "a2p_profile_bundle_sid": "BU2"}
        self.emulator.seed({"brands": [{"sid": BRAND, "status": "APPROVED", **profiles}], "services": [{"sid": SERVICE}]})
        found = {"MessagingServiceSid": SERVICE}
        if "/{Sid}" in self.path:
            found["Sid"] = self.sid(f"/v1/Services/{SERVICE}/Compliance/Usa2p", **GOOD["CreateUsAppToPerson"])
        return found

    def toll_free(self) -> dict[str, str]:
        """A toll-free number; and its verification, rejected, so that it may be edited, if the path names one."""
        self.emulator.seed({"numbers": [{"sid": TOLL_FREE, "number": "+18005550123"}]})
        if "{Sid}" not in self.path:
            return {}
        sid = self.sid("/v1/Tollfree/Verifications", **GOOD["CreateTollfreeVerification"])
        self.emulator.reject(sid)
        return {"Sid": sid}

    def domain(self) -> dict[str, str]:
        """A domain with a certificate, settings and a service."""
        found = {"DomainSid": self.emulator.add_link_domain("go.example.com").sid, **self.service()}
        folder = f"/v1/LinkShortening/Domains/{found['DomainSid']}"
        self.http.post(f"{folder}/Certificate", data=GOOD["UpdateDomainCertV4"])
        self.http.post(f"{folder}/Config", data=GOOD["UpdateDomainConfig"])
        self.http.post(f"{folder}/MessagingServices/{found['MessagingServiceSid']}")
        return found

    def template(self) -> dict[str, str]:
        """The template that is always there."""
        return dict.fromkeys(("Sid", "ContentSid"), self.emulator.content_sid)


FURNITURE: tuple[tuple[str, Callable[[Furnisher], dict[str, str]]], ...] = (
    (r"/Messages/{", Furnisher.message),
    (r"/Indicators/", Furnisher.inbound),
    (r"/Usa2p|PreregisteredUsa2p", Furnisher.approved_brand),
    (r"/Services/{\w+}/\w+/{Sid}$", Furnisher.sender),
    (r"/v1/Services/{", Furnisher.service),
    (r"/BrandRegistrations/{", Furnisher.brand),
    (r"/Tollfree/", Furnisher.toll_free),
    (r"/LinkShortening/", Furnisher.domain),
    (r"/Content/{", Furnisher.template),
    (r"/Channels/Senders/{", lambda _: {"Sid": WHATSAPP_SENDER}),
    (r"/IncomingPhoneNumbers/{", lambda _: {"Sid": NUMBER}),
    (r"/SMS/ShortCodes/{", lambda _: {"Sid": SHORT_CODE}),
    (r"/Messaging/Countries/{", lambda _: {"IsoCountry": "US"}),
    (r"", lambda _: {}),
)
"""What a path needs; the first that fits."""


def furnished(emulator: Emulator, path: str) -> dict[str, str]:
    """The values of a path's variables, of what was just made to be there."""
    credentials = emulator.account_sid, emulator.auth_token
    furnish = next(furnish for pattern, furnish in FURNITURE if re.search(pattern, path))
    with httpx.Client(base_url=emulator.url, auth=credentials, verify=False, trust_env=False) as http:
        found = {"AccountSid": emulator.account_sid, **furnish(Furnisher(emulator, path, http))}
    return {name: found[name] for name in re.findall(r"{(\w+)}", path)}
