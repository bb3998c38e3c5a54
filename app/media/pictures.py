"""What is kept of a picture: its pixels, its colour profile and how long its frames last.

Everything else in an uploaded file (where the picture was taken, by whom, with which camera,
comments, thumbnails, whatever follows its end) goes, as the file is written anew.
"""

import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import GifImagePlugin, Image, ImageOps, JpegImagePlugin

from app.errors import ErrorCode, Invalid
from app.media.placeholder import placeholder
from app.media.sniff import AVIF, GIF, JPEG, PNG, WEBP, FileType

MAX_FRAMES = 1_000
MAX_SCANS = 100
"""Of a progressive JPEG, which usually has ten; each costs a walk over the whole picture."""

MAX_TABLES = 4
FORMATS = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF", WEBP: "WEBP", AVIF: "AVIF"}

# Pillow's own guard against what unpacks to gigabytes, inside files, where ours cannot see.
warnings.simplefilter("error", Image.DecompressionBombWarning)
# Frames with the same palette keep it, instead of the nearest colours of another one.
GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_AFTER_DIFFERENT_PALETTE_ONLY


@dataclass(frozen=True, slots=True)
class Picture:
    """Width and height in pixels, as the picture is shown."""

    width: int
    height: int
    placeholder: str


def cleaned(source: Path, target: Path, type: FileType, max_pixels: int) -> Picture:
    """Write the picture in `source` to `target`, upright and with nothing but itself.

    Raises Invalid for a file that is damaged or has more than `max_pixels` in all its frames.
    """
    try:
        return _written(source, target, type, max_pixels)
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(f"{max_pixels:,} pixels") from None
    except Exception as error:  # on damaged files Pillow raises whatever comes up
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the system's, such as a full disk
        raise Invalid.one(ErrorCode.INVALID, "The picture is damaged", "file") from None


def _written(source: Path, target: Path, type: FileType, max_pixels: int) -> Picture:
    (first, *others), options = _read(source, type, max_pixels)
    if others:
        options |= {"save_all": True, "append_images": others}
    first.save(target, FORMATS[type], **options)
    return Picture(first.width, first.height, placeholder(first))


def _read(
    source: Path, type: FileType, max_pixels: int
) -> tuple[list[Image.Image], dict[str, Any]]:
    """The frames without anything beside their pixels, and how to write them."""
    if type is JPEG and source.read_bytes().count(b"\xff\xda") > MAX_SCANS:
        raise _too_large(f"{MAX_SCANS} scans")
    with Image.open(source, formats=[FORMATS[type]]) as image:
        frames, durations = [], []
        for frame in _frames(image, type, max_pixels):
            frames.append(frame)
            durations.append(round(image.info.get("duration", 0)))
        options = _look(image, source, type)
        if len(frames) > 1:
            options |= _timing(image, frames, durations, type)
    for frame in frames:
        frame.info = {key: value for key, value in frame.info.items() if key == "transparency"}
    return frames, options


def _frames(image: Image.Image, type: FileType, max_pixels: int) -> Iterator[Image.Image]:
    """Each frame, upright; what Pillow sees as further frames of a JPEG are other pictures."""
    several = type is not JPEG and getattr(image, "is_animated", False)
    for number in range(MAX_FRAMES + 1 if several else 1):
        try:
            image.seek(number)
        except EOFError:
            return
        if (number + 1) * image.width * image.height > max_pixels:
            raise _too_large(f"{max_pixels:,} pixels")
        if number == MAX_FRAMES:
            raise _too_large(f"{MAX_FRAMES:,} frames")
        frame = image.copy() if several else image
        frame.load()
        with suppress(Exception):  # broken EXIF, of which there is a lot, says nothing
            ImageOps.exif_transpose(frame, in_place=True)
        yield frame


def _look(image: Image.Image, source: Path, type: FileType) -> dict[str, Any]:
    """How to write a picture so that it looks as it did, at about the size it had."""
    options: dict[str, Any] = {}
    profile = image.info.get("icc_profile") or b""
    if profile[36:40] == b"acsp":  # so that it is one (ICC.1:2022, 7.2)
        options["icc_profile"] = profile
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        tables = image.quantization
        if set(tables) == set(range(len(tables))) and len(tables) <= MAX_TABLES:
            options["qtables"] = tables  # which are what quality is
        else:
            options["quality"] = 90
        options["subsampling"] = JpegImagePlugin.get_sampling(image)
        options["progressive"] = bool(image.info.get("progressive"))
    elif type is WEBP:
        with source.open("rb") as file:
            lossless = b"VP8L" in file.read(65_536)
        options |= {"lossless": lossless, "quality": 50 if lossless else 90, "method": 2}
    elif type is AVIF:
        options |= {"quality": 90, "speed": 8}
    return options


def _timing(
    image: Image.Image, frames: list[Image.Image], durations: list[int], type: FileType
) -> dict[str, Any]:
    options: dict[str, Any] = {"duration": durations}
    if "loop" in image.info:
        options["loop"] = image.info["loop"]
    if type is GIF:  # 2: each frame begins on an empty page, else the last one shines through
        options["disposal"] = 2 if any(frame.has_transparency_data for frame in frames) else 1
    return options


def _too_large(limit: str) -> Invalid:
    return Invalid.one(ErrorCode.LIMIT_EXCEEDED, f"The picture has more than {limit}", "file")
