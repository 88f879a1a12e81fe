"""A person in front of real Chromium, driven through Playwright."""

import base64
import concurrent.futures
import contextlib
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
import webbrowser

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
# When the code that an authenticator app last gave was or becomes the current one, by secret.
GIVEN = {}


def one_time_code(base32: str) -> str:
    """What an authenticator app shows now, or next when that was given: a code counts once (RFC 6238)."""
    GIVEN[base32] = at = max(int(time.time()), GIVEN.get(base32, 0) + 30)
    # One step ahead is taken, two are not.
    time.sleep(max(0, at - 29 - time.time()))
    key = base64.b32decode(base32)
    return TOTP(key, 6, hashes.SHA1(), 30, enforce_key_length=False).generate(at).decode()


class Person:
    """Knows a user's password and authenticator app, and how the sign-in pages look."""

    def __init__(self, user: dict):
        self.user = user

    def sign_in(self, page: Page):
        """From the user name to the end; every page is answered as a willing person would."""
        page.wait_for_selector("input[name=loginfmt]:visible, input[name=passwd]:visible")
        # The client may have named the account.
        if page.locator("input[name=loginfmt]:visible").count():
            page.fill("input[name=loginfmt]", self.user["user_principal_name"])
            page.click("#idSIButton9")
        page.fill("input[name=passwd]", self.user["password"])
        page.click("#idSIButton9")
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

    def approve_device(self, page: Page, url: str, code: str):
        """Enters the code that a device shows, signs in and confirms."""
        page.goto(url)
        page.fill("input[name=otc]", code)
        page.click("#idSIButton9")
        self.sign_in(page)
        page.wait_for_selector("h1:has-text('Signed in')")


def home_that_trusts(cloud) -> pathlib.Path:
    """A home folder whose list of authorities names the local one; the machine's user keeps theirs."""
    home = cloud.folder / "browser-home"
    authorities = home / ".pki" / "nssdb"
    if not authorities.exists():
        authorities.mkdir(parents=True)
        certutil = ["certutil", "-d", f"sql:{authorities}"]
        subprocess.run([*certutil, "-N", "--empty-password"], check=True)
        subprocess.run([*certutil, "-A", "-n", "lcs local cloud", "-t", "C,,",
                        "-i", cloud.ready["ca_certificate"]], check=True)
    return home


class Chromium:
    """A browser of its own, closed at the end. Playwright's objects stay in the thread that made them."""

    def __init__(self, cloud):
        self.home = home_that_trusts(cloud)

    def __enter__(self):
        assert CHROMIUM, "there is no chromium; cargo xtask e2e installs it"
        self.playwright = sync_playwright().start()
        try:
            self.browser = self.playwright.chromium.launch(
                executable_path=CHROMIUM, args=ARGUMENTS,
                env={**os.environ, "HOME": str(self.home)},
            )
        except BaseException:
            self.playwright.stop()
            raise
        return self

    def __exit__(self, *_):
        self.browser.close()
        self.playwright.stop()

    @contextlib.contextmanager
    def page(self, **context):
        """A page of somebody who was never here: no cookies. When something fails, what it shows is told."""
        with self.browser.new_context(**context) as visit:
            visit.set_default_timeout(20_000)
            page = visit.new_page()
            try:
                yield page
            except BaseException:
                text = page.inner_text("body")
                print(f"the browser shows {page.url}:\n{text}", file=sys.stderr)
                raise


def in_background(cloud, act) -> concurrent.futures.Future:
    """Runs `act(page)` with a browser of its own while the client waits; its `result` tells of failures."""

    def run():
        with Chromium(cloud) as chromium, chromium.page() as page:
            return act(page)

    pool = concurrent.futures.ThreadPoolExecutor(1)
    future = pool.submit(run)
    pool.shutdown(wait=False)
    return future


class Driven(webbrowser.BaseBrowser):
    """What a Python program takes for the system's browser: the person signs in as soon as it opens."""

    def __init__(self, cloud, user: dict):
        super().__init__("driven")
        self.cloud, self.person, self.last_page = cloud, Person(user), None
        webbrowser.register("driven", None, self, preferred=True)

    def open(self, url, new=0, autoraise=True):
        def act(page):
            page.goto(url)
            self.person.sign_in(page)
            page.wait_for_url("http://localhost:*/**")
            return page.inner_text("body")

        self.last_page = in_background(self.cloud, act)
        return True


class Arrival:
    """Where a browser arrives after signing in: a listener on a free port of this machine."""

    def __enter__(self):
        arrival = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.arrive(urllib.parse.urlparse(self.path).query)

            def do_POST(self):
                self.arrive(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def arrive(self, parameters: str):
                # Chromium also asks for an icon.
                if self.path.startswith("/callback"):
                    arrival.received = dict(urllib.parse.parse_qsl(parameters))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<h1>arrived</h1>")

            def log_message(self, *_):
                pass

        self.received = {}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://localhost:{self.server.server_port}/callback"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
