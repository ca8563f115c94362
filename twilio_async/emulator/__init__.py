"""A Twilio on loopback: a real HTTP server that behaves like the Messaging API, for tests, demonstrations, any client.

It shares nothing with the client of this package but the segment count, so that no mistake of the one is hidden by the
same mistake of the other.
"""

from twilio_async.emulator.clock import Clock
from twilio_async.emulator.emulator import Emulator
from twilio_async.emulator.faults import Fault, Faults
from twilio_async.emulator.lifecycle import Profile
from twilio_async.emulator.records import Feedback, Media, Message, Number, Sender, Service
from twilio_async.emulator.requests import ReceivedRequest
from twilio_async.emulator.switches import Switches

__all__ = [
    "Clock",
    "Emulator",
    "Fault",
    "Faults",
    "Feedback",
    "Media",
    "Message",
    "Number",
    "Profile",
    "ReceivedRequest",
    "Sender",
    "Service",
    "Switches",
]
