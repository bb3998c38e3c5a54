"""GraphiQL in a real browser, on the demo community, without leaving the host.

Takes the README's picture: delete docs/graphiql.png to have it taken anew.
"""

import os
from pathlib import Path

from tests.browser import Browser, BrowserError, Page
from tests.processes import run, serving

PICTURE = Path(__file__).parents[1] / "docs" / "graphiql.png"

READY = (
    "document.querySelector('.graphiql-query-editor .view-line')?.textContent && "
    "document.querySelector('.graphiql-execute-button:not(:disabled)') && true"
)
ANSWER = (
    "[...document.querySelectorAll('.result-window .view-line')]"
    ".map(line => line.textContent.replaceAll('\\u00a0', ' ')).join('\\n')"
)


# The editor shows the query of the active tab, and can run it.
SHOWN = (
    "document.querySelector('.graphiql-query-editor').textContent.includes("
    "document.querySelector('.graphiql-tab-active .graphiql-tab-button').textContent.trim()) && "
    "document.querySelector('.graphiql-execute-button:not(:disabled)') && true"
)


async def execute(page: Page) -> str:
    """Press the button until data is shown: just after a change of tabs, faster than any person,
    GraphiQL still asks for the operation of the tab before."""
    for _ in range(10):
        await page.click(".graphiql-execute-button")
        try:
            await page.wait_for(f"{ANSWER}.includes('\"data\"')", 3)
        except BrowserError:
            continue
        break
    return str(await page.evaluate(ANSWER))


async def test_the_sample_query_runs_in_a_browser_and_nothing_leaves_the_host(tmp_path):
    with serving("--data", str(tmp_path)) as address:
        async with Browser.launch(os.environ["CHROMIUM"]) as browser:
            page = await browser.open(f"{address}/graphiql/", dark=False)
            await page.wait_for(READY, 30)
            await page.click(".graphiql-execute-button")
            await page.wait_for(f"{ANSWER}.includes('\"contentItems\"')", 30)
            answer = await page.evaluate(ANSWER)
            if not PICTURE.exists():
                await page.screenshot(PICTURE)
            requests, console = page.requests, page.console
    used = run("schema", "usage", "--data", str(tmp_path))

    assert '"username"' in answer
    assert '"errors"' not in answer
    assert console == []
    assert [url for url in requests if not url.startswith(address)] == []
    assert any("worker" in url for url in requests)
    assert "graphiql" in used.stdout


async def test_every_example_tab_answers_without_errors(tmp_path):
    with serving("--data", str(tmp_path)) as address:
        async with Browser.launch(os.environ["CHROMIUM"]) as browser:
            page = await browser.open(f"{address}/graphiql/", dark=True)
            await page.wait_for(READY, 30)
            tabs = await page.evaluate("document.querySelectorAll('.graphiql-tab').length")
            answers = []
            for number in range(1, tabs + 1):
                await page.click(f".graphiql-tab:nth-child({number}) .graphiql-tab-button")
                await page.wait_for(SHOWN, 30)
                answers.append(await execute(page))

    assert len(answers) == 6
    assert [answer for answer in answers if '"errors"' in answer or '"data"' not in answer] == []
