"""The asyncio-native client for Twilio Messaging. Every public name is here; importing it loads no aiohttp."""

from twilio_async._call import Response
from twilio_async._version import __version__
from twilio_async.auth import AccountToken, ApiKey, Auth
from twilio_async.bulk import SendMany, SendResult
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
from twilio_async.resources.media import MediaItem
from twilio_async.resources.messages import Feedback, Message
from twilio_async.resources.senders import AlphaSender, PhoneNumber, ShortCode
from twilio_async.resources.services import Service
from twilio_async.retry import Retry, RetryBudget
from twilio_async.segments import Segments, segments
from twilio_async.session import AsyncSession

__all__ = [
    "APIError",
    "AccountToken",
    "AlphaSender",
    "AmbiguousOutcome",
    "ApiKey",
    "AsyncSession",
    "Auth",
    "AuthenticationError",
    "CertificateError",
    "Concurrency",
    "ConfigError",
    "Conflict",
    "ConnectError",
    "Feedback",
    "InvalidArgument",
    "InvalidNumber",
    "InvalidRequest",
    "InvalidSender",
    "MediaItem",
    "Message",
    "NotCancelable",
    "NotFound",
    "OptedOut",
    "Outcome",
    "Page",
    "Pages",
    "PermissionDenied",
    "PhoneNumber",
    "QueueFull",
    "RateLimit",
    "RateLimited",
    "RegionNotEnabled",
    "Response",
    "Retry",
    "RetryBudget",
    "Segments",
    "SendMany",
    "SendResult",
    "ServerError",
    "Service",
    "SessionClosed",
    "ShortCode",
    "TimedOut",
    "TransportError",
    "TwilioError",
    "UnreadableAnswer",
    "__version__",
    "segments",
]
