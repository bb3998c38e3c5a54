"""A picture in the making: shapes in plain coordinates, drawn twice as large for smooth edges."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

SCALE = 2


def rgb(colour: str) -> Colour:
    """`rgb("f4a261")`"""
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def mix(one: str, other: str, part: float) -> str:
    """A colour between two: `part` 0 is one, 1 the other."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    return "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


class Canvas:
    def __init__(self, width: int, height: int, ground: str) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), rgb(ground))
        self.draw = ImageDraw.Draw(self.image)

    def finished(self) -> Image.Image:
        return self.image.reduce(SCALE)

    def fade(self, top: str, bottom: str, start: float = 0, end: float | None = None) -> None:
        """A gradient from `top` to `bottom` between two heights."""
        y, below = round(start * SCALE), round((self.height if end is None else end) * SCALE)
        mask = Image.linear_gradient("L").resize((self.image.width, below - y))
        band = Image.composite(
            Image.new("RGB", mask.size, rgb(bottom)), Image.new("RGB", mask.size, rgb(top)), mask
        )
        self.image.paste(band, (0, y))

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 0.6) -> None:
        """A soft light around a point."""
        size = round(radius * 2 * SCALE)
        light = ImageChops.invert(Image.radial_gradient("L")).resize((size, size))
        light = light.point(
            [round(max(0, level - 75) * 255 / 180 * strength) for level in range(256)]
        )
        corner = round((x - radius) * SCALE), round((y - radius) * SCALE)
        self.image.paste(Image.new("RGB", light.size, rgb(colour)), corner, light)

    def circle(self, x: float, y: float, radius: float, colour: str) -> None:
        self.oval(x, y, radius, radius, colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: str) -> None:
        self.draw.ellipse(_scaled([(x - rx, y - ry), (x + rx, y + ry)]), fill=rgb(colour))

    def ring(self, x: float, y: float, radius: float, width: float, colour: str) -> None:
        box = _scaled([(x - radius, y - radius), (x + radius, y + radius)])
        self.draw.ellipse(box, outline=rgb(colour), width=round(width * SCALE))

    def arc(
        self,
        x: float,
        y: float,
        radius: float,
        turn: tuple[float, float],
        width: float,
        colour: str,
    ) -> None:
        """Part of a ring, from one angle to the other, clockwise from the right, in degrees."""
        box = _scaled([(x - radius, y - radius), (x + radius, y + radius)])
        self.draw.arc(box, *turn, fill=rgb(colour), width=round(width * SCALE))

    def pie(
        self, x: float, y: float, radius: float, turn: tuple[float, float], colour: str
    ) -> None:
        box = _scaled([(x - radius, y - radius), (x + radius, y + radius)])
        self.draw.pieslice(box, *turn, fill=rgb(colour))

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, round_: float = 0
    ) -> None:
        corners = _scaled([(x, y), (x + width, y + height)])
        self.draw.rounded_rectangle(corners, round_ * SCALE, fill=rgb(colour))

    def shape(self, points: Sequence[Point], colour: str) -> None:
        self.draw.polygon(_scaled(points), fill=rgb(colour))

    def line(self, points: Sequence[Point], width: float, colour: str) -> None:
        """A line with round ends and corners."""
        self.draw.line(_scaled(points), fill=rgb(colour), width=round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.circle(x, y, width / 2 - 0.25, colour)

    def leaf(self, x: float, y: float, length: float, angle: float, colour: str, vein: str) -> None:
        """A pointed leaf that grows from a point; `angle` in degrees, 0 is to the right."""
        turn = math.radians(angle)
        along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))

        def at(part: float, side: float) -> Point:
            bulge = side * length * 0.24 * math.sin(math.pi * part**0.8)
            return (
                x + along[0] * length * part + across[0] * bulge,
                y + along[1] * length * part + across[1] * bulge,
            )

        steps = [step / 14 for step in range(15)]
        outline = [at(step, 1) for step in steps] + [at(step, -1) for step in reversed(steps)]
        self.shape(outline, colour)
        self.line([(x, y), at(0.85, 0)], max(1.5, length / 60), vein)


def curve(start: Point, bend: Point, end: Point, steps: int = 24) -> list[Point]:
    """Points of a line that leaves towards `bend` and arrives from there."""
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * bend[0] + t**2 * end[0],
            (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * bend[1] + t**2 * end[1],
        )
        for t in (step / steps for step in range(steps + 1))
    ]


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]
