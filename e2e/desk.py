"""Where somebody works with `lcs`: folders and variables of its own, calls, and a terminal."""

import fcntl
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import termios
import threading
import time

ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\r")


class Outcome:
    """What one call left."""

    def __init__(self, ended: subprocess.CompletedProcess):
        self.exit, self.stdout, self.stderr = ended.returncode, ended.stdout, ended.stderr

    def __repr__(self):
        return f"<exit {self.exit} stdout {self.stdout[:600]!r} stderr {self.stderr[:1200]!r}>"

    def json(self):
        assert self.exit == 0, self
        return json.loads(self.stdout)


class Desk:
    """One person's or pipeline's machine, with a profile for the local cloud."""

    def __init__(self, cloud, binary: str, name: str, client_id: str):
        self.cloud, self.binary = cloud, binary
        self.home = cloud.folder / name
        self.home.mkdir()
        self.variables = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "TERM": "xterm",
            "LCS_AUTHORITY": cloud.ready["authority"], "LCS_API_URL": cloud.ready["lcs_api"],
            "LCS_RESOURCE": cloud.ready["lcs_resource"], "LCS_CLIENT_ID": client_id,
            "LCS_PROJECT": str(cloud.ready["project_id"]),
            "LCS_CA_CERTIFICATE": cloud.ready["ca_certificate"],
        }

    def run(self, *arguments: str, given: str = "", wrapper: tuple = (), **variables) -> Outcome:
        """One call off a terminal."""
        return Outcome(subprocess.run(
            [*wrapper, self.binary, *arguments], input=given, capture_output=True, text=True,
            env={**self.variables, **variables}, cwd=self.home, timeout=120,
        ))

    def start(self, *arguments: str, **variables) -> subprocess.Popen:
        """A call off a terminal that goes on."""
        return subprocess.Popen(
            [self.binary, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**self.variables, **variables}, cwd=self.home,
        )

    def terminal(self, *arguments: str, **variables) -> "Terminal":
        """A call at a terminal."""
        return Terminal([self.binary, *arguments], {**self.variables, **variables}, self.home)

    def browser(self, name: str = "opened") -> tuple[dict, pathlib.Path]:
        """The variable that makes `lcs` open pages by writing their address into the file."""
        opened, script = self.home / f"{name}.url", self.home / f"{name}.sh"
        script.write_text(f'#!/bin/sh\nprintf %s "$1" > "{opened}.new"; mv "{opened}.new" "{opened}"\n')
        script.chmod(0o755)
        return {"BROWSER": str(script)}, opened


def appeared(file: pathlib.Path) -> str:
    """The content of a file that somebody else is about to write."""
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} did not appear"
        time.sleep(0.05)
    return file.read_text()


class Terminal:
    """A program at a terminal: what it shows, without colours and movements, and typing."""

    def __init__(self, command: list, variables: dict, folder: pathlib.Path):
        self.file, inner = pty.openpty()
        # Rows and columns.
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.process = subprocess.Popen(
            command, stdin=inner, stdout=inner, stderr=inner, env=variables, cwd=folder,
            start_new_session=True,
        )
        os.close(inner)
        self.shown, self.ended = "", threading.Event()
        # As a terminal does, it reads whatever comes, also when nobody looks.
        threading.Thread(target=self.read, daemon=True).start()

    def until(self, pattern: str, seconds: float = 60) -> re.Match:
        """Reads until the pattern is shown."""
        deadline = time.monotonic() + seconds
        while not (match := re.search(pattern, self.shown)):
            is_over = self.ended.is_set() or time.monotonic() > deadline
            assert not is_over or re.search(pattern, self.shown), f"no {pattern!r} in:\n{self.shown}"
            time.sleep(0.05)
        return match

    def read(self):
        try:
            while data := os.read(self.file, 65536):
                self.shown += ESCAPES.sub(b"", data).decode(errors="replace")
        except OSError:
            pass
        self.ended.set()

    def type(self, text: str):
        os.write(self.file, f"{text}\r".encode())

    def press(self, key: str):
        os.write(self.file, key.encode())

    def end(self, seconds: float = 60) -> int:
        """Reads to the end and returns the exit code."""
        assert self.ended.wait(seconds), f"no end:\n{self.shown}"
        return self.process.wait(timeout=10)
