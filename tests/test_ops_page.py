"""The operator's page in a real browser: signing in, what it shows, and that nothing leaves it."""

import json
import os
from collections.abc import Iterator

import httpx2
import pytest

from tests.browser import Browser, Page
from tests.processes import run, serving

PASSWORD = "Correct-Horse-7"
QUERY = """query Front($search: String) {
  contentItems(limit: 5, filter: {title: {contains: $search}}) {
    title author { username } tags { name }
  }
}"""

ROW = "[...document.querySelectorAll('#slowest button')].find(one => one.textContent === 'Front')"
LINE = "document.querySelector('#rate polyline').getAttribute('points')"
TILES = (
    "Object.fromEntries([...document.querySelectorAll('.tile')]"
    ".map(one => [one.lastChild.textContent, one.firstChild.textContent]))"
)
DETAIL = f"[...{ROW}.closest('tr').nextSibling.querySelectorAll('pre')].map(one => one.textContent)"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A server with an admin, `ops`, and an editor, `ann`."""
    home = tmp_path_factory.mktemp("ops")
    (home / "password").write_text(PASSWORD)
    data = ("--data", str(home / "data"))
    with serving(*data) as address:
        for name, role in (("ops", "admin"), ("ann", "editor")):
            who = ("--username", name, "--email", f"{name}@example.org", "--role", role)
            made = run("user", "create", *who, "--password-file", str(home / "password"), *data)
            assert made.returncode == 0, made.stderr
        yield address


async def sign_in(page: Page, name: str) -> None:
    await page.wait_for("document.activeElement?.name === 'username'")
    await page.send("Input.insertText", text=name)
    await page.evaluate("document.querySelector('[name=password]').focus()")
    await page.send("Input.insertText", text=PASSWORD)
    await page.click("#enter button")


async def test_an_admin_watches(address):
    async with httpx2.AsyncClient() as http:
        for _ in range(3):
            answer = await http.post(f"{address}/graphql", json={"query": QUERY})
            assert "errors" not in answer.json()
    async with Browser.launch(os.environ["CHROMIUM"]) as browser:
        page = await browser.open(f"{address}/ops")
        await sign_in(page, "ops")
        await page.wait_for(f"document.querySelector('.tile') && !!{ROW}")
        await page.evaluate(f"{ROW}.click()")
        text, plan, sql = await page.evaluate(DETAIL)
        await page.wait_for(f"{LINE}.split(' ').some(one => !one.endsWith(',88'))")
        opened = await page.evaluate(f"{ROW}.ariaExpanded")
        tiles = await page.evaluate(TILES)
        status = await page.evaluate("document.querySelector('#status').textContent")
        kept = await page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        if picture := os.environ.get("OPS_PICTURE"):
            await page.screenshot(picture)
        await page.click("#leave")
        await page.wait_for("!document.querySelector('#enter').hidden")
        password = await page.evaluate("document.querySelector('[name=password]').value")

    assert text.startswith("query Front($search: String) {")
    assert "tags" in plan
    assert "SELECT" in sql
    assert (opened, status, password) == ("true", "ready", "")
    assert tiles["jobs due"] == "0"
    assert json.loads(kept) == [{}, {}]
    assert page.console == []
    assert [url for url in page.requests if not url.startswith(f"{address}/")] == []


async def test_who_is_no_admin_is_told(address):
    async with Browser.launch(os.environ["CHROMIUM"]) as browser:
        page = await browser.open(f"{address}/ops/", dark=True)
        await sign_in(page, "ann")
        message = await page.wait_for("document.querySelector('#message').textContent")
        tiles = await page.evaluate(TILES)
        hidden = await page.evaluate("document.querySelector('#enter').hidden")

    assert (message, tiles, hidden) == ("You may not do this", {}, False)
