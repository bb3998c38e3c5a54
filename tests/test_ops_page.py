"""The operator's page in a real browser: signing in, what it shows, and that nothing leaves it."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pyotp
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
MESSAGE = "document.querySelector('#message').textContent"
UPTIME = "document.querySelector('#process').textContent"
DETAIL = f"[...{ROW}.closest('tr').nextSibling.querySelectorAll('pre')].map(one => one.textContent)"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A server with two admins, `ops` and `eva`, and an editor, `ann`."""
    home = tmp_path_factory.mktemp("ops")
    (home / "password").write_text(PASSWORD)
    data = ("--data", str(home / "data"))
    with serving(*data) as address:
        for name, role in (("ops", "admin"), ("eva", "admin"), ("ann", "editor")):
            who = ("--username", name, "--email", f"{name}@example.org", "--role", role)
            made = run("user", "create", *who, "--password-file", str(home / "password"), *data)
            assert made.returncode == 0, made.stderr
        yield address


async def with_second_factor(address: str, name: str) -> str:
    """Give an account one. Returns its secret."""
    async with httpx2.AsyncClient(base_url=address) as http:

        async def do(mutation: str, wanted: str, **input: str) -> dict[str, Any]:
            text = f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!)"
            query = f"{text} {{ {mutation}(input: $input) {{ {wanted} errors {{ message }} }} }}"
            answer = await http.post(
                "/graphql", json={"query": query, "variables": {"input": input}}
            )
            done = answer.json()["data"][mutation]
            assert done["errors"] == []
            return done

        session = await do("createSession", "accessToken", identifier=name, password=PASSWORD)
        http.headers["Authorization"] = f"Bearer {session['accessToken']}"
        secret = (await do("startTotp", "secret", password=PASSWORD))["secret"]
        await do("enableTotp", "recoveryCodes", code=pyotp.TOTP(secret).now())
    return secret


async def sign_in(page: Page, name: str) -> None:
    await page.wait_for("!!document.querySelector('#enter button:enabled')")
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


async def test_a_second_factor_is_asked_for(address):
    secret = await with_second_factor(address, "eva")
    # The code of this step has been used.
    code = pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30))
    async with Browser.launch(os.environ["CHROMIUM"]) as browser:
        page = await browser.open(f"{address}/ops/")
        await sign_in(page, "eva")
        await page.wait_for("document.activeElement?.name === 'totp_code'")
        asked = await page.evaluate(MESSAGE)
        await page.send("Input.insertText", text="000 000")
        await page.click("#enter button")
        wrong = await page.wait_for(f"{MESSAGE} !== {json.dumps(asked)} && {MESSAGE}")
        await page.evaluate("document.querySelector('[name=totp_code]').select()")
        await page.send("Input.insertText", text=code)
        await page.click("#enter button")
        await page.wait_for("!!document.querySelector('.tile')")
        left = await page.evaluate("document.querySelector('[name=totp_code]').value")
        message = await page.evaluate(MESSAGE)

    assert asked == "Give the code that your app shows, or a recovery code"
    assert wrong == "This code is not right, or was used"
    assert (message, left) == ("", "")


async def test_a_session_is_renewed_before_it_ends(address):
    renewals = "performance.getEntriesByName(new URL('../api/v1/auth/refresh', location)).length"
    async with Browser.launch(os.environ["CHROMIUM"]) as browser:
        page = await browser.open(f"{address}/ops/")
        await sign_in(page, "ops")
        await page.wait_for("!!document.querySelector('.tile')")
        assert await page.evaluate(renewals) == 0
        for renewed in (1, 2):  # the token of the first is good for the second
            await page.evaluate("Date.now = (now => () => now() + 15 * 60_000)(Date.now)")
            await page.wait_for(f"{renewals} === {renewed}")
            shown = await page.evaluate(UPTIME)
            await page.wait_for(f"{UPTIME} !== {json.dumps(shown)}")
        kept = await page.evaluate("document.querySelector('#enter').hidden")

    assert kept is True
