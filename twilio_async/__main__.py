"""``python -m twilio_async …`` is ``twilio-async …``."""

from twilio_async.cli import main

main()
