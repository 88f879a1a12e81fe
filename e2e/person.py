"""A person in front of a browser: reads a page, fills its form, presses a button."""

import html.parser
import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request


class Page(html.parser.HTMLParser):
    """Forms and visible text of a page."""

    def __init__(self, url: str, status: int, body: str):
        super().__init__()
        self.url, self.status, self.text, self.forms = url, status, "", []
        self.feed(body)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append({"action": attributes.get("action", ""), "fields": {}, "buttons": []})
        elif tag in ("input", "button") and self.forms and attributes.get("name"):
            name, value = attributes["name"], attributes.get("value", "")
            if tag == "button" or attributes.get("type") == "submit":
                self.forms[-1]["buttons"].append((name, value))
            else:
                self.forms[-1]["fields"][name] = value

    def handle_data(self, data):
        self.text += " " + data.strip()


class Person:
    """Keeps cookies, as a browser does."""

    def __init__(self, tls):
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=tls),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def open(self, url: str, form: dict | None = None) -> Page:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with self.opener.open(urllib.request.Request(url, data=data), timeout=60) as answer:
                return Page(answer.url, answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Page(error.url, error.code, error.read().decode())

    def submit(self, page: Page, values: dict | None = None, button: str | None = None) -> Page:
        """Sends the page's form with these values; `button` is the value of the button to press."""
        form = next(
            f for f in page.forms if button is None or button in [value for _, value in f["buttons"]]
        )
        filled = dict(form["fields"])
        for name, value in (values or {}).items():
            assert name in filled, f"the page has no field {name}: {page.text}"
            filled[name] = value
        filled.update([b for b in form["buttons"] if b[1] == button])
        return self.open(urllib.parse.urljoin(page.url, form["action"]), filled)

    def sign_in(self, page: Page, user: dict) -> Page:
        """Gives user name and password on the pages that ask for them."""
        page = self.submit(page, {"loginfmt": user["user_principal_name"]}, "next")
        return self.submit(page, {"passwd": user["password"]}, "signin")

    def approve_device(self, verification_uri: str, user_code: str, user: dict) -> Page:
        """Enters the code, signs in, and accepts or confirms."""
        page = self.submit(self.open(verification_uri), {"otc": user_code}, "next")
        page = self.sign_in(page, user)
        asks_for_consent = "permissions requested" in page.text.lower()
        return self.submit(page, button="accept" if asks_for_consent else "continue")
