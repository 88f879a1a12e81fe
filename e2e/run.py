"""Runs every end-to-end script, each against a local cloud of its own."""

import argparse
import concurrent.futures
import pathlib
import subprocess
import sys
import time

# Far more than a script takes; one that waits for what never comes ends.
LONGEST = 300
# They wait for clients and browsers more than they work.
AT_ONCE = 2
HERE = pathlib.Path(__file__).resolve().parent
# The longest first.
SCRIPTS = [
    "sign_in.py", "canary.py", "pages.py", "four_steps_by_lcs.py", "waiting.py", "msal_node.py",
    "azure_identity.py",
    "msal_confidential.py", "msal_python.py", "generic_oidc.py", "msal_device_code.py",
    "sandbox.py", "on_behalf_of.py", "openapi.py", "azure_blobs.py",
    "four_steps.py", "full_disk.py", "refusals.py",
]


def run(script: str, binary: pathlib.Path) -> tuple[str, bool]:
    """What the script said and how it ended, and whether it passed."""
    started = time.monotonic()
    command = [sys.executable, str(HERE / script), str(binary)]
    try:
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               timeout=LONGEST)
        said, failure = ended.stdout, f"exit {ended.returncode}" if ended.returncode else None
    except subprocess.TimeoutExpired as error:
        said, failure = (error.stdout or b"").decode(), f"no end in {LONGEST} s"
    verdict = f"FAILED ({failure})" if failure else "ok"
    return f"--- {script}\n{said}--- {script}: {verdict}, {time.monotonic() - started:.1f} s", not failure


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lcs", required=True, help="the lcs binary")
    arguments.add_argument("only", nargs="*", help="run only these scripts")
    options = arguments.parse_args()
    binary = pathlib.Path(options.lcs).resolve()
    if not binary.is_file():
        print(f"error: no binary at {binary}; build it with: cargo build", file=sys.stderr)
        return 2
    scripts = options.only or SCRIPTS
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for text, passed in pool.map(lambda script: run(script, binary), scripts):
            print(text, flush=True)
            failed += not passed
    print(f"{len(scripts) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
