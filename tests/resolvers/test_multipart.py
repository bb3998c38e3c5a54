"""Operations with files: the GraphQL multipart request specification."""

import asyncio
import json

import pytest
from starlette.requests import ClientDisconnect, Request

from app.http.refusal import RequestError
from app.media.upload import Upload
from app.permissions import Actor, Role
from resolvers.endpoint.multipart import received

ANN = Actor("usr_ann", Role.USER)
GUARD = {"GraphQL-Preflight": "1"}
ONE = {"operations": {"query": "q", "variables": {"file": None}}, "map": {"0": ["variables.file"]}}


def part(name, content, file=None, more=""):
    head = f'Content-Disposition: form-data; name="{name}"'
    head += f'; filename="{file}"' if file is not None else ""
    content = content if isinstance(content, bytes) else content.encode()
    return f"--B\r\n{head}\r\n{more}\r\n".encode() + content + b"\r\n"


def form(operations=ONE["operations"], map=ONE["map"], **files):
    parts = [part("operations", json.dumps(operations)), part("map", json.dumps(map))]
    parts += [part(name, content, f"{name}.txt") for name, content in files.items()]
    return b"".join(parts) + b"--B--\r\n"


FILE = part("0", b"content", "a.txt")
TEXTS = form()[:-7]
GOOD = TEXTS + FILE + b"--B--\r\n"


def request(body, type="multipart/form-data; boundary=B", headers=GUARD, piece=7, cut=False):
    """A request whose body comes in small pieces, and ends early with `cut`."""
    messages = [
        {"type": "http.request", "body": body[at : at + piece], "more_body": True}
        for at in range(0, len(body), piece)
    ]
    end = {"type": "http.disconnect"} if cut else {"type": "http.request", "body": b""}
    messages.append(end)

    async def receive():
        return messages.pop(0)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "headers": [*raw, (b"content-type", type.encode())]}
    return Request(scope, receive)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"max_body_bytes": 5_000, "max_upload_bytes": 20_000})


@pytest.fixture(autouse=True)
def no_file_remains(settings):
    yield
    uploads = settings.uploads_dir
    assert not uploads.exists() or list(uploads.iterdir()) == []


async def read(settings, *args, **kwargs):
    """The variables, with what was in the files."""
    async with received(request(*args, **kwargs), ANN, settings) as asked:
        return asked, _contents(asked.variables)


def _contents(value):
    if isinstance(value, dict):
        return {key: _contents(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_contents(inner) for inner in value]
    return value.path.read_bytes() if isinstance(value, Upload) else value


async def refused(settings, *args, **kwargs):
    with pytest.raises(RequestError) as error:
        await read(settings, *args, **kwargs)
    return error.value.status, error.value.error["message"]


@pytest.mark.parametrize("piece", [1, 2, 3, 64, 10_000])
async def test_a_file_in_a_variable(settings, piece):
    asked, variables = await read(settings, GOOD, piece=piece)
    upload = asked.variables["file"]

    assert asked.query == "q"
    assert variables == {"file": b"content"}
    assert (upload.file_name, upload.size) == ("a.txt", 7)
    assert not upload.path.exists()


async def test_files_where_the_map_says(settings):
    operations = {
        "query": "q",
        "operationName": "N",
        "variables": {
            "a": 1,
            "input": {"file": None},
            "files": [None, {"deep": [None]}],
            "b": None,
        },
    }
    map = {
        "one": ["variables.input.file"],
        "two": ["variables.files.0", "variables.files.1.deep.0"],
    }
    asked, variables = await read(settings, form(operations, map, one="1", two="\r\n-"))

    assert asked.operation_name == "N"
    assert variables == {
        "a": 1, "input": {"file": b"1"}, "files": [b"\r\n-", {"deep": [b"\r\n-"]}], "b": None,
    }  # fmt: skip
    assert asked.variables["files"][0] is asked.variables["files"][1]["deep"][0]


async def test_contents_of_all_kinds(settings):
    for content in (b"", bytes(range(256)) * 70, b"\r\n--", b"\r\n--A", b"-B--", b"\r" * 999):
        assert (await read(settings, form(**{"0": content})))[1] == {"file": content}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("cat.jpg", "cat.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\cat.jpg", "cat.jpg"),
        ("/etc/passwd", "passwd"),
        ("", "file"),
        ("猫.jpg", "猫.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("a%00b.jpg", "a%00b.jpg"),
        ("..", "file"),
        ('a\\"b.jpg', 'a"b.jpg'),
        ("=?utf-8?Q?caf=C3=A9?=", "=?utf-8?Q?caf=C3=A9?="),
        ("x" * 3_000, "x" * 255),
    ],
)
async def test_names_are_cleaned(settings, sent, kept):
    asked, _ = await read(settings, TEXTS + part("0", b"x", sent) + b"--B--\r\n", piece=999)

    assert asked.variables["file"].file_name == kept


async def test_a_name_in_bytes_that_are_no_text(settings):
    body = TEXTS + part("0", b"x", "NAME").replace(b"NAME", b"\xff\xfe.jpg") + b"--B--\r\n"
    asked, _ = await read(settings, body)

    assert asked.variables["file"].file_name == "\ufffd\ufffd.jpg"


