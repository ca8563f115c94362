"""A Twilio on loopback: a real HTTP server that behaves like the Messaging API, for tests, demonstrations, any client.

It shares nothing with the client of this package but the segment count and the signature of webhooks, which Twilio's own
programs judge, so that no mistake of the one is hidden by the same mistake of the other.
"""

from twilio_async.emulator.accounts import Account
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.deliveries import Alert, Delivery
from twilio_async.emulator.emulator import Emulator
from twilio_async.emulator.errands import Attempt, Key
from twilio_async.emulator.events import Event
from twilio_async.emulator.faults import Fault, Faults
from twilio_async.emulator.handset import Received
from twilio_async.emulator.lifecycle import TYPICAL, Profile
from twilio_async.emulator.records import Feedback, Media, Message, Number, Sender, Service
from twilio_async.emulator.requests import ReceivedRequest
from twilio_async.emulator.switches import Switches
from twilio_async.emulator.webhook_faults import WebhookFault, WebhookFaults

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
