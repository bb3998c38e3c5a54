"""The commands that a page shows in its ```console blocks, carried out in this process.

As much of a shell as the pages need: variables, quotes, curl, and `jq -r` of one value. What is
shown below a command must be what comes: `…` stands for anything, in a text, in the place of a
value, or for what else an object or a list has.
"""

import argparse
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

SERVER = "http://127.0.0.1:8000"

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SET = re.compile(r"(\w+)=(\$\(.*\)|\S*)", re.DOTALL)
_READ = re.compile(r"\$\((curl .*?) \| jq -r '?([\w.\[\]]+)'?\)", re.DOTALL)
_MORE = re.compile(r"([{,]\s*)…(?=\s*\})")

_CURL = argparse.ArgumentParser("curl")
_CURL.add_argument("url")
_CURL.add_argument("-X", dest="method")
_CURL.add_argument("-H", dest="headers", action="append", default=[])
_CURL.add_argument("-d", dest="data")
_CURL.add_argument("-F", dest="form", action="append", default=[])
for flag in ("-i", "-g", "-s"):
    _CURL.add_argument(flag, action="store_true")


@dataclass(frozen=True, slots=True)
class Command:
    text: str
    shown: str


def commands(page: str) -> Iterator[Command]:
    """Those that talk to the server, and what they need to be set before."""
    for block in _BLOCK.findall(page):
        for lines in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            text, rest = _whole(lines)
            if "curl " in text or _SET.fullmatch(text):
                yield Command(text, rest.strip())


def _whole(lines: str) -> tuple[str, str]:
    """A command, which goes on after a backslash at the end of a line, and what is below."""
    found = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n?(.*)", lines, re.DOTALL)
    assert found
    return found[1].replace("\\\n", " "), found[2]


class Console:
    """`variables` are the shell's, files are looked for in `folder`."""

    def __init__(
        self, http: httpx2.AsyncClient, folder: Path, variables: Mapping[str, str]
    ) -> None:
        self._http, self._folder = http, folder
        self.variables = dict(variables)

    async def run(self, command: Command) -> None:
        """Raises AssertionError when something else comes than is shown."""
        try:
            await self._run(command)
        except AssertionError as error:
            error.add_note(f"$ {command.text}")
            raise

    async def _run(self, command: Command) -> None:
        if not (assigned := _SET.fullmatch(command.text)):
            asked = self._asked(command.text)
            shown(command.shown, await self._send(asked), head=asked.i)
            return
        name, value = assigned.groups()
        if read := _READ.fullmatch(value):
            answer = await self._send(self._asked(read[1]))
            assert answer.is_success, answer.text
            value = _at(answer.json(), read[2])
        self.variables[name] = value

    def _asked(self, text: str) -> argparse.Namespace:
        """Variables are put in everywhere but between single quotes."""
        text = re.sub(r"'[^']*'|\$(\w+)", lambda it: self._put(it) if it[1] else it[0], text)
        asked = _CURL.parse_args(shlex.split(text)[1:])
        assert asked.g or not re.search(r"[\[\]{}]", asked.url), f"curl needs -g: {asked.url}"
        return asked

    def _put(self, name: re.Match[str]) -> str:
        return self.variables[name[1]]

    async def _send(self, asked: argparse.Namespace) -> httpx2.Response:
        headers = [tuple(one.split(": ", 1)) for one in asked.headers]
        if asked.data and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        method = asked.method or ("POST" if asked.data or asked.form else "GET")
        url = asked.url.removeprefix(SERVER)
        assert url.startswith("/"), f"Another server: {asked.url}"
        files = [self._part(one) for one in asked.form] or None
        return await self._http.request(
            method, url, headers=headers, content=asked.data, files=files
        )

    def _part(self, text: str) -> tuple[str, Any]:
        name, value = text.split("=", 1)
        if value.startswith("@"):
            return name, (value[1:], (self._folder / value[1:]).read_bytes())
        return name, (None, value.encode())


def _at(found: Any, way: str) -> str:
    for step in re.findall(r"\w+", way):
        found = found[int(step) if step.isdigit() else step]
    assert isinstance(found, str)
    return found


def shown(text: str, answer: httpx2.Response, *, head: bool) -> None:
    """Raises AssertionError when an answer is not as it is shown."""
    if not head:
        assert answer.is_success, answer.text
    elif text:
        above, _, text = text.partition("\n\n")
        first, *lines = above.splitlines()
        assert first.split()[1] == str(answer.status_code), answer.text
        for name, value in (line.split(": ", 1) for line in lines):
            assert _like(value, answer.headers.get(name, "")), (name, answer.headers)
    if text:
        differs = difference(pattern(text), answer.json())
        assert differs is None, f"{differs}\n{answer.text}"


def pattern(text: str) -> Any:
    """JSON with `…` in it."""
    text = _MORE.sub(r'\1"…": "…"', text)
    return json.loads(re.sub(r'("[^"]*")|…', lambda it: it[1] or '"…"', text))


def difference(shown: Any, found: Any, at: str = "") -> str | None:
    """Where what is found is not what is shown."""
    if shown == "…":
        return None
    if isinstance(shown, dict) and isinstance(found, dict):
        whole = "…" not in shown
        keys = shown.keys() - {"…"}
        if not keys <= found.keys() or (whole and keys != found.keys()):
            return f"{at}: {sorted(shown)} is not {sorted(found)}"
        parts = [(f"{at}/{key}", shown[key], found[key]) for key in keys]
    elif isinstance(shown, list) and isinstance(found, list):
        more = shown[-1:] == ["…"]
        given = shown[:-1] if more else shown
        if len(given) > len(found) or (not more and len(given) != len(found)):
            return f"{at}: {len(given)} is not {len(found)}"
        parts = [(f"{at}/{n}", *pair) for n, pair in enumerate(zip(given, found, strict=False))]
    elif isinstance(shown, str) and isinstance(found, str):
        return None if _like(shown, found) else f"{at}: {shown} is not {found}"
    else:
        return None if shown == found else f"{at}: {shown} is not {found}"
    return next((found for part in parts if (found := difference(part[1], part[2], part[0]))), None)


def _like(shown: str, found: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), found, re.DOTALL) is not None
