"""What storages have in common, and what each does when things go wrong."""

import re
from urllib.parse import quote

import pytest

from app.errors import StartupError, Unavailable
from app.media import s3, storage
from app.media.keys import new_key
from app.media.sniff import BY_EXTENSION
from app.media.storage import FileStorage

KEY = "2026/11/0123456789abcdefghjkmnpqrs.png"
LARGE = bytes(range(256)) * 24_000  # 6 MB: several pieces of each storage, several parts in S3


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"0123456789")
    return path


async def read(kept, start, end, key=KEY):
    return b"".join([piece async for piece in kept.open(key, start, end)])


async def test_what_is_put_is_read_in_parts(kept, source):
    await kept.check()
    await kept.put(KEY, source, "image/png")

    assert await kept.size(KEY) == 10
    assert await read(kept, 0, 10) == b"0123456789"
    assert await read(kept, 3, 5) == b"34"
    assert await read(kept, 9, 10) == b"9"
    assert await read(kept, 4, 4) == b""
    assert source.read_bytes() == b"0123456789"


async def test_large_files_come_in_pieces(kept, source):
    source.write_bytes(LARGE)
    await kept.put(KEY, source, "image/png")

    pieces = [piece async for piece in kept.open(KEY, 1, len(LARGE) - 1)]

    assert b"".join(pieces) == LARGE[1:-1]
    assert max(map(len, pieces)) <= max(storage.CHUNK, s3.PIECE)
    assert len(pieces) > 2


async def test_putting_again_replaces_the_whole(kept, source):
    await kept.put(KEY, source, "image/png")
    source.write_bytes(b"new")
    await kept.put(KEY, source, "image/png")

    assert await read(kept, 0, 3) == b"new"
    assert await kept.size(KEY) == 3


async def test_deleting_what_is_not_there_is_no_error(kept, source):
    await kept.put(KEY, source, "image/png")
    await kept.delete(KEY)
    await kept.delete(KEY)

    with pytest.raises(FileNotFoundError):
        await kept.size(KEY)
    with pytest.raises(FileNotFoundError):
        await read(kept, 0, 1)


@pytest.mark.parametrize(
    "key",
    ["", ".", "..", "../x.png", "/etc/passwd", "a/../b.png", "a//b.png", "a.png/", "A.png",
     ".hidden.png", "a\0.png", "a\\b.png", "a.png\n", "a/b", "é.png", ".incoming/x.png",
     "a/b/c/d/e.png", "x" * 65 + ".png", "probe"],
)  # fmt: skip
async def test_other_keys_than_ours_do_not_exist(settings, source, key):
    kept = FileStorage(settings.media_dir)

    for refused in (
        kept.size(key),
        kept.delete(key),
        kept.put(key, source, "x"),
        read(kept, 0, 1, key),
    ):
        with pytest.raises(FileNotFoundError):
            await refused
    assert not settings.media_dir.exists()


async def test_keys_cannot_be_guessed(kept, source):
    key, other = new_key("png"), new_key("png")

    assert re.fullmatch(r"\d{4}/\d\d/[0-9a-z]{26}\.png", key)
    assert key != other
    await kept.put(key, source, "image/png")
    assert await kept.size(key) == 10


@pytest.mark.parametrize("extension", BY_EXTENSION)
def test_keys_stand_in_addresses_as_they_are(extension):
    key = new_key(extension)
    assert quote(key) == key


async def test_a_put_that_fails_leaves_nothing(kept, settings, tmp_path):
    with pytest.raises(FileNotFoundError):
        await kept.put(KEY, tmp_path / "missing", "image/png")
    with pytest.raises(FileNotFoundError):
        await kept.size(KEY)

    assert [path for path in settings.media_dir.rglob("*") if path.is_file()] == []


async def test_a_folder_that_cannot_be_written_to_is_told_at_the_start(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StartupError, match=r"Cannot store files in .*file/media: Not a directory"):
        await FileStorage(tmp_path / "file" / "media").check()


async def test_starting_clears_what_a_killed_process_left(settings):
    left = settings.media_dir / ".incoming" / "left"
    left.mkdir(parents=True)
    (left / "half.png").touch()

    await FileStorage(settings.media_dir).check()

    assert not left.exists()


@pytest.mark.parametrize(
    "changed",
    [{"media_storage_url": "s3://missing"}, {"s3_endpoint": "http://127.0.0.1:1"}],
    ids=["no such bucket", "nobody there"],
)
async def test_a_provider_that_refuses_is_told_at_the_start(in_s3, source, changed):
    kept = storage.storage(in_s3.model_copy(update=changed))

    with pytest.raises(
        StartupError, match=r"^Cannot store files in s3://(missing|content): "
    ) as error:
        await kept.check()
    assert "\n" not in str(error.value)
    assert "not so secret" not in str(error.value)
    for refused in (kept.put(KEY, source, "x"), kept.size(KEY), read(kept, 0, 1)):
        with pytest.raises((Unavailable, FileNotFoundError)):
            await refused


async def test_a_provider_that_is_gone_is_no_missing_file(in_s3, source):
    kept = storage.storage(in_s3.model_copy(update={"s3_endpoint": "http://127.0.0.1:1"}))

    for refused in (kept.put(KEY, source, "x"), kept.size(KEY), read(kept, 0, 1), kept.delete(KEY)):
        with pytest.raises(Unavailable) as error:
            await refused
        assert (error.value.code, error.value.status) == ("STORAGE_UNAVAILABLE", 503)
        assert error.value.message == "The storage does not answer"


def test_secrets_stay_out_of_sight(in_s3):
    kept = storage.storage(in_s3)

    assert "not so secret" not in repr(in_s3) + repr(kept) + repr(vars(kept))


def test_files_are_the_default(settings):
    assert isinstance(storage.storage(settings), FileStorage)
