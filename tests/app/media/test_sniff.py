"""Types are decided by the bytes, and few are taken."""

import io
import zipfile

import pytest

from app.media.sniff import BY_EXTENSION, sniffed
from app.models.media import MediaKind
from tests.app.media import files
from tests.app.media.files import PAGE, picture

ACCEPTED = {
    "jpg": [picture("JPEG")],
    "png": [picture("PNG")],
    "gif": [picture("GIF"), b"GIF87a"],
    "webp": [picture("WEBP"), picture("WEBP", lossless=True)],
    "avif": [picture("AVIF"), files.animation("AVIF")],
    "mp4": [files.MP4],
    "webm": [files.WEBM],
    "mp3": [files.MP3, files.MP3_TAGGED],
    "ogg": [files.OGG, files.OGG.replace(b"\1\x1eOpusHead", b"\1\x1e\1vorbis")],
    "wav": [files.WAV],
    "flac": [files.FLAC],
    "pdf": [files.PDF],
}


def zipped(name):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "x")
    return file.getvalue()


REFUSED = {
    "empty": b"",
    "one byte": b"\xff",
    "text": b"Hello, world",
    "html": PAGE,
    "html after spaces": b"   \n<!doctype html>",
    "html behind a byte order mark": b"\xef\xbb\xbf" + PAGE,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg as xml": b'<?xml version="1.0"?><svg/>',
    "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a/>',
    "javascript": b"alert(1)",
    "zip": zipped("a.txt"),
    "word": zipped("word/document.xml"),
    "java": zipped("META-INF/MANIFEST.MF"),
    "old office": bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 40,
    "windows program": b"MZ\x90\0" + b"\0" * 60,
    "linux program": b"\x7fELF\2\1\1",
    "script": b"#!/bin/sh\n",
    "php": b"<?php system($_GET[0]);",
    "gzip": b"\x1f\x8b\x08",
    "bmp": b"BM" + b"\0" * 40,
    "tiff": b"II*\0",
    "icon": b"\0\0\1\0",
    "photoshop": b"8BPS",
    "postscript": b"%!PS-Adobe",
    "pdf after a line": b"\n%PDF-1.7",
    "quicktime": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "matroska": files.WEBM.replace(b"webm", b"matr"),
    "avi": b"RIFF\0\0\0\0AVI LIST",
    "ogg video": files.OGG.replace(b"\1\x1eOpusHead", b"\1\x2a\x80theora"),
    "utf-16": b"\xff\xfeh\0i\0",
    "no mp3 rate": b"\xff\xfb\xff\x64",
    "nearly a png": b"\x89PNG\n\x1a\n",
    "gif as a name": b"GIF89",
}  # fmt: skip


@pytest.mark.parametrize("extension", ACCEPTED)
def test_what_is_accepted_is_known_by_its_bytes(extension):
    assert [sniffed(data[:4096]).extension for data in ACCEPTED[extension]] == (
        [extension] * len(ACCEPTED[extension])
    )


def test_everything_accepted_is_tested():
    assert set(BY_EXTENSION) == set(ACCEPTED)


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_everything_else_is_refused(data):
    assert sniffed(data) is None


def test_types_have_the_names_that_are_registered():
    types = {type.mime_type: type.kind for type in BY_EXTENSION.values()}

    assert types == {
        "image/jpeg": MediaKind.IMAGE,
        "image/png": MediaKind.IMAGE,
        "image/gif": MediaKind.IMAGE,
        "image/webp": MediaKind.IMAGE,
        "image/avif": MediaKind.IMAGE,
        "video/mp4": MediaKind.VIDEO,
        "video/webm": MediaKind.VIDEO,
        "audio/mpeg": MediaKind.AUDIO,
        "audio/ogg": MediaKind.AUDIO,
        "audio/wav": MediaKind.AUDIO,
        "audio/flac": MediaKind.AUDIO,
        "application/pdf": MediaKind.DOCUMENT,
    }
