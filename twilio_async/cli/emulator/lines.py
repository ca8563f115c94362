"""Records of a running emulator, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twilio_async.cli.texts import visible


def message_line(message: Mapping[str, Any]) -> str:
    """A message."""
    error = f" {message['error_code']}" if message["error_code"] else ""
    ends = f"{message['from'] or '-'} -> {message['to']}"
    return f"{message['sid']} {message['direction']} {message['status']}{error} {ends} {visible(message['body'])}"


def event_line(event: Mapping[str, Any]) -> str:
    """An event: when, what, and what it happened to."""
    record = event["record"]
    match event["name"]:
        case "request":
            about = f"{record['method']} {visible(record['target'])} -> {record['status'] or 'no answer'}"
        case "delivery":
            about = (
                f"{record['kind']} webhook to {visible(record['url'])}: {record['state']}, answered {record['status'] or '-'}"
            )
        case "alert":
            about = f"{record['code']} {record['title']}: {visible(record['detail'])}"
        case _:
            about = message_line(record)
    return f"{event['at']} {event['name']} {about}"
