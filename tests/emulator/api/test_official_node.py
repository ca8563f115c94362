"""Twilio's own client for Node: the scenario of programs, by the base URL and by the environment alone."""

from __future__ import annotations

from anyio.from_thread import start_blocking_portal

from tests.emulator.scenario import PACE, check, plan, proxied
from tests.javascript import run_javascript
from twilio_async.emulator import Emulator


def test_a_program_may_be_told_the_base_url() -> None:
    """It does all that programs do, and sees what the emulator knows."""
    with Emulator(lifecycle=PACE) as emulator:
        check(emulator, run_javascript("scenario.js", stdin=plan(emulator, emulator.url), env=emulator.env))


def test_an_unmodified_program_is_led_by_its_environment_alone() -> None:
    """Through the proxy, with not one word about it in the program."""
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(proxied(lifecycle=PACE)) as pair:
        emulator, proxy = pair
        check(emulator, run_javascript("scenario.js", stdin=plan(emulator), env=emulator.env | proxy.env))
        assert {request.headers["Host"] for request in emulator.requests} == {"api.twilio.com", "messaging.twilio.com"}


def test_a_region_and_an_edge_are_hosts_like_others() -> None:
    """The client is sent there by the environment, and the proxy vouches for them."""
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(proxied(lifecycle=PACE)) as pair:
        emulator, proxy = pair
        place = {"TWILIO_EDGE": "sydney", "TWILIO_REGION": "au1"}
        check(emulator, run_javascript("scenario.js", stdin=plan(emulator), env=emulator.env | proxy.env | place))
        hosts = {request.headers["Host"] for request in emulator.requests}
        assert hosts == {"api.sydney.au1.twilio.com", "messaging.sydney.au1.twilio.com"}
