"""Draws the pictures and keeps them as files."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image

from app.demo.drawing import kitchen, landscapes, patterns, things
from app.demo.drawing.canvas import Canvas
from app.demo.drawing.faces import face
from app.media.placeholder import placeholder

Scene = Callable[[Canvas, list[str], Random], None]

WIDE = (1600, 900)
SQUARE = (800, 800)

SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        landscapes.hills, landscapes.lake, landscapes.forest, landscapes.night, landscapes.sea,
        landscapes.town, landscapes.garden, things.bicycle, things.books, kitchen.bowl,
        kitchen.loaf, things.plants, kitchen.table, things.record, patterns.tiles, patterns.leaves,
        patterns.scales, patterns.network, patterns.contours, patterns.quilt, patterns.talk,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture; `storage_key` is its place below the folder, too."""

    storage_key: str
    size: int
    width: int
    height: int
    placeholder: str


def keep_scene(folder: Path, name: str, scene: str, palette: list[str]) -> Picture:
    """Draw a wide picture and store it; `name` decides what is left to chance."""
    return _keep(folder, _drawn(SCENES[scene], WIDE, name, palette))


def keep_portrait(folder: Path, name: str, palette: list[str]) -> Picture:
    """Draw somebody and store the picture."""
    return _keep(folder, _drawn(face, SQUARE, name, palette))


def _drawn(scene: Scene, size: tuple[int, int], name: str, palette: list[str]) -> Image.Image:
    canvas = Canvas(*size, palette[0])
    scene(canvas, palette, Random(name))  # noqa: S311 (nothing secret)
    return canvas.finished()


def _keep(folder: Path, image: Image.Image) -> Picture:
    data = _encoded(image, "JPEG", quality=86, progressive=True)
    digest = sha256(data).hexdigest()
    storage_key = f"{digest[:2]}/{digest}.jpg"
    (folder / storage_key).parent.mkdir(parents=True, exist_ok=True)
    (folder / storage_key).write_bytes(data)
    return Picture(storage_key, len(data), image.width, image.height, placeholder(image))


def _encoded(image: Image.Image, format: str, **options: int) -> bytes:
    file = BytesIO()
    image.save(file, format, **options)
    return file.getvalue()
