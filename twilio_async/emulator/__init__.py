"""A Twilio on loopback: a real HTTP server that behaves like the Messaging API, for tests, demonstrations, any client.

It shares nothing with the client of this package but the segment count and the signature of webhooks, which Twilio's own
programs judge, so that no mistake of the one is hidden by the same mistake of the other.
"""

from twilio_async.emulator.api.faults import Fault, Faults
from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.applications.deliveries import Alert, Delivery
from twilio_async.emulator.applications.errands import Attempt
from twilio_async.emulator.applications.handset import Received
from twilio_async.emulator.applications.webhook_faults import WebhookFault, WebhookFaults
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.credentials import Key
from twilio_async.emulator.domain.lifecycle import TYPICAL, Profile
from twilio_async.emulator.domain.records import Feedback, Media, Message, Number, Sender, Service
from twilio_async.emulator.emulator import Emulator
from twilio_async.emulator.events import Event
from twilio_async.emulator.switches import Switches

__all__ = [
    "TYPICAL",
    "Account",
    "Alert",
    "Attempt",
    "Clock",
    "Delivery",
    "Emulator",
    "Event",
    "Fault",
    "Faults",
    "Feedback",
    "Key",
    "Media",
    "Message",
    "Number",
    "Profile",
    "Received",
    "ReceivedRequest",
    "Sender",
    "Service",
    "Switches",
    "WebhookFault",
    "WebhookFaults",
]
