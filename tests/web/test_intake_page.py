"""The page where files are imported and the quarantine is worked off, as a person sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web import test_page

pytestmark = [pytest.mark.slow, pytest.mark.browser]

url, browser = test_page.url, test_page.browser
HEADER = "timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h\n"
ROWS = "2022-01-05T03:00:00,1803A,41,80,10,40,0.8,60\n2022-01-05T04:00:00,1803A,much,80,10,40,0.8,60\n"


@pytest.fixture
def intake(browser: Browser, url: str) -> Iterator[Page]:
    """The page, in Chinese; afterwards it must have logged no error."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    opened, errors = context.new_page(), list[str]()
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.goto(f"{url}/intake.html")
    yield opened
    context.close()
    assert errors == []


def test_a_file_is_tried_imported_and_what_was_refused_is_corrected_and_sent_again(
    intake: Page, tmp_path: Path
) -> None:
    (tmp_path / "day.csv").write_text(HEADER + ROWS)
    intake.get_by_test_id("file").set_input_files(tmp_path / "day.csv")
    expect(intake.get_by_test_id("import")).to_be_disabled()
    intake.get_by_test_id("try").click()
    expect(intake.get_by_test_id("report")).to_contain_text("试导入结果")
    expect(intake.get_by_test_id("report")).to_contain_text("line 3")
    expect(intake.get_by_test_id("quarantined")).to_have_count(0)
    intake.get_by_test_id("import").click()
    row = intake.get_by_test_id("quarantined")
    expect(row).to_contain_text("day.csv, line 3")
    row.click()
    expect(intake.get_by_test_id("content")).to_have_value(ROWS.splitlines()[1] + "\n")
    intake.screenshot(path=tmp_path / "intake.png")

    intake.get_by_test_id("content").fill(HEADER + ROWS.splitlines()[1].replace("much", "43"))
    intake.get_by_test_id("source").fill("王工")
    intake.get_by_test_id("note").fill("read from the strip chart")
    expect(intake.get_by_test_id("resend")).to_be_disabled()
    intake.get_by_test_id("correct").click()
    expect(row).to_contain_text("已更正")
    intake.get_by_test_id("resend").click()
    expect(intake.get_by_test_id("outcome")).to_contain_text("body: ")
    intake.get_by_test_id("resend-kind").fill("cnemc")
    intake.get_by_test_id("resend").click()
    expect(row).to_contain_text("已重发")
    intake.get_by_test_id("language").click()
    expect(row).to_contain_text("Sent again")


def test_the_portal_leads_to_it_and_it_fits_a_telephone(browser: Browser, url: str, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(url)
    page.get_by_role("link", name="数据接入").click()
    expect(page.get_by_role("heading", name="隔离区")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=tmp_path / "intake-telephone.png")
    context.close()
