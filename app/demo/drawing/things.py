"""Things on a plain ground. A palette is ground, floor and three colours of the thing."""

import math
from random import Random

from app.demo.drawing.canvas import Canvas, curve, mix


def bicycle(canvas: Canvas, palette: list[str], random: Random) -> None:
    """A bicycle against a wall."""
    ground, floor, frame, tyre, accent = palette
    room(canvas, ground, floor, 690)
    canvas.circle(1180, 330, 230, mix(ground, accent, 0.35))
    canvas.oval(800, 745, 520, 20, mix(floor, "000000", 0.18))
    rear, front, pedals, seat, head = (520, 560), (1080, 560), (745, 575), (660, 320), (1010, 310)
    for x, y in (rear, front):
        for spoke in range(18):
            angle = math.radians(spoke * 20 + random.uniform(0, 5))
            canvas.line(
                [(x, y), (x + 172 * math.cos(angle), y + 172 * math.sin(angle))],
                1.6,
                mix(ground, tyre, 0.5),
            )
        canvas.ring(x, y, 186, 15, tyre)
        canvas.ring(x, y, 168, 4, mix(tyre, "ffffff", 0.5))
        canvas.circle(x, y, 15, tyre)
    for ends in ((rear, pedals), (rear, (672, 350)), (seat, pedals), ((680, 372), (1000, 345)),
                 (pedals, (1018, 385))):  # fmt: skip
        canvas.line(ends, 14, frame)
    canvas.line([front, (1030, 420), head, (998, 268)], 14, frame)
    canvas.line([(998, 268), (1075, 252)], 12, tyre)
    canvas.line(curve((1075, 252), (1120, 262), (1092, 305)), 12, tyre)
    canvas.line([(655, 335), (650, 288)], 11, tyre)
    canvas.box(585, 262, 135, 28, mix(tyre, accent, 0.3), 14)
    canvas.ring(*pedals, 46, 8, tyre)
    canvas.line([(745, 530), (525, 545)], 3, tyre)
    canvas.line([(745, 620), (525, 575)], 3, tyre)
    canvas.line([pedals, (790, 660)], 9, tyre)
    canvas.box(765, 655, 62, 14, tyre, 5)
    canvas.box(1065, 305, 175, 118, accent, 14)
    for row in range(1, 4):
        canvas.line([(1072, 305 + row * 28), (1233, 305 + row * 28)], 3, mix(accent, "000000", 0.2))
    for bunch in range(11):
        canvas.leaf(
            1085 + bunch * 13.5,
            312,
            random.uniform(70, 130),
            random.uniform(-125, -55),
            mix("4f772d", accent, 0.15),
            "31572c",
        )


def books(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Two shelves, nearly full."""
    ground, floor, *spines = palette
    canvas.fade(ground, mix(ground, "000000", 0.12))
    for shelf in (430, 820):
        x = 60.0
        while x < 1500:
            if random.random() < 0.07:
                _pot(canvas, x + 60, shelf, 0.62, random.choice(spines))
                x += 130
                continue
            width, height = random.uniform(26, 62), random.uniform(215, 330)
            colour = mix(random.choice(spines), random.choice(spines), random.uniform(0, 0.3))
            lean = 34 if random.random() < 0.06 else 0
            canvas.shape(
                [
                    (x, shelf),
                    (x + width, shelf),
                    (x + width + lean, shelf - height),
                    (x + lean, shelf - height),
                ],
                colour,
            )
            if not lean:
                band = mix(colour, "fff3d6", 0.6)
                canvas.box(x, shelf - height + 26, width, 7, band)
                canvas.box(x, shelf - 46, width, 4, band)
                canvas.box(
                    x + width * 0.3,
                    shelf - height + 60,
                    width * 0.4,
                    random.uniform(60, 100),
                    band,
                    3,
                )
            x += width + lean + 2
        canvas.box(0, shelf, 1600, 26, floor)
        canvas.box(0, shelf + 26, 1600, 9, mix(floor, "000000", 0.35))


def plants(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Pots on a sill, in front of a window."""
    ground, floor, *pots = palette
    canvas.fade(ground, mix(ground, "ffffff", 0.2))
    canvas.box(200, 70, 1200, 660, "fffdf6", 8)
    canvas.box(225, 95, 1150, 610, mix("bfe3f2", ground, 0.25), 4)
    canvas.box(225, 520, 1150, 190, mix("a3c9a8", ground, 0.3), 4)
    canvas.circle(1120, 240, 74, "ffe8a3")
    canvas.box(788, 95, 24, 610, "fffdf6")
    canvas.box(225, 380, 1150, 18, "fffdf6")
    canvas.box(0, 720, 1600, 60, floor)
    canvas.box(0, 780, 1600, 120, mix(floor, ground, 0.5))
    for place in range(5):
        _pot(
            canvas,
            210 + place * 295 + random.uniform(-20, 20),
            728,
            random.uniform(0.85, 1.3),
            pots[place % len(pots)],
        )


def record(canvas: Canvas, palette: list[str], random: Random) -> None:
    """A record playing."""
    ground, floor, wood, label, accent = palette
    canvas.fade(ground, floor)
    canvas.box(250, 110, 1120, 700, mix(wood, "000000", 0.3), 34)
    canvas.box(240, 92, 1120, 700, wood, 34)
    for row in range(24):
        canvas.box(250, 110 + row * 28 + random.uniform(-5, 5), 1100, 2, mix(wood, "000000", 0.12))
    canvas.circle(690, 440, 312, mix(wood, "000000", 0.45))
    canvas.circle(690, 440, 300, "17171c")
    for ring in range(24):
        canvas.ring(690, 440, 292 - ring * 7.6, 1, "2d2d36" if ring % 5 else "45454f")
    for turn in (205, 25):
        canvas.pie(690, 440, 290, (turn, turn + 16), "2c2c35")
    canvas.circle(690, 440, 104, label)
    canvas.pie(690, 440, 104, (30, 150), accent)
    canvas.circle(690, 440, 13, "17171c")
    canvas.circle(1210, 220, 70, mix(wood, "000000", 0.35))
    canvas.line([(1210, 220), (1225, 520), (1010, 640)], 15, "d8d8de")
    canvas.line([(1010, 640), (952, 612)], 36, "8d8d97")
    for knob in range(3):
        canvas.circle(1120 + knob * 82, 725, 24, mix(accent, "ffffff", 0.1 * knob))


def room(canvas: Canvas, ground: str, floor: str, height: float) -> None:
    """A wall and a floor that meets it at `height`."""
    canvas.fade(mix(ground, "ffffff", 0.1), ground, 0, height)
    canvas.fade(floor, mix(floor, "000000", 0.12), height)


def _pot(canvas: Canvas, x: float, y: float, size: float, colour: str) -> None:
    green = mix("588157", colour, 0.12)
    for step in range(11):
        angle = -165 + step * 15
        length = size * (150 + 70 * math.sin(step * 2.3))
        canvas.leaf(
            x,
            y - 125 * size,
            length,
            angle,
            mix(green, "dad7cd", (step % 3) * 0.16),
            mix(green, "000000", 0.3),
        )
    canvas.shape(
        [
            (x - 68 * size, y - 130 * size),
            (x + 68 * size, y - 130 * size),
            (x + 48 * size, y),
            (x - 48 * size, y),
        ],
        colour,
    )
    canvas.box(x - 78 * size, y - 142 * size, 156 * size, 34 * size, mix(colour, "000000", 0.15), 6)
