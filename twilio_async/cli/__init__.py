"""The commands: ``twilio-async`` is a thin face of the library, and an extra."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def main() -> None:
    """Run the command that ``sys.argv`` names.

    Raises:
        SystemExit: always; 0 all went well, 1 something failed or was interrupted, 2 usage, 3 credentials.
    """
    if not all(find_spec(name) for name in ("click", "rich")):
        print('twilio-async: the commands are an extra: pip install "twilio_async[cli]"', file=sys.stderr)
        raise SystemExit(2)
    from twilio_async.cli.app import run  # it needs click, which is now known to be there

    run()
