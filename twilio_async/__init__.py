"""The asyncio-native client for Twilio Messaging.

Every public name is here, and each is loaded when it is first asked for: a program that only verifies webhooks, or a command
line that only prints its help, does not pay for the client.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from twilio_async._version import __version__

if TYPE_CHECKING:
    from twilio_async._call import Response
    from twilio_async._segments import Segments, segments
    from twilio_async.auth import AccountToken, ApiKey, Auth, OAuthAuth
    from twilio_async.bulk import SendMany, SendResult
    from twilio_async.content_types import (
        Action,
        Buttons,
        CarouselCard,
        CatalogItem,
        ContentTypes,
        FlowsPage,
        ListItem,
        TwilioCard,
        TwilioCarousel,
        TwilioCatalog,
        TwilioFlows,
        TwilioListPicker,
        TwilioLocation,
        TwilioMedia,
        TwilioSchedule,
        TwilioText,
        WhatsappAuthentication,
        WhatsappCard,
        WhatsappFlows,
    )
    from twilio_async.errors import (
        AmbiguousOutcome,
        APIError,
        AuthenticationError,
        CertificateError,
        ConfigError,
        Conflict,
        ConnectError,
        InvalidArgument,
        InvalidNumber,
        InvalidRequest,
        InvalidSender,
        NotCancelable,
        NotFound,
        OptedOut,
        Outcome,
        PermissionDenied,
        QueueFull,
        RateLimited,
        RegionNotEnabled,
        ServerError,
        SessionClosed,
        TimedOut,
        TransportError,
        TwilioError,
        UnreadableAnswer,
    )
    from twilio_async.limits import Concurrency, RateLimit
    from twilio_async.pages import Page, Pages
    from twilio_async.resources.a2p import Brand, BrandOtp, BrandVetting, RegistrationError
    from twilio_async.resources.campaigns import (
        Campaign,
        CampaignUsecase,
        CampaignUsecases,
        CarrierLimit,
        PreregisteredCampaign,
        RateLimits,
    )
    from twilio_async.resources.channels import (
        ChannelsSender,
        Contact,
        OfflineReason,
        RcsCarrier,
        RcsCompliance,
        RcsCountry,
        SenderConfiguration,
        SenderProfile,
        SenderProperties,
        SenderWebhook,
        TypingIndicator,
    )
    from twilio_async.resources.content import Approval, Approvals, LegacyTemplate, Template, TemplateApproval
    from twilio_async.resources.links import (
        CertificateInValidation,
        DnsValidation,
        DomainCertificate,
        DomainConfig,
        DomainService,
    )
    from twilio_async.resources.media import MediaItem
    from twilio_async.resources.messages import Feedback, Message
    from twilio_async.resources.numbers import AccountBalance, AccountShortCode, IncomingPhoneNumber, NumberCapabilities
    from twilio_async.resources.pricing import CarrierPrices, MessagingPrice, Price
    from twilio_async.resources.senders import AlphaSender, ChannelSender, DestinationAlphaSender, PhoneNumber, ShortCode
    from twilio_async.resources.services import Service, ServiceUsecase, ServiceUsecases
    from twilio_async.resources.tollfree import RejectionReason, TollfreeVerification
    from twilio_async.retry import Retry, RetryBudget
    from twilio_async.session import AsyncSession

__all__ = [
    "APIError",
    "AccountBalance",
    "AccountShortCode",
    "AccountToken",
    "Action",
    "AlphaSender",
    "AmbiguousOutcome",
    "ApiKey",
    "Approval",
    "Approvals",
    "AsyncSession",
    "Auth",
    "AuthenticationError",
    "Brand",
    "BrandOtp",
    "BrandVetting",
    "Buttons",
    "Campaign",
    "CampaignUsecase",
    "CampaignUsecases",
    "CarouselCard",
    "CarrierLimit",
    "CarrierPrices",
    "CatalogItem",
    "CertificateError",
    "CertificateInValidation",
    "ChannelSender",
    "ChannelsSender",
    "Concurrency",
    "ConfigError",
    "Conflict",
    "ConnectError",
    "Contact",
    "ContentTypes",
    "DestinationAlphaSender",
    "DnsValidation",
    "DomainCertificate",
    "DomainConfig",
    "DomainService",
    "Feedback",
    "FlowsPage",
    "IncomingPhoneNumber",
    "InvalidArgument",
    "InvalidNumber",
    "InvalidRequest",
    "InvalidSender",
    "LegacyTemplate",
    "ListItem",
    "MediaItem",
    "Message",
    "MessagingPrice",
    "NotCancelable",
    "NotFound",
    "NumberCapabilities",
    "OAuthAuth",
    "OfflineReason",
    "OptedOut",
    "Outcome",
    "Page",
    "Pages",
    "PermissionDenied",
    "PhoneNumber",
    "PreregisteredCampaign",
    "Price",
    "QueueFull",
    "RateLimit",
    "RateLimited",
    "RateLimits",
    "RcsCarrier",
    "RcsCompliance",
    "RcsCountry",
    "RegionNotEnabled",
    "RegistrationError",
    "RejectionReason",
    "Response",
    "Retry",
    "RetryBudget",
    "Segments",
    "SendMany",
    "SendResult",
    "SenderConfiguration",
    "SenderProfile",
    "SenderProperties",
    "SenderWebhook",
    "ServerError",
    "Service",
    "ServiceUsecase",
    "ServiceUsecases",
    "SessionClosed",
    "ShortCode",
    "Template",
    "TemplateApproval",
    "TimedOut",
    "TollfreeVerification",
    "TransportError",
    "TwilioCard",
    "TwilioCarousel",
    "TwilioCatalog",
    "TwilioError",
    "TwilioFlows",
    "TwilioListPicker",
    "TwilioLocation",
    "TwilioMedia",
    "TwilioSchedule",
    "TwilioText",
    "TypingIndicator",
    "UnreadableAnswer",
    "WhatsappAuthentication",
    "WhatsappCard",
    "WhatsappFlows",
    "__version__",
    "segments",
]

_ROOMS = (
    "errors",
    "limits",
    "retry",
    "auth",
    "_segments",
    "pages",
    "bulk",
    "_call",
    "session",
    "resources.messages",
    "resources.media",
    "resources.services",
    "resources.senders",
    "resources.channels",
    "resources.numbers",
    "resources.a2p",
    "resources.campaigns",
    "resources.links",
    "resources.tollfree",
    "resources.pricing",
    "content_types",
    "resources.content",
)
"""Where the public names live, the cheapest to load first."""


def __getattr__(name: str) -> object:
    if name in __all__:
        for room in _ROOMS:
            value = getattr(importlib.import_module(f"{__name__}.{room}"), name, None)
            if value is not None:
                globals()[name] = value
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
