"""Tests of `twilio_async.cli.outbox`."""
