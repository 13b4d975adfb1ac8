"""The GraphQL editor in Chromium: under the server's own policy, with nothing from elsewhere."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from env1357.settings import PAGE
from tests.command.test_command import serving
from tests.conftest import skip_or_fail
from tests.web.test_page import FLAGS

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (PAGE / "graphql.html").exists():
        skip_or_fail("the editor is not built: Node was not here")
    with serving(tmp_path_factory.mktemp("editor")) as address:
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
    """A page; afterwards it must have logged no error (nor a breach of the policy) and asked no other host."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    errors: list[str] = []
    elsewhere: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else elsewhere.append(r.url))
    yield opened
    assert errors == []
    assert elsewhere == []
    context.close()


@pytest.mark.parametrize("path", ["/graphql", "/mobile/public/graphql"])
def test_it_draws_and_answers_a_question(page: Page, url: str, path: str) -> None:
    page.goto(f"{url}{path}?query=%7B__schema%7BqueryType%7Bname%7D%7D%7D")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("queryType")
    page.get_by_role("button", name=re.compile("execute", re.IGNORECASE)).click()
    expect(page.locator(".result-window")).to_contain_text(re.compile(r"queryType.*Query", re.DOTALL))


def test_what_can_be_asked_is_listed(page: Page, url: str) -> None:
    page.goto(f"{url}/graphql")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("airNow")
    page.get_by_role("button", name=re.compile("documentation", re.IGNORECASE)).first.click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("Query")
