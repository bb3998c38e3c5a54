"""Patterns that fill the picture. The first colour is the ground."""

import math
from random import Random

from app.demo.drawing.canvas import Canvas, curve, mix


def tiles(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Glazed tiles of quarter circles."""
    ground, *colours = palette
    side = 160
    for column in range(10):
        for row in range(6):
            x, y = column * side, row * side
            canvas.box(x, y, side, side, mix(ground, random.choice(colours), 0.16))
            one, two = random.sample(colours, 2)
            flip = random.random() < 0.5
            for cx, cy, turn in (
                ((x, y, (0, 90)), (x + side, y + side, (180, 270)))
                if flip else ((x + side, y, (90, 180)), (x, y + side, (270, 360)))
            ):  # fmt: skip
                canvas.pie(cx, cy, 112, turn, one)
                canvas.pie(cx, cy, 74, turn, mix(ground, two, 0.15))
                canvas.pie(cx, cy, 40, turn, two)
    for line in range(11):
        canvas.box(line * side - 2, 0, 4, 900, mix(ground, "000000", 0.12))
        canvas.box(0, line * side - 2, 1600, 4, mix(ground, "000000", 0.12))


def leaves(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Sprays of leaves, pressed and laid out."""
    ground, *colours = palette
    canvas.fade(mix(ground, "ffffff", 0.15), ground)
    for spray in range(7):
        x, colour = 40 + spray * 250 + random.uniform(-40, 40), colours[spray % len(colours)]
        tip = (x + random.uniform(-150, 150), random.uniform(40, 170))
        stem = curve((x, 910), (x + random.uniform(-90, 90), 500), tip, 20)
        canvas.line(stem, 7, mix(colour, "000000", 0.25))
        for place, (px, py) in enumerate(stem[4:]):
            length = 165 - place * 5
            vein = mix(colour, ground, 0.45)
            shade = mix(colour, colours[(spray + 1) % len(colours)], random.uniform(0, 0.3))
            canvas.leaf(px, py, length, -38 - place, shade, vein)
            canvas.leaf(px, py, length, -142 + place, mix(shade, "ffffff", 0.08), vein)
        canvas.leaf(*tip, 90, -90, colour, mix(colour, ground, 0.45))


def scales(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Waves as they are printed on cloth."""
    ground, *colours = palette
    for row in range(17):
        y = -40 + row * 66
        for column in range(-1, 14):
            x = column * 132 + (66 if row % 2 else 0)
            colour = mix(random.choice(colours), ground, random.uniform(0, 0.25))
            for ring in range(5):
                shade = ground if ring % 2 else mix(colour, ground, ring * 0.08)
                canvas.circle(x, y + 66, 66 - ring * 14, shade)


def network(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Points that know their neighbours."""
    ground, *colours = palette
    canvas.fade(ground, mix(ground, "000000", 0.35))
    points = [
        (column * 165 + 60 + random.uniform(-58, 58), row * 165 + 50 + random.uniform(-58, 58))
        for column in range(10)
        for row in range(6)
    ]
    for one in points:
        near = sorted(points, key=lambda other: math.dist(one, other))[1:4]
        for other in near:
            canvas.line([one, other], 2.5, mix(ground, colours[0], 0.55))
    for x, y in points:
        size, colour = random.choice((7, 10, 10, 16, 24)), random.choice(colours)
        if size > 15:
            canvas.glow(x, y, size * 4.5, colour, 0.35)
            canvas.ring(x, y, size + 12, 3, mix(colour, ground, 0.4))
        canvas.circle(x, y, size, colour)


def contours(canvas: Canvas, palette: list[str], random: Random) -> None:
    """A map of heights with a walk on it."""
    ground, line, *colours = palette
    canvas.fade(mix(ground, "ffffff", 0.2), ground)
    for peak in range(3):
        x, y = 300 + peak * 520 + random.uniform(-80, 80), random.uniform(280, 620)
        turns = [random.uniform(0, 6.3) for _ in range(3)]
        for step in range(11):
            radius = 470 - step * 43
            outline = []
            for degree in range(0, 361, 4):
                angle = math.radians(degree)
                wobble = sum(
                    math.sin(angle * (n + 2) + turn) / (n + 2) for n, turn in enumerate(turns)
                )
                far = radius * (1 + 0.2 * wobble)
                outline.append((x + far * math.cos(angle) * 1.15, y + far * math.sin(angle) * 0.82))
            canvas.shape(outline, mix(ground, colours[peak % len(colours)], 0.06 + step * 0.055))
            canvas.line(outline, 2, mix(ground, line, 0.5))
    walk = curve((90, 820), (500, 250), (880, 520), 60) + curve(
        (880, 520), (1180, 760), (1490, 130), 60
    )
    for place in range(0, len(walk) - 1, 3):
        canvas.line(walk[place : place + 2], 7, line)
    canvas.circle(*walk[0], 17, line)
    canvas.circle(*walk[-1], 25, line)
    canvas.circle(*walk[-1], 13, "fffaf0")


def quilt(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Triangles sewn together, some stitches showing."""
    ground, *colours = palette
    side = 100
    for column in range(16):
        for row in range(9):
            x, y = column * side, row * side
            one, two = random.sample(colours, 2)
            a, b, c, d = (x, y), (x + side, y), (x + side, y + side), (x, y + side)
            pair = ((a, b, c), (a, c, d)) if (column + row) % 2 else ((a, b, d), (b, c, d))
            for triangle, colour in zip(pair, (one, mix(two, ground, 0.35)), strict=True):
                canvas.shape(triangle, colour)
            if random.random() < 0.35:
                middle = x + side / 2, y + side / 2
                canvas.circle(*middle, 19, mix(ground, "ffffff", 0.4))
                canvas.ring(*middle, 27, 3, mix(one, "000000", 0.2))
            for stitch in range(6):
                canvas.box(x + 8 + stitch * 16, y + 6, 8, 2, mix(ground, "ffffff", 0.5))


def talk(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Voices: speech bubbles that overlap."""
    ground, *colours = palette
    canvas.fade(mix(ground, "ffffff", 0.2), ground)
    places = [(330, 300), (760, 230), (1230, 320), (520, 600), (1000, 580), (1360, 660), (180, 680)]
    for place, (x, y) in enumerate(places):
        colour = colours[place % len(colours)]
        width, height = random.uniform(310, 400), random.uniform(190, 240)
        left, side = x - width / 2, random.choice((-1, 1))
        tail = [
            (x + side * 40, y + height / 2 - 30),
            (x + side * 110, y + height / 2 - 30),
            (x + side * 130, y + height / 2 + 62),
        ]
        for shift, shade in ((10, mix(ground, "000000", 0.14)), (0, colour)):
            canvas.box(left + shift, y - height / 2 + shift, width, height, shade, 70)
            canvas.shape([(px + shift, py + shift) for px, py in tail], shade)
        for row in range(3):
            length = width * random.uniform(0.35, 0.66)
            canvas.box(left + 62, y - 44 + row * 36, length, 13, mix(colour, "fffaf0", 0.6), 6)
