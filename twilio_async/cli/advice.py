"""What to do about the codes with which Twilio refuses messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_DOCUMENTED = "https://www.twilio.com/docs/api/errors/{code}"


class Advice(NamedTuple):
    """What a code means, and what to do about it."""

    meaning: str
    remedy: str


ADVICE: Mapping[int, Advice] = {
    20003: Advice("credentials refused", "check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, then run again"),
    20404: Advice("no such account or address", "check the account's sid and TWILIO_BASE_URL, then run again"),
    20429: Advice("too many requests at once", "nothing: these are tried again; a lower --concurrency makes them fewer"),
    21211: Advice("no valid phone number", "correct the numbers, and send those rows again as a file of their own"),
    21212: Advice("the sender is no valid number", "check --from"),
    21214: Advice("the number cannot be reached", "remove it, or find another"),
    21217: Advice("no valid phone number", "correct the numbers, and send those rows again as a file of their own"),
    21265: Advice("the recipient is a short code", "remove it: short codes cannot be texted"),
    21266: Advice("recipient and sender are the same", "remove your own number from the file"),
    21408: Advice(
        "the recipient's country is not enabled", "allow it in the console under Messaging, Geo permissions; then retry"
    ),
    21601: Advice("the sender cannot send SMS", "choose a number with SMS capability"),
    21602: Advice("the text is empty", "check the template"),
    21604: Advice("no recipient", "check the column with the numbers"),
    21606: Advice("the sender is not a number of this account", "check --from, and that the credentials are of its account"),
    21608: Advice(
        "trial account, and the recipient is not verified", "verify the number in the console, or upgrade the account"
    ),
    21610: Advice("the recipient answered STOP", "respect it: remove the number; only a START from it ends that"),
    21611: Advice(
        "the sender's queue is full", "nothing: these wait; more senders, or a --per-sender-rate, keep it from filling"
    ),
    21612: Advice("this sender does not reach that recipient", "use a sender that can text that country and carrier"),
    21614: Advice("no mobile number", "remove it: landlines take no texts"),
    21617: Advice("the text is longer than 1,600 characters", "shorten it"),
    21635: Advice("a landline", "remove it: landlines take no texts"),
    21659: Advice("the sender is no number of Twilio's", "check --from"),
    21660: Advice("the sender belongs to another account", "check that credentials and --from are of one account"),
    21661: Advice("the sender cannot send SMS", "choose a number with SMS capability"),
    21701: Advice("no such Messaging Service", "check --service"),
    21703: Advice("the Messaging Service found no sender for it", "add a number that reaches the recipient's country"),
    21704: Advice("the Messaging Service has no sender", "add a phone number to it"),
    21705: Advice("no valid Messaging Service", "check --service"),
    30001: Advice("the queue overflowed", "send at a lower rate, or add senders; then retry"),
    30002: Advice("the account is suspended", "see the console, then retry"),
    30003: Advice("the handset could not be reached", "it may be off: try again later"),
    30004: Advice("blocked by the carrier or the recipient", "respect it"),
    30005: Advice("unknown handset", "the number is probably not in use any more: remove it"),
    30006: Advice("a landline, or a carrier that cannot be reached", "remove it"),
    30007: Advice("filtered by the carrier", "look at the text and at your registration: it looked like spam"),
    30034: Advice("the sender is not registered for 10DLC", "register brand and campaign, then retry"),
    63016: Advice("WhatsApp allows only templates here", "send a template: the recipient did not write within 24 hours"),
}


def advice(code: int | None) -> Advice:
    """What there is to say about a code; for one that is not in the table, where Twilio explains it."""
    if code is None:
        return Advice("no code was given", "look at the reason of each in the results")
    return ADVICE.get(code) or Advice("refused by Twilio", f"see {documented(code)}")


def documented(code: int) -> str:
    """Where Twilio explains a code."""
    return _DOCUMENTED.format(code=code)
