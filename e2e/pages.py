"""Every page in real Chromium: light and dark, without script, by keyboard alone, labelled, with enough
contrast. With `--screenshots FOLDER` it also takes their pictures."""

import pathlib
import sys
from urllib.parse import urlencode

import browser
import local_cloud
import registration

SCOPE = "openid offline_access https://lcsapi.lcs.dynamics.com//.default"

# Relative luminance and contrast as WCAG 2.2 defines them, for every text on the page.
LOWEST_CONTRAST = """() => {
  const channels = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const luminance = (text) => {
    const [r, g, b] = channels(text).map((c) => {
      const v = c / 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$/.test(colour) && colour !== "transparent") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  let lowest = 21;
  for (const element of document.querySelectorAll("main *")) {
    const hasText = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!hasText || !element.checkVisibility()) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    lowest = Math.min(lowest, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return lowest;
}"""

UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden])")]
  .filter((i) => i.checkVisibility() && !i.labels.length && !i.ariaLabel)
  .map((i) => i.outerHTML)"""


class Look:
    """Looks at pages as they come by."""

    def __init__(self, scheme: str, folder: pathlib.Path | None):
        self.scheme, self.folder, self.seen = scheme, folder, []

    def at(self, page, name: str):
        page.wait_for_selector("h1")
        assert page.locator("html").get_attribute("lang") == "en", name
        assert page.title(), name
        assert page.locator("h1").count() == 1, name
        assert page.locator("script").count() == 0, f"{name} needs no script"
        unlabelled = page.evaluate(UNLABELLED)
        assert not unlabelled, f"{name}: {unlabelled}"
        contrast = page.evaluate(LOWEST_CONTRAST)
        assert contrast >= 4.5, f"{name}, {self.scheme}: contrast {contrast:.2f}"
        self.seen.append(name)
        if self.folder:
            page.locator("main").screenshot(path=self.folder / f"{name}-{self.scheme}.png")


def authorize(cloud, client_id: str, redirect: str, **more) -> str:
    return f"{cloud.ready['authority']}/oauth2/v2.0/authorize?" + urlencode({
        "client_id": client_id, "response_type": "code", "redirect_uri": redirect, "scope": SCOPE,
        "state": "s", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256", **more,
    })


def walk(cloud, tool, unconsented, look: Look, redirect: str):
    """Through all pages, by keyboard alone."""
    user, megan = cloud.user(role=None), cloud.user(mfa=True)
    admin = cloud.user(role="Global Administrator")
    context = {"color_scheme": look.scheme}

    def enter(page, text: str):
        # The field has the focus; nobody reaches for the mouse.
        page.keyboard.type(text)
        page.keyboard.press("Enter")

    def sign_in(page, who):
        enter(page, who["user_principal_name"])
        page.wait_for_selector("input[name=passwd]")
        enter(page, who["password"])

    with browser.Chromium(cloud, **context) as page:
        page.goto(authorize(cloud, tool.client_id, redirect))
        look.at(page, "sign-in")
        enter(page, megan["user_principal_name"])
        page.wait_for_selector("input[name=passwd]")
        look.at(page, "password")
        enter(page, "wrong")
        page.wait_for_selector("[role=alert]")
        look.at(page, "wrong-password")
        enter(page, megan["password"])
        page.wait_for_selector("#idTxtBx_SAOTCC_OTC")
        look.at(page, "second-factor")
        enter(page, browser.one_time_code(megan["totp_secret"]))
        page.wait_for_url(f"{redirect}**")
        page.goto(authorize(cloud, unconsented.client_id, redirect))
        look.at(page, "permissions-requested")
        page.goto(authorize(cloud, tool.client_id, redirect, prompt="select_account"))
        look.at(page, "pick-an-account")
        page.goto(f"{cloud.ready['authority']}/v2.0/adminconsent?client_id={unconsented.client_id}"
                  f"&redirect_uri={redirect}&scope=https://lcsapi.lcs.dynamics.com/.default")
        look.at(page, "need-admin-approval")
        page.goto(authorize(cloud, tool.client_id, "https://evil.example"))
        look.at(page, "refusal")
        page.goto(f"{cloud.ready['origin']}/error?code=50126")
        look.at(page, "error-code")
        page.goto(f"{cloud.ready['authority']}/oauth2/v2.0/logout")
        look.at(page, "signed-out")

    with browser.Chromium(cloud, **context) as page:
        page.goto(f"{cloud.ready['authority']}/v2.0/adminconsent?client_id={unconsented.client_id}"
                  f"&redirect_uri={redirect}&scope=https://lcsapi.lcs.dynamics.com/.default")
        sign_in(page, admin)
        page.wait_for_selector("#idBtn_Accept")
        look.at(page, "admin-consent")

    started = cloud.call("POST", f"{cloud.ready['authority']}/oauth2/v2.0/devicecode", form={
        "client_id": tool.client_id, "scope": SCOPE,
    }).json()
    with browser.Chromium(cloud, **context) as page:
        page.goto(started["verification_uri"])
        look.at(page, "device-code")
        enter(page, started["user_code"])
        page.wait_for_selector("input[name=loginfmt]")
        sign_in(page, user)
        page.wait_for_selector("h1:has-text('Are you trying')")
        look.at(page, "device-confirmation")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('Signed in')")
        look.at(page, "device-signed-in")


def main():
    folder = None
    if "--screenshots" in sys.argv:
        folder = pathlib.Path(sys.argv[sys.argv.index("--screenshots") + 1])
        folder.mkdir(parents=True, exist_ok=True)
    with local_cloud.running(sys.argv[1]) as cloud:
        tool, unconsented = registration.Application(cloud), registration.Application(cloud)
        for application in (tool, unconsented):
            application.change(publicClient={"redirectUris": ["http://localhost/callback"]})
        unconsented.without_consent()
        for scheme in ["light", "dark"]:
            look = Look(scheme, folder)
            with browser.Arrival() as arrival:
                walk(cloud, tool, unconsented, look, arrival.url)
            print(f"{len(look.seen)} pages, {scheme}: labelled, by keyboard, without script, contrast 4.5:1")


if __name__ == "__main__":
    main()
