"""``twilio-async webhook``: what Twilio tells an application, looked at from outside."""

from __future__ import annotations

import click

from twilio_async.cli.app import Commands

_COMMANDS = {
    "verify": "Tell whether a webhook's signature is right, and why not.",
    "send": "Send a signed webhook to a running application.",
}


@click.group(cls=Commands, folder=__package__, listed=_COMMANDS)
def command() -> None:
    """Find out why a webhook is refused, or send one to your application. Nothing is ever sent to Twilio.

    The secret is the account's auth token, in TWILIO_AUTH_TOKEN or a --token-file. It is never shown.
    """
