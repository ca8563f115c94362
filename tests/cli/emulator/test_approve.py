"""``twilio-async emulator approve``."""

from __future__ import annotations

from tests.cli.emulator.conftest import Ask
from twilio_async.emulator import Emulator
from twilio_async.emulator.domain.brands import Brand

SID = "BN" + "1" * 32


async def test_what_is_applied_for_is_granted(ask: Ask, emulator: Emulator) -> None:
    """And the command says so; what nobody applied for is an error."""
    emulator.seed({"brands": [{"sid": SID, "customer_profile_bundle_sid": "BU1", "a2p_profile_bundle_sid": "BU2"}]})
    done = await ask("approve", SID)
    assert (done.code, done.out) == (0, f"{SID} is granted.\n")
    brand = emulator.account.shelf(Brand).get(SID)
    assert brand is not None
    assert brand.status == "APPROVED"
    gone = await ask("approve", "BN" + "2" * 32)
    assert (gone.code, gone.out) == (1, "")
