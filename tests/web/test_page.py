"""The portal as a person sees it: in Chromium, against a server of the demo."""

import shutil
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from env1357.settings import PAGE
from tests.command.test_command import serving
from tests.conftest import skip_or_fail

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (PAGE / "index.html").exists():
        skip_or_fail("the page is not built: Node was not here")
    with serving(tmp_path_factory.mktemp("page"), "--demo") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if not chromium:
        skip_or_fail("Chromium is not here")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """The page, loaded; afterwards it must have logged no error and asked no other host."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="America/New_York")
    opened = context.new_page()
    errors: list[str] = []
    elsewhere: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else elsewhere.append(r.url))
    opened.goto(url)
    expect(opened.get_by_test_id("live")).to_have_attribute("data-state", "live")
    yield opened
    assert errors == []
    assert elsewhere == []
    context.close()


def test_it_shows_the_stations_with_their_aqi_in_local_time(page: Page) -> None:
    row = page.get_by_test_id("station-row-1808A")
    expect(row).to_contain_text("230")
    expect(row).to_contain_text("重度污染")
    expect(row).to_contain_text("22:00–23:00")
    expect(page.get_by_test_id("station-marker-1804A")).to_contain_text("210")
    expect(page.get_by_test_id("as-of")).to_contain_text("2022-01-04 22:00–23:00")


def test_a_station_that_is_chosen_has_its_48_hours_drawn(page: Page) -> None:
    page.get_by_test_id("station-row-1803A").click()
    expect(page.get_by_test_id("selected-station")).to_contain_text("十里")
    expect(page.get_by_test_id("chart")).to_have_attribute("data-points", "45")
    page.get_by_test_id("mode-concentrations").click()
    expect(page.get_by_test_id("chart").locator("canvas, svg").first).to_be_visible()


def test_what_is_simulated_says_so(page: Page) -> None:
    row = page.get_by_test_id("station-row-xunyang-air-penpu")
    expect(row.get_by_test_id("simulated-badge")).to_contain_text("模拟")
    row.click()
    expect(page.get_by_test_id("chart")).to_have_attribute("data-points", "0")


def test_it_speaks_english_too(page: Page) -> None:
    page.get_by_test_id("language").click()
    expect(page.get_by_test_id("station-row-1808A")).to_contain_text("Heavily polluted")
    page.reload()
    expect(page.get_by_test_id("station-row-1808A")).to_contain_text("Heavily polluted")


def test_a_new_observation_appears_by_itself(page: Page, url: str) -> None:
    six = {"SO2": 10, "NO2": 40, "CO": 0.8, "O3": 60, "PM10": 80, "PM2.5": 36}
    said = {
        "siteId": "1803A", "period": "HOUR", "observedAt": "2022-01-04T15:00:00Z", "source": "test",
        "readings": [{"factor": factor, "value": value} for factor, value in six.items()],
    }  # fmt: skip
    record = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
    httpx2.post(f"{url}/graphql", json={"query": record, "variables": {"input": [said]}}).raise_for_status()
    row = page.get_by_test_id("station-row-1803A")
    expect(row).to_contain_text("23:00–24:00")
    expect(row).to_contain_text("良")


def test_it_fits_a_telephone(browser: Browser, url: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_test_id("station-row-1808A")).to_contain_text("230")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_it_draws_which_way_water_flows(page: Page) -> None:
    lines = page.locator("path.connection")
    expect(lines.first).to_be_visible()
    assert lines.count() >= 7  # the plan's five outfalls, the intake and the culvert of Baishui Lake