async def test_the_claimed_type_is_only_kept(settings):
    body = TEXTS + part("0", b"x", "a", "Content-Type: image/png\r\n") + b"--B--\r\n"
    asked, _ = await read(settings, body)

    assert asked.variables["file"].content_type == "image/png"


TYPES = {
    "no boundary": "multipart/form-data",
    "empty boundary": "multipart/form-data; boundary=",
    "quoted nothing": 'multipart/form-data; boundary=""',
    "long boundary": "multipart/form-data; boundary=" + "B" * 71,
    "very long boundary": "multipart/form-data; boundary=" + "B" * 5_000,
}


@pytest.mark.parametrize("type", TYPES.values(), ids=TYPES)
async def test_boundaries_that_cannot_be(settings, type):
    assert await refused(settings, GOOD, type) == (
        400, "The content type must name a boundary of 1 to 70 characters",
    )  # fmt: skip


EARLY = "The form ends before its last boundary"
MALFORMED = {
    "nothing": (b"", EARLY),
    "only newlines": (b"\r\n" * 50, EARLY),
    "another boundary": (GOOD.replace(b"--B", b"--C"), None),
    "json": (b'{"query": "{ a }"}', None),
    "no parts": (b"--B--\r\n", "The form has no part `operations`"),
    "one hyphen": (b"--B-", EARLY),
    "no end": (TEXTS + FILE, EARLY),
    "ends in a file": (TEXTS + FILE[:-4], EARLY),
    "ends in headers": (TEXTS + FILE[:20], EARLY),
    "ends in the boundary": (GOOD[:-5], EARLY),
    "no blank line": (TEXTS + b"--B\r\nContent-Disposition: form-data\r\n--B--\r\n", None),
    "bare newlines": (GOOD.replace(b"\r\n", b"\n"), None),
    "no headers": (TEXTS + b"--B\r\n\r\nx\r\n--B--\r\n", "A part of the form has no name"),
    "no disposition": (
        TEXTS + b"--B\r\nContent-Type: a/b\r\n\r\nx\r\n--B--\r\n", "A part of the form has no name",
    ),
    "attachment": (GOOD.replace(b"form-data; name=\"0\"", b'attachment; name="0"'), None),
    "empty name": (GOOD.replace(b'name="0"', b'name=""'), "A part of the form has no name"),
    "no name": (GOOD.replace(b'name="0"; ', b""), "A part of the form has no name"),
    "header without a colon": (GOOD.replace(b"Disposition:", b"Disposition"), None),
    "header without a name": (GOOD.replace(b"Content-Disposition", b""), None),
    "header with a NUL": (GOOD.replace(b"Content-D", b"Content\0D"), None),
    "large header": (
        TEXTS + part("0", b"", "a", "X: " + "y" * 1_000_000 + "\r\n") + b"--B--\r\n", None,
    ),
    "large header name": (
        TEXTS + part("0", b"", "a", "y" * 1_000_000 + ": X\r\n") + b"--B--\r\n", None,
    ),
    "many headers": (TEXTS + part("0", b"", "a", "X: y\r\n" * 50) + b"--B--\r\n", None),
    "the same part twice": (TEXTS + FILE * 2 + b"--B--\r\n", "The form has two parts `0`"),
    "operations twice": (form()[: form().index(b"--B", 9)] + GOOD, None),
    "no operations": (
        part("map", "{}") + b"--B--\r\n", "The form has no part `operations`",
    ),
    "no map": (part("operations", "{}") + b"--B--\r\n", "The form has no part `map`"),
    "a file that the map lacks": (
        form(**{"0": "x", "1": "y"}), "`map` does not say where `1` belongs",
    ),
    "a file that does not come": (form(), "The form has no file `0`, which `map` names"),
    "a further field": (
        TEXTS + FILE + part("query", "{ a }") + b"--B--\r\n",
        "`map` does not say where `query` belongs",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "message"), MALFORMED.values(), ids=MALFORMED)
async def test_malformed_forms(settings, body, message):
    for piece in (1_000_000, 11) if len(body) < 9_000 else (60_000,):
        status, told = await refused(settings, body, piece=piece)
        assert status == 400
        assert told == message or message is None


async def test_every_early_end_is_noticed(settings):
    for length in range(len(GOOD) - 2):
        assert (await refused(settings, GOOD[:length], piece=50))[0] == 400, length
    for length in (len(GOOD) - 2, len(GOOD) - 1, len(GOOD)):  # the last line needs no end
        assert (await read(settings, GOOD[:length]))[1] == {"file": b"content"}


