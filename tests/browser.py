"""Drives headless Chromium over the DevTools protocol, for tests that need a real page."""

import asyncio
import base64
import json
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from signal import SIGKILL
from subprocess import DEVNULL
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

FLAGS = [
    *("--headless=new", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--disable-quic", "--disable-sync", *(["--no-sandbox"] if os.geteuid() == 0 else [])),
    "--host-resolver-rules=MAP content.example 127.0.0.1",
]

CLICKED = """element => {
    if (!element || element.disabled) return false;
    const box = element.getBoundingClientRect();
    const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (!element.contains(seen)) return false;
    element.click();
    return true;
}"""


class BrowserError(Exception):
    """Chromium refused a command or went away, or the page threw."""


class Browser:
    def __init__(self, socket: ClientConnection) -> None:
        self.pages: dict[str, Page] = {}
        self._socket = socket
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}

    @classmethod
    @asynccontextmanager
    async def launch(cls, executable: str) -> AsyncIterator["Browser"]:
        """A new Chromium with an empty profile; its processes and files are gone at the end."""
        home = Path(tempfile.mkdtemp(prefix="chromium-"))
        process = await asyncio.create_subprocess_exec(
            *(executable, *FLAGS, f"--user-data-dir={home}"),
            env=os.environ | {"HOME": str(home), "TMPDIR": str(home)},
            stdout=DEVNULL,
            stderr=DEVNULL,
            start_new_session=True,
        )
        try:
            async with connect(await _address(home, process), max_size=None) as socket:
                browser = cls(socket)
                reading = asyncio.create_task(browser._read())
                yield browser
            await reading
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, SIGKILL)
            await process.wait()
            _remove(home)

    async def open(self, url: str, *, dark: bool = False) -> "Page":
        target = await self.send("Target.createTarget", url="about:blank")
        session = (await self.send("Target.attachToTarget", flatten=True, **target))["sessionId"]
        page = self.pages[session] = Page(self, session)
        size = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        await page.send("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await page.send("Emulation.setEmulatedMedia", features=[scheme])
        for domain in ("Network", "Runtime", "Log"):
            await page.send(f"{domain}.enable")
        await page.send("Page.navigate", url=url)
        return page

    async def send(self, method: str, session: str | None = None, **params: Any) -> Any:
        id = next(self._ids)
        answer = self._answers[id] = asyncio.Future()
        message = {"id": id, "method": method, "params": params}
        await self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        async with asyncio.timeout(30):
            reply = await asyncio.shield(answer)
        if "error" in reply:
            raise BrowserError(f"{method}: {reply['error']['message']}")
        return reply["result"]

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._socket:
                message = json.loads(text)
                if "id" in message:
                    self._answers.pop(message["id"]).set_result(message)
                elif page := self.pages.get(message.get("sessionId")):
                    page.hear(message["method"], message["params"])
        for answer in self._answers.values():
            answer.set_result({"error": {"message": "Chromium went away."}})


class Page:
    def __init__(self, browser: Browser, session: str) -> None:
        self.requests: list[str] = []  # every address that the page or its workers asked for
        self.console: list[str] = []  # errors: logged, thrown, or of the Content-Security-Policy
        self._browser = browser
        self._session = session

    async def send(self, method: str, **params: Any) -> Any:
        return await self._browser.send(method, self._session, **params)

    def hear(self, event: str, params: dict[str, Any]) -> None:
        match event, params:
            case "Network.requestWillBeSent", {"request": {"url": url}}:
                self.requests += [] if url.startswith("data:") else [url]
            case "Network.webSocketCreated", {"url": url}:
                self.requests.append(url)
            case "Log.entryAdded", {"entry": {"level": "error", "text": text, **more}}:
                self.console.append(f"{text} {more.get('url', '')}")
            case "Runtime.consoleAPICalled", {"type": "error", "args": args}:
                self.console.append(" ".join(str(a.get("value", a)) for a in args))
            case "Runtime.exceptionThrown", {"exceptionDetails": details}:
                self.console.append(_thrown(details))

    async def evaluate(self, js: str) -> Any:
        """The value of an expression; a promise is awaited."""
        how = {"awaitPromise": True, "returnByValue": True}
        answer = await self.send("Runtime.evaluate", expression=js, **how)
        if "exceptionDetails" in answer:
            raise BrowserError(_thrown(answer["exceptionDetails"]))
        return answer["result"].get("value")

    async def wait_for(self, js: str, seconds: float = 10) -> Any:
        """The first truthy value of an expression."""
        end = time.monotonic() + seconds
        while not (value := await self.evaluate(js)):
            if time.monotonic() > end:
                raise BrowserError(f"Not within {seconds} s: {js} (console: {self.console})")
            await asyncio.sleep(0.05)
        return value

    async def click(self, selector: str) -> None:
        """Clicks the first element that matches once it can be seen and nothing covers it: found
        and clicked in one task of the page, which may scroll by itself at any other time."""
        await self.wait_for(f"({CLICKED})(document.querySelector({json.dumps(selector)}))")

    async def press_enter(self, *, control: bool = False) -> None:
        event = {"key": "Enter", "windowsVirtualKeyCode": 13, "modifiers": 2 if control else 0}
        for type in ("rawKeyDown", "keyUp"):
            await self.send("Input.dispatchKeyEvent", type=type, **event)

    async def screenshot(self, path: str | Path) -> None:
        picture = await self.send("Page.captureScreenshot")
        await asyncio.to_thread(Path(path).write_bytes, base64.b64decode(picture["data"]))


async def _address(home: Path, process: asyncio.subprocess.Process) -> str:
    """Where Chromium listens, from the file that it writes once it does."""
    for _ in range(600):
        if process.returncode is not None:
            raise BrowserError(f"Chromium ended with status {process.returncode}.")
        with suppress(FileNotFoundError, ValueError):
            port, path = (home / "DevToolsActivePort").read_text().split()
            return f"ws://127.0.0.1:{port}{path}"
        await asyncio.sleep(0.05)
    raise BrowserError("Chromium did not listen within 30 seconds.")


def _remove(home: Path) -> None:
    while home.exists():  # a dying child may still write
        shutil.rmtree(home, ignore_errors=True)


def _thrown(details: dict[str, Any]) -> str:
    return str(details.get("exception", {}).get("description", details["text"]))
