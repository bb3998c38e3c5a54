"""Places. Each is given a canvas, a palette from the sky down, and its own randomness."""

import math
from random import Random

from app.demo.drawing.canvas import Canvas, Point, mix


def hills(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Ridge behind ridge under a low sun."""
    top, low, sun, far, near = palette
    canvas.fade(top, low, 0, 620)
    x, y = random.uniform(350, 1250), random.uniform(150, 220)
    canvas.glow(x, y, 460, sun, 0.75)
    canvas.circle(x, y, 82, mix(sun, "ffffff", 0.35))
    for step in range(6):
        height = 390 + step * 86
        ridge(canvas, random, height, 95 - step * 6, mix(far, near, step / 5))
    for _ in range(9):
        tree(
            canvas, random.uniform(0, 1600), random.uniform(850, 890), 95, mix(near, "000000", 0.3)
        )


def lake(canvas: Canvas, palette: list[str], random: Random) -> None:
    """A still lake with the sun's broken image."""
    top, low, sun, far, near = palette
    canvas.fade(top, low, 0, 500)
    x = random.uniform(600, 1000)
    canvas.glow(x, 235, 420, sun, 0.8)
    canvas.circle(x, 235, 84, mix(sun, "ffffff", 0.3))
    ridge(canvas, random, 400, 110, far)
    ridge(canvas, random, 455, 40, mix(far, near, 0.5))
    canvas.fade(mix(low, near, 0.35), near, 500)
    for row in range(26):
        y = 512 + row * 14.5
        width = (90 + row * 6) * random.uniform(0.4, 1)
        at = x + random.uniform(-24, 24)
        canvas.box(at - width, y, width * 2, 5, mix(sun, near, 0.15 + row / 40), 2.5)
    for _ in range(34):
        y = random.uniform(520, 890)
        canvas.box(
            random.uniform(-80, 1600), y, random.uniform(60, 240), 2.5, mix(low, near, 0.55), 1
        )
    for stalk in range(46):
        foot = random.gauss(170 if stalk % 2 else 1430, 80)
        height = random.uniform(90, 260)
        lean = random.uniform(-26, 26)
        reed = mix(near, "000000", random.uniform(0.3, 0.5))
        canvas.line([(foot, 905), (foot + lean, 905 - height)], 4, reed)
        if stalk % 3 == 0:
            canvas.line([(foot + lean, 905 - height), (foot + lean * 1.2, 870 - height)], 13, reed)


def forest(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Trunks in the mist, darker towards us, and a clearing."""
    top, low, sun, far, near = palette
    canvas.fade(top, low)
    canvas.glow(800, 330, 620, sun, 0.7)
    for layer in range(5):
        colour = mix(far, near, layer / 4)
        for place in range(15 - layer * 2):
            x = (place + random.uniform(0.1, 0.9)) * 1600 / (15 - layer * 2)
            if layer > 2 and abs(x - 800) < 90 * layer:
                continue
            width = 12 + layer * 12
            canvas.shape(
                [(x, -5), (x + width * 0.7, -5), (x + width, 905), (x - width * 0.4, 905)], colour
            )
            for _ in range(3):
                y = random.uniform(60, 560)
                reach = random.choice((-1, 1)) * random.uniform(60, 120)
                canvas.line([(x + width / 3, y), (x + reach, y - 55)], 3 + layer, colour)
        ridge(canvas, random, 690 + layer * 42, 18, mix(colour, low, 0.12))
    for _ in range(70):
        x, y = random.uniform(0, 1600), random.uniform(830, 905)
        canvas.leaf(
            x, y, random.uniform(30, 75), random.uniform(-150, -30), mix(near, far, 0.3), near
        )


def night(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Stars, a moon and a lit tent."""
    top, low, light, far, near = palette
    canvas.fade(top, low, 0, 720)
    for _ in range(330):
        x, y = random.uniform(0, 1600), random.uniform(0, 620)
        canvas.circle(
            x, y, random.choice((1, 1, 1.4, 1.9, 2.6)), mix(low, "ffffff", random.uniform(0.4, 1))
        )
    stars = [(random.uniform(150, 620) + step * 90, random.uniform(90, 300)) for step in range(5)]
    canvas.line(stars, 1.2, mix(low, "ffffff", 0.45))
    for x, y in stars:
        canvas.circle(x, y, 4.2, "ffffff")
    canvas.glow(1290, 190, 240, light, 0.4)
    canvas.circle(1290, 190, 66, mix(light, "ffffff", 0.5))
    canvas.circle(1264, 176, 58, mix(top, low, 0.25))
    for step in range(3):
        ridge(canvas, random, 600 + step * 75, 70 - step * 14, mix(far, near, step / 2))
    x = random.uniform(520, 820)
    canvas.glow(x, 770, 260, light, 0.55)
    canvas.shape([(x - 120, 810), (x, 650), (x + 120, 810)], mix(light, "e07a3f", 0.25))
    canvas.shape([(x - 26, 810), (x, 690), (x + 26, 810)], mix(near, light, 0.2))
    for _ in range(15):
        tree(
            canvas,
            random.uniform(0, 1600),
            random.uniform(840, 900),
            170,
            mix(near, "000000", 0.35),
        )


def sea(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Waves like paper, a sail on the horizon."""
    top, low, sun, far, near = palette
    canvas.fade(top, low, 0, 480)
    canvas.glow(420, 250, 420, sun, 0.7)
    canvas.circle(420, 250, 88, mix(sun, "ffffff", 0.25))
    for _ in range(5):
        cloud(
            canvas,
            random.uniform(100, 1500),
            random.uniform(80, 240),
            random,
            mix(top, "ffffff", 0.5),
        )
    canvas.box(0, 430, 1600, 480, far)
    canvas.shape([(1105, 425), (1105, 270), (1020, 425)], "fffaf0")
    canvas.shape([(1115, 425), (1115, 300), (1180, 425)], mix(sun, "ffffff", 0.2))
    canvas.shape([(1010, 432), (1195, 432), (1165, 462), (1045, 462)], mix(near, "000000", 0.25))
    for row in range(8):
        y = 480 + row * 58
        shift = random.uniform(0, 200)
        points = [(-10.0, 910.0)]
        points += [
            (x, y + 20 * abs(math.sin((x + shift) / (95 + row * 12))) ** 0.8)
            for x in range(-10, 1620, 6)
        ]
        canvas.shape([*points, (1610, 910)], mix(far, near, row / 7))
        canvas.line(points[1:], 3, mix(mix(far, near, row / 7), "ffffff", 0.35))


def town(canvas: Canvas, palette: list[str], random: Random) -> None:
    """A row of narrow houses; somebody is at home."""
    top, low, light, *walls = palette
    canvas.fade(top, low)
    canvas.circle(random.uniform(250, 1350), 180, 58, mix(light, "ffffff", 0.5))
    for depth in (0.55, 0.0):
        x = -30.0
        while x < 1600:
            width, height = random.uniform(120, 200), random.uniform(300, 500) + depth * 260
            wall = mix(random.choice(walls), low, depth)
            _house(
                canvas, random, (x, 800 - height, width, height), (wall, mix(light, wall, depth))
            )
            x += width + 3
    canvas.box(0, 800, 1600, 100, mix(walls[0], "1b1b24", 0.65))
    canvas.box(0, 800, 1600, 10, mix(walls[0], "1b1b24", 0.4))
    for x in range(90, 1600, 260):
        canvas.glow(x, 655, 85, light, 0.5)
        canvas.line([(x, 815), (x, 660)], 6, "20202a")
        canvas.circle(x, 655, 13, mix(light, "ffffff", 0.4))


def _house(
    canvas: Canvas, random: Random, place: tuple[float, float, float, float], paint: tuple[str, str]
) -> None:
    x, y, width, height = place
    wall, light = paint
    roof = mix(wall, "2b1d1d", 0.5)
    if random.random() < 0.6:
        canvas.shape([(x, y + 2), (x + width / 2, y - 75), (x + width, y + 2)], roof)
    else:
        canvas.box(x, y - 14, width, 18, roof)
        canvas.box(x + width * 0.66, y - 52, 22, 42, roof)
    canvas.box(x, y, width, height, wall)
    columns = 2 if width < 155 else 3
    pane = width / (columns * 2 + 1)
    for row in range(int((height - 110) // 82)):
        for column in range(columns):
            lit = light if random.random() < 0.42 else mix(wall, "22223b", 0.45)
            left, up = x + pane * (1 + column * 2), y + 34 + row * 82
            canvas.box(left, up, pane, 46, lit, 3)
            canvas.box(left, up + 22, pane, 2.5, wall)
    canvas.box(x + width / 2 - 18, 732, 36, 68, roof, 6)


def garden(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Beds that meet at the horizon, and what grows in them."""
    top, low, sun, far, near = palette
    canvas.fade(top, low, 0, 360)
    canvas.circle(1260, 150, 64, mix(sun, "ffffff", 0.3))
    for _ in range(4):
        cloud(canvas, random.uniform(50, 1550), random.uniform(70, 200), random, "ffffff")
    ridge(canvas, random, 320, 46, mix(far, low, 0.35))
    canvas.box(0, 350, 1600, 560, near)
    for bed in range(-7, 8):
        soil = mix("6b4a33", near, 0.2 if bed % 2 else 0.05)
        left, right = 800 + bed * 62 - 20, 800 + bed * 62 + 20
        foot = 800 + bed * 330
        canvas.shape([(left, 352), (right, 352), (foot + 125, 910), (foot - 125, 910)], soil)
        for row in range(15):
            part = (row / 14) ** 1.9
            x, y = 800 + bed * 62 + (foot - 800 - bed * 62) * part, 356 + 545 * part
            size = 7 + 62 * part
            green = mix(far, ("7fb069", "c44536", "e9c46a", "4f772d")[bed % 4], 0.55)
            for angle in range(-160, -10, 30):
                canvas.leaf(x, y, size, angle + random.uniform(-9, 9), green, mix(green, near, 0.5))


def ridge(canvas: Canvas, random: Random, height: float, swing: float, colour: str) -> None:
    """A rolling edge with everything below it."""
    waves = [(random.uniform(180, 520), random.uniform(0, 7), 1 / (n + 1)) for n in range(3)]
    points: list[Point] = [
        (
            x,
            height
            - swing * sum(part * math.sin(x / length + turn) for length, turn, part in waves),
        )
        for x in range(-10, 1621, 10)
    ]
    canvas.shape([(-10, 910), *points, (1620, 910)], colour)


def tree(canvas: Canvas, x: float, y: float, height: float, colour: str) -> None:
    """A fir."""
    canvas.box(x - 4, y - 20, 8, 34, colour)
    for step in range(4):
        width, foot = height * (0.32 - step * 0.06), y - step * height * 0.2
        canvas.shape([(x - width, foot), (x, foot - height * 0.38), (x + width, foot)], colour)


def cloud(canvas: Canvas, x: float, y: float, random: Random, colour: str) -> None:
    canvas.box(x - 90, y, 180, 26, colour, 13)
    for shift, size in ((-40, 30), (0, 42), (42, 28)):
        canvas.circle(x + shift, y + 4, size * random.uniform(0.85, 1.1), colour)
