"""What campaigns can be for, held against Twilio's own list."""

from __future__ import annotations

import json
from pathlib import Path

from twilio_async.emulator.domain.usecases import SOLE_PROPRIETOR, STANDARD, usecases_of


def test_the_list_is_twilio_s(spec: Path) -> None:
    """The same codes, names and conditions in the same order; the descriptions are other words."""
    document = json.loads((spec / "messaging_v1.json").read_text())
    path = "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/Usecases"
    examples = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    for example in examples.values():
        documented = [
            (usecase["code"], usecase["name"], usecase["post_approval_required"])
            for usecase in example["value"]["us_app_to_person_usecases"]
        ]
        assert [(usecase.code, usecase.name, usecase.post_approval_required) for usecase in STANDARD] == documented


def test_a_sole_proprietor_has_one_of_his_own() -> None:
    """And nobody else has it."""
    assert usecases_of("SOLE_PROPRIETOR") == (SOLE_PROPRIETOR,)
    assert usecases_of("STANDARD") == STANDARD
    assert SOLE_PROPRIETOR not in STANDARD