MAP = "`map` must be a JSON object of lists of paths"
MAPS = {
    "no json": ("{", MAP),
    "empty": ("", MAP),
    "not utf-8": (b"\xff", MAP),
    "null": ("null", MAP),
    "list": ("[]", MAP),
    "a path for a list": ('{"0": "variables.file"}', MAP),
    "no paths": ('{"0": []}', MAP),
    "numbers": ('{"0": [1]}', MAP),
    "deep": ("[" * 2_000, MAP),
    "nothing": ("{}", "`map` does not say where `0` belongs"),
    **{
        path or "empty path": (
            json.dumps({"0": [path]}), f"`{path}` in `map` leads to no null in `variables`",
        )
        for path in (
            "", ".", "variables", "variables.", "file", "operations.variables.file",
            "0.variables.file", "variables.other", "variables.file.deep", "variables.number",
            "variables.list.1", "variables.list.-1", "variables.list.x", "variables.list.٠",
            "variables.list." + "9" * 99, "variables.text.0", "query", "extensions.a",
            "variables.__class__", "variables..file",
        )
    },
    "a long path": (
        json.dumps({"0": ["variables." + "x" * 1_000]}),
        f"`variables.{'x' * 190}` in `map` leads to no null in `variables`",
    ),
    "twice the same": (
        '{"0": ["variables.file", "variables.file"]}',
        "`variables.file` in `map` leads to no null in `variables`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("map", "message"), MAPS.values(), ids=MAPS)
async def test_maps_that_lead_nowhere(settings, map, message):
    variables = {"file": None, "number": 0, "list": [None], "text": "abc"}
    body = part("operations", json.dumps({"query": "q", "variables": variables}))
    body += part("map", map) + FILE + b"--B--\r\n"

    assert await refused(settings, body, piece=999) == (400, message)


@pytest.mark.parametrize(
    "operations",
    ["[]", '[{"query": "q"}]', "1", "null", "", "{", '{"query": 1}', '{"variables": []}', "\0",
     '{"query": "q", "variables": null}', '{"query": "q"}',
     b'{"query": "\xff", "variables": {"file": null}}'],
)  # fmt: skip
async def test_operations_that_are_none(settings, operations):
    body = part("operations", operations) + part("map", json.dumps(ONE["map"])) + FILE

    assert (await refused(settings, body + b"--B--\r\n"))[0] == 400


async def test_variables_are_limited_as_ever(settings):
    settings = settings.model_copy(update={"max_body_bytes": 100_000})
    operations = {"query": "q", "variables": {"file": None, "many": [0] * 3_000}}

    assert await refused(settings, form(operations, **{"0": "x"}), piece=999) == (
        400, "`variables` holds 3,012 values; 2,500 allowed",
    )  # fmt: skip


TOO_LARGE = {
    "operations": (part("operations", " " * 5_001), "`operations` is larger than is allowed"),
    "map": (part("operations", "{}") + part("map", " " * 5_001), "`map` is larger than is allowed"),
    "file": (form(**{"0": b"x" * 20_001}), "`0` is larger than is allowed"),
    "files": (TEXTS + b"".join(part(str(n), b"", "a") for n in range(11)), "Send at most 10 files"),
    "what precedes the form": (b"\r\n" * 105_001, "The body is larger than is allowed"),
    "what follows the form": (GOOD + b"x" * 210_000, "The body is larger than is allowed"),
}


@pytest.mark.parametrize(("body", "message"), TOO_LARGE.values(), ids=TOO_LARGE)
async def test_too_much(settings, body, message):
    assert await refused(settings, body, piece=5_000) == (413, message)


async def test_as_much_as_is_allowed(settings):
    nulls = {str(n): None for n in range(10)}
    map = {name: [f"variables.{name}"] for name in nulls}
    files = dict.fromkeys(nulls, b"x" * 20_000)
    body = form({"query": "q", "variables": nulls}, map, **files)

    assert (await read(settings, body, piece=60_000))[1] == files


async def test_a_client_that_goes_away(settings):
    for length in (0, 10, len(TEXTS) + 90, len(GOOD)):
        with pytest.raises(ClientDisconnect):
            await read(settings, GOOD[:length], cut=True)


async def test_a_request_that_is_cancelled(settings):
    begun = asyncio.Event()
    body = iter([GOOD[:-12]])

    async def receive():
        if piece := next(body, None):
            return {"type": "http.request", "body": piece, "more_body": True}
        begun.set()
        return await asyncio.Future()

    headers = [(b"content-type", b"multipart/form-data; boundary=B"), (b"authorization", b"x")]
    slow = Request({"type": "http", "method": "POST", "headers": headers}, receive)

    async def run():
        async with received(slow, ANN, settings):
            pytest.fail("it never came to its end")

    task = asyncio.create_task(run())
    await begun.wait()
    assert [path.name for path in (settings.uploads_dir).rglob("0")] == ["0"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_fails_later_takes_the_files_along(settings):
    async def fail():
        async with received(request(GOOD), ANN, settings) as asked:
            assert asked.variables["file"].path.exists()
            raise KeyError

    with pytest.raises(KeyError):
        await fail()


@pytest.mark.parametrize(
    "name", ["Apollo-Require-Preflight", "x-requested-with", "AUTHORIZATION", "X-API-Key"]
)
async def test_headers_that_no_foreign_page_sends(settings, name):
    assert (await read(settings, GOOD, headers={name: ""}))[1] == {"file": b"content"}
