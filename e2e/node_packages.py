"""Where the packages of `package-lock.json` are."""

import os
import pathlib
import sys


def folder() -> pathlib.Path:
    installed = os.environ.get("LCS_E2E_NODE_MODULES")
    if not installed:
        sys.exit("error: LCS_E2E_NODE_MODULES names no folder; `cargo xtask e2e` installs the packages "
                 "and sets it, to target/e2e-node/node_modules")
    return pathlib.Path(installed)
