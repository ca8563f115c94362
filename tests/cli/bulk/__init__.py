"""Tests of `twilio_async.cli.bulk`."""
