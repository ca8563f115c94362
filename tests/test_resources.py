"""The session's attributes: each is there, is itself, and is loaded when it is first used."""

from __future__ import annotations

import functools
import subprocess
import sys

from tests.operations import OPERATIONS
from twilio_async import AsyncSession
from twilio_async._resources import Resources

ATTRIBUTES = [name for name, value in vars(Resources).items() if isinstance(value, functools.cached_property)]


async def test_each_operation_is_where_its_name_says(twilio: AsyncSession) -> None:
    """``messages.create`` is ``session.messages.create``, whose session is this one."""
    for operation in OPERATIONS:
        resource, _, name = operation.name.partition(".")
        assert getattr(twilio, resource).operations[name] is operation
        assert getattr(twilio, resource) is getattr(twilio, resource)
    assert {operation.name.partition(".")[0] for operation in OPERATIONS} == {*ATTRIBUTES}


def test_a_session_loads_no_resource_before_it_is_used() -> None:
    """Whoever sends texts does not wait for the registration of brands."""
    code = (
        "import sys; from twilio_async import AsyncSession; twilio = AsyncSession('AC' + '0' * 32, 'x'); twilio.brands;"
        "print(sorted(name for name in sys.modules if name.startswith('twilio_async.resources.')))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert loaded == "['twilio_async.resources.a2p']"
