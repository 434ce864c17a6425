"""The page of `meshgen graph`, before a real browser on a wide and on a narrow screen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
WIDE, NARROW = 1280, 400
SMALLEST_TEXT = 12

SCROLLS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIDEWAYS = """[...document.querySelectorAll("body *")]
  .filter((element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX))
  .filter((element) => element.scrollWidth > element.clientWidth).map((element) => element.outerHTML)"""
SMALL_TEXT = """(smallest) => [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility())
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((element) => parseFloat(getComputedStyle(element).fontSize) < smallest)
  .map((element) => element.outerHTML)"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll(".box")].filter((box) => box.checkVisibility())
    .map((box) => [box.textContent, box.getBoundingClientRect()]);
  return boxes.flatMap(([name, one], index) => boxes.slice(index + 1)
    .filter(([, other]) => one.left < other.right && other.left < one.right)
    .filter(([, other]) => one.top < other.bottom && other.top < one.bottom)
    .map(([other]) => `${name} and ${other}`));
}"""
MISSED = """(count) => {
  const missed = [];
  for (let edge = 0; edge < count; edge += 1) {
    const drawn = [...document.querySelectorAll(`[data-edge="${edge}"]`)]
      .find((element) => element.checkVisibility());
    const target = drawn?.querySelector("circle") ?? drawn;
    target?.scrollIntoView({ block: "center" });
    const { x, y, width, height } = target?.getBoundingClientRect() ?? {};
    const hit = target && document.elementFromPoint(x + width / 2, y + height / 2)?.closest("[data-edge]");
    if (hit !== drawn || !drawn) { missed.push(edge); continue; }
    hit.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    const said = document.querySelector("#about h2").textContent;
    if (!drawn.getAttribute("aria-label").startsWith(said)) missed.push(`${edge}: ${said}`);
  }
  return missed;
}"""


def sixty() -> str:
    """Write an intent of 60 services: a chain of tiers, hubs, a cycle, denials, routes and mirrors."""
    lines = [
        "apiVersion: meshgen.dev/v1alpha1",
        "kind: MeshIntent",
        "metadata: {name: sixty, namespace: shop}",
        "spec:",
        "  selectorLabel: app",
        "  accounts: named",
        "  mtls: {mode: strict}",
        "  authorization:",
        "    default: deny",
        "    rules:",
        "      - {name: never, action: deny, from: [{serviceAccount: other/evil}]}",
        "      - {name: scrape, from: [{namespace: monitoring}], to: [{paths: [{exact: /metrics}]}]}",
        "  services:",
    ]
    for number in range(60):
        callers = sorted({number // 3, (number * 7) % 60, 59 - number} - {number})
        lines.append(f"    service-with-a-long-name-{number}:")
        lines.append("      port: 80")
        lines.append("      versions: {v1: {}, v2: {}, v3: {}}")
        lines.append("      split: {v1: 70, v2: 29.5, v3: 0.5}")
        lines.append(f"      callers: [{', '.join(f'service-with-a-long-name-{each}' for each in callers)}]")
        if number % 9 == 0:
            lines.append(f"      mirror: {{service: service-with-a-long-name-{number + 1}}}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium, which belongs to the machine."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "chromium is not installed; tests/tools.md tells how to"
    with sync_playwright() as playwright:
        # As root, which containers often are, Chromium has no sandbox to start.
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module", params=["bookinfo", "online-boutique", "sixty"])
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw an example, or an intent of 60 services."""
    folder = tmp_path_factory.mktemp("drawn")
    given = ROOT / "examples" / request.param
    if request.param == "sixty":
        given = folder / "intent.yaml"
        given.write_text(sixty(), "utf-8")
    written = folder / "graph.html"
    subprocess.run(
        [sys.executable, "-m", "meshgen", "graph", str(given), "-q", "-o", str(written)], check=True, cwd=ROOT
    )
    return written


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def shown(request: pytest.FixtureRequest, browser: Browser, drawn: Path) -> Iterator[Page]:
    """Open a page; a request or an error of its script fails the test."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    page = context.new_page()
    unasked: list[str] = []
    page.on("request", lambda asked: unasked.append(asked.url))
    page.on("pageerror", lambda error: unasked.append(str(error)))
    page.on("console", lambda said: unasked.append(said.text))
    page.goto(drawn.as_uri())
    yield page
    context.close()

    assert unasked == [drawn.as_uri()]


def count(page: Page) -> int:
    """Count the edges of a page."""
    found: int = page.evaluate("edges.length")
    return found


def test_nothing_scrolls_sideways(shown: Page) -> None:
    assert shown.evaluate(SCROLLS) == 0
    assert shown.evaluate(SIDEWAYS) == []


def test_no_text_is_small(shown: Page) -> None:
    shown.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    assert shown.evaluate(SMALL_TEXT, SMALLEST_TEXT) == []
    assert shown.evaluate(SCROLLS) == 0


def test_no_box_lies_on_another(shown: Page) -> None:
    assert shown.evaluate(OVERLAPS) == []


def test_every_edge_can_be_clicked_and_tells_its_rule(shown: Page) -> None:
    assert count(shown) > 0
    assert shown.evaluate(MISSED, count(shown)) == []


def test_every_edge_can_be_reached_by_keyboard(shown: Page) -> None:
    """Tab from the search field on, and press Enter at the first edge."""
    every = {str(edge) for edge in range(count(shown))}
    reached: set[str] = set()
    shown.locator("#search").focus()
    for _ in range(3 * count(shown) + 200):
        shown.keyboard.press("Tab")
        at = shown.evaluate("document.activeElement.dataset.edge ?? ''")
        if at and not reached:
            shown.keyboard.press("Enter")
            label = shown.evaluate("document.activeElement.getAttribute('aria-label')")
            assert label.startswith(shown.locator("#about h2").text_content())
        reached.update(filter(None, [at]))
        if reached == every:
            break

    assert every == reached


def test_a_search_leaves_what_it_finds(shown: Page) -> None:
    left = ".node:not(.faded):not(.outside)"
    name = shown.evaluate("boxes[edges[0].to].name")

    shown.fill("#search", name)
    found = shown.locator(f"{left} .name").all_text_contents()
    shown.fill("#search", "no service is called so")

    assert name in found
    assert shown.locator(left).count() == 0
