"""A PostgreSQL server of the tests' own: started when it is first asked for, in a folder of its own, on a socket in it."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import psycopg
import pytest

INSTALL = "apt-get install -y postgresql"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "80",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "autovacuum_naptime": "1s",
    "fsync": "on",  # it is stopped without warning, and has to remember
    "synchronous_commit": "off",  # a ledger that asks for less than it needs would lose rows
    "timezone": "Asia/Kathmandu",  # nothing may depend on it
}
PASSWORD = "correct-horse"
UNDERTAKER = 'read _; kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")"; sleep 1; rm -rf "$0"'
"""Stops the server in a folder, and removes it, when nobody is at the other end any more."""
_numbers = itertools.count()


class Server:
    """A server in a folder; it can be stopped as by a power cut, and started again."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="twilio_async-pg-", dir="/tmp"))
        # The server refuses to run as root.
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user is not None:
            shutil.chown(self.folder, self._user, self._user)
        self._run("initdb", "-D", str(self._data), "-U", "outbox", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
            file.write(f"unix_socket_directories = '{self.folder}'\n")
        self._process: subprocess.Popen[bytes] | None = None
        # However this process ends, the pipe is closed then.
        self._undertaker = subprocess.Popen(
            ["/bin/sh", "-c", UNDERTAKER, self.folder], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._binaries / program, *arguments],
            user=self._user, group=self._user, extra_groups=None if self._user is None else [],
            cwd="/", stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip

    def dsn(self, name: str) -> str:
        """Where a database is; the password is not needed, so that it may be looked for where it must not be."""
        return f"postgresql://outbox:{PASSWORD}@/{name}?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it can be talked to."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data],
                user=self._user, group=self._user, extra_groups=None if self._user is None else [],
                cwd="/", stdout=log, stderr=log,
            )  # fmt: skip
        for _ in range(600):
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.dsn("postgres")).close()
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop it at once, as a power cut would: what is not on the disk is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def execute(self, statement: str, name: str = "postgres") -> list[tuple[object, ...]]:
        """Tell it something; what it answers."""
        with psycopg.connect(self.dsn(name), autocommit=True) as connection:
            answer = connection.execute(statement.encode())
            return answer.fetchall() if answer.description else []


@functools.cache
def server() -> Server:
    """The server of this test process."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    binary = str(found[-1]) if found else shutil.which("postgres")
    if binary is None:
        pytest.skip(f"there is no PostgreSQL server here: {INSTALL}")
    return Server(Path(binary).parent)


@contextlib.asynccontextmanager
async def database() -> AsyncGenerator[str]:
    """A fresh database while the context is open: its DSN."""
    running = server()
    name = f"outbox_{next(_numbers)}"
    running.execute(f"CREATE DATABASE {name}")
    try:
        yield running.dsn(name)
    finally:
        running.execute(f"DROP DATABASE {name} WITH (FORCE)")
