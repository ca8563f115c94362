"""A second opinion in JavaScript: Twilio's own npm packages, in a Node process of its own."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"
INSTALL = "npm install --prefix tests/node --no-package-lock"


@functools.cache
def missing() -> str:
    """Why no JavaScript can be run here; empty if it can."""
    if shutil.which("node") is None:
        return "Node.js is not installed"
    wanted = ("twilio", "sms-segments-calculator")
    if not all((NODE / "node_modules" / package).is_dir() for package in wanted):
        return f"Twilio's npm packages are not installed ({INSTALL})"
    return ""


def run_javascript(script: str, *arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> str:
    """Run a script of ``tests/node`` and give what it printed.

    Args:
        script: the file's name.
        arguments: of its command line.
        stdin: what it reads.
        env: variables to set beside those that are.

    Raises:
        AssertionError: it failed; with what it said.
    """
    if missing():
        pytest.skip(missing())
    command = ["node", str(NODE / script), *arguments]
    ended = subprocess.run(command, input=stdin, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
