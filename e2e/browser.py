"""A person in front of real Chromium, driven through Playwright."""

import base64
import hashlib
import hmac
import http.server
import os
import shutil
import struct
import threading
import time

from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


USED_STEPS = {}


def one_time_code(base32: str) -> str:
    """What an authenticator app shows now, or next when that was used: a code counts once (RFC 6238)."""
    step = max(int(time.time()) // 30, USED_STEPS.get(base32, 0) + 1)
    USED_STEPS[base32] = step
    digest = hmac.new(base64.b32decode(base32), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start:start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Person:
    """Knows a user's password and authenticator app, and how the sign-in pages look."""

    def __init__(self, user: dict):
        self.user = user

    def sign_in(self, page: Page):
        """From the user name to the end; every page is answered as a willing person would."""
        page.fill("input[name=loginfmt]", self.user["user_principal_name"])
        page.click("#idSIButton9")
        page.fill("input[name=passwd]", self.user["password"])
        page.click("#idSIButton9")
        self.go_on(page)

    def go_on(self, page: Page):
        """Second factor, consent, confirmation: whatever is asked."""
        for _ in range(4):
            page.wait_for_load_state()
            if page.locator("#idTxtBx_SAOTCC_OTC").count():
                page.fill("#idTxtBx_SAOTCC_OTC", one_time_code(self.user["totp_secret"]))
                page.click("#idSubmit_SAOTCC_Continue")
            elif page.locator("#idBtn_Accept").count():
                page.click("#idBtn_Accept")
            elif page.locator("h1:has-text('Are you trying to sign in')").count():
                page.click("#idSIButton9")
            else:
                return


class Chromium:
    """A browser of its own, closed at the end. Playwright's objects stay in the thread that made them."""

    def __init__(self, **context):
        self.context = context

    def __enter__(self):
        assert CHROMIUM, "there is no chromium; cargo xtask e2e installs it"
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        # Trust in the local authority is proved by the clients' own requests; Chromium takes it from a
        # database that belongs to the machine's user, and that is none of ours to write to.
        context = self.browser.new_context(ignore_https_errors=True, **self.context)
        context.set_default_timeout(20_000)
        return context.new_page()

    def __exit__(self, *_):
        self.browser.close()
        self.playwright.stop()


class Arrival:
    """Where a browser arrives after signing in: a listener on a free port of this machine."""

    def __enter__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<h1>arrived</h1>")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://localhost:{self.server.server_port}/callback"

    def __exit__(self, *_):
        self.server.shutdown()


def in_background(act):
    """Runs `act(page)` with a browser of its own while the client waits; `join()` tells of failures."""
    failure = []

    def run():
        try:
            with Chromium() as page:
                act(page)
        except BaseException as error:  # noqa: BLE001 - told by join
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()

    class Running:
        def join(self):
            thread.join(60)
            if failure:
                raise failure[0]

    return Running()
