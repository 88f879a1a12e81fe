"""What must hold on every page that people see, whatever it says; and its picture."""

import pathlib

from playwright.sync_api import Page

import node_packages

# Everything that WCAG 2.2 asks at levels A and AA as far as axe-core can tell: names, labels,
# language, contrast, landmarks, headings.
AXE = """async () => (await axe.run(document)).violations.map(
  (v) => `${v.id}: ${v.help}: ` + v.nodes.map((n) => n.html).join(" "))"""

# What the keyboard must reach, and where the focus is.
KEYS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), textarea, summary")]
    .filter((e) => e.checkVisibility());
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return {
    all: all.map((e) => e.outerHTML.slice(0, 90)),
    focused: all.indexOf(at),
    isVisible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""

NARROW = {"width": 320, "height": 640}


class Look:
    """Looks at pages as they come by."""

    def __init__(self, scheme: str, folder: pathlib.Path | None):
        self.scheme, self.folder, self.seen = scheme, folder, []
        self.axe = (node_packages.folder() / "axe-core" / "axe.min.js").read_text()

    def at(self, page: Page, name: str, scripts: int = 0):
        page.wait_for_selector("h1")
        assert page.locator("script").count() == scripts, f"{name} needs no script"
        page.evaluate(self.axe)
        violations = page.evaluate(AXE)
        assert not violations, f"{name}, {self.scheme}: " + "\n".join(violations)
        self.by_keyboard(page, name)
        self.on_a_narrow_screen(page, name)
        self.seen.append(name)
        if self.folder:
            page.locator("main").screenshot(path=self.folder / f"{name}-{self.scheme}.png")

    def by_keyboard(self, page: Page, name: str):
        """The tabulator reaches everything, and one sees where it is."""
        keys = page.evaluate(KEYS)
        begun_at, reached = keys["focused"], set()
        # Once around, over the page itself.
        for _ in range(len(keys["all"]) + 1):
            page.keyboard.press("Tab")
            now = page.evaluate(KEYS)
            if now["focused"] >= 0:
                reached.add(now["focused"])
                assert now["isVisible"], f"{name}: no visible focus on {keys['all'][now['focused']]}"
        missed = [html for index, html in enumerate(keys["all"]) if index not in reached]
        assert not missed, f"{name}: the keyboard does not reach {missed}"
        while keys["all"] and page.evaluate(KEYS)["focused"] != begun_at:
            page.keyboard.press("Tab")

    def on_a_narrow_screen(self, page: Page, name: str):
        wide = page.viewport_size
        page.set_viewport_size(NARROW)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW["width"], f"{name} is {width} pixels wide on a narrow screen"
        page.set_viewport_size(wide)


def enter(page: Page, text: str):
    """Types into the field that has the focus; nobody reaches for the mouse."""
    page.wait_for_selector("input:focus")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def press(page: Page, selector: str):
    """Goes to a button by keyboard and presses it."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
