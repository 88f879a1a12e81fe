"""Runs every end-to-end script, each against a local cloud of its own."""

import argparse
import pathlib
import subprocess
import sys
import time

# Far more than a script takes; one that waits for what never comes ends.
LONGEST = 300
HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = [
    "four_steps.py", "refusals.py", "full_disk.py",
    "msal_device_code.py", "msal_python.py", "msal_confidential.py", "msal_node.py",
    "azure_identity.py", "generic_oidc.py", "pages.py", "sandbox.py",
]


def run(script: str, binary: pathlib.Path) -> int:
    command = [sys.executable, str(HERE / script), str(binary)]
    try:
        return subprocess.run(command, timeout=LONGEST).returncode
    except subprocess.TimeoutExpired:
        print(f"error: {script} did not end in {LONGEST} s", file=sys.stderr)
        return 1


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lcs", required=True, help="the lcs binary")
    arguments.add_argument("only", nargs="*", help="run only these scripts")
    options = arguments.parse_args()
    binary = pathlib.Path(options.lcs).resolve()
    if not binary.is_file():
        print(f"error: no binary at {binary}; build it with: cargo build", file=sys.stderr)
        return 2
    failed = []
    scripts = options.only or SCRIPTS
    for script in scripts:
        started = time.monotonic()
        print(f"--- {script}", flush=True)
        code = run(script, binary)
        verdict = "ok" if code == 0 else f"FAILED (exit {code})"
        print(f"--- {script}: {verdict}, {time.monotonic() - started:.1f} s", flush=True)
        if code != 0:
            failed.append(script)
    print(f"{len(scripts) - len(failed)} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
