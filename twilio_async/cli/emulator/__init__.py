"""``twilio-async emulator``: a Twilio on this machine for any program, and what one asks of it while it runs."""

from __future__ import annotations

import click

from twilio_async.cli.app import Commands

_COMMANDS = {
    "run": "Run one until Ctrl-C.",
    "exec": "Run a command with one, and stop both together.",
    "messages": "Show the messages that one has.",
    "events": "Show what happens in one, as it happens.",
    "receive": "Text one of its numbers.",
    "advance": "Wind its clock on.",
    "approve": "Let Twilio grant what was applied for.",
    "reject": "Let Twilio refuse it.",
    "fault": "Let requests or webhooks go wrong.",
    "seed": "Put messages, numbers and more into it.",
    "export": "Write out its whole state.",
}


@click.group(cls=Commands, folder=__package__, listed=_COMMANDS)
def command() -> None:
    """Run a Twilio of your own on this machine, and control it. Nothing is ever sent to Twilio.

    `run` and `exec` start one. The other commands talk to one that runs: at --url, else at TWILIO_BASE_URL.
    """
