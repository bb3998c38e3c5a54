"""Things to eat. A palette is ground, floor and three colours of the thing."""

import math
from random import Random

from app.demo.drawing.canvas import Canvas, curve, mix
from app.demo.drawing.things import room


def bowl(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Soup, steaming."""
    ground, floor, glaze, soup, accent = palette
    room(canvas, ground, floor, 610)
    canvas.circle(800, 350, 300, mix(ground, "ffffff", 0.25))
    canvas.oval(800, 740, 420, 36, mix(floor, "000000", 0.2))
    for strand in range(3):
        left = 690 + strand * 110
        steam = [(left + 26 * math.sin(y / 38 + strand), y) for y in range(130, 390, 5)]
        canvas.line(steam, 10, mix(ground, "ffffff", 0.6))
    canvas.pie(800, 440, 330, (0, 180), glaze)
    canvas.box(690, 735, 220, 40, mix(glaze, "000000", 0.2), 12)
    canvas.oval(800, 440, 330, 78, mix(glaze, "ffffff", 0.4))
    canvas.oval(800, 446, 300, 62, soup)
    for _ in range(26):
        angle, far = random.uniform(0, 6.3), random.uniform(0, 0.82)
        x, y = 800 + 300 * far * math.cos(angle), 446 + 58 * far * math.sin(angle)
        canvas.oval(x, y, 19, 9, mix(soup, accent, random.uniform(0.4, 1)))
    for angle in (-150, -110, -60, -25):
        canvas.leaf(800, 450, 90, angle / 6, "588157", "3a5a40")
    for band in range(2):
        canvas.arc(800, 440, 300 - band * 34, (22, 158), 7, mix(glaze, accent, 0.7))
    canvas.line([(1010, 430), (1290, 210)], 18, mix(floor, "5c3d2e", 0.6))


def loaf(canvas: Canvas, palette: list[str], random: Random) -> None:
    """Bread on a board."""
    ground, floor, crust, crumb, board = palette
    room(canvas, ground, floor, 560)
    canvas.oval(800, 745, 620, 36, mix(floor, "000000", 0.16))
    canvas.box(230, 690, 1140, 52, board, 22)
    canvas.circle(1290, 716, 13, mix(board, "000000", 0.4))
    canvas.pie(720, 695, 390, (180, 360), mix(crust, "000000", 0.25))
    canvas.oval(720, 560, 388, 225, crust)
    canvas.box(335, 560, 770, 132, crust, 60)
    canvas.oval(660, 480, 240, 90, mix(crust, "ffffff", 0.12))
    for cut in range(4):
        left = 500 + cut * 130
        canvas.line(
            curve((left - 40, 620), (left - 10, 460), (left + 70, 400)), 26, mix(crumb, crust, 0.15)
        )
        canvas.line(
            curve((left - 30, 618), (left, 470), (left + 76, 410)), 6, mix(crust, "000000", 0.3)
        )
    for _ in range(190):
        x, y = random.gauss(720, 150), random.gauss(480, 45)
        canvas.circle(x, y, random.uniform(1, 2.8), "fff6e5")
    canvas.oval(1180, 640, 118, 62, mix(crust, "000000", 0.15))
    canvas.oval(1174, 632, 104, 52, crumb)
    for _ in range(26):
        canvas.circle(
            random.gauss(1174, 42),
            random.gauss(632, 18),
            random.uniform(2, 7),
            mix(crumb, crust, 0.3),
        )
    for stalk in range(5):
        tip = (90 + stalk * 62, 300 + 26 * abs(stalk - 2))
        stem = curve((235, 690), (215, 480), tip)
        canvas.line(stem, 4, mix(crumb, board, 0.5))
        for x, y in stem[13:]:
            for side in (-128, -52):
                canvas.leaf(x, y, 38, side + (stalk - 2) * 9, mix(crumb, crust, 0.45), crust)


def table(canvas: Canvas, palette: list[str], random: Random) -> None:
    """A table from above, laid for everybody."""
    ground, floor, *dishes = palette
    canvas.fade(ground, mix(ground, "000000", 0.1))
    for row in range(-2, 22):
        canvas.box(0, row * 46, 1600, 2, mix(ground, "000000", 0.12))
    canvas.box(190, 120, 1220, 660, mix(ground, "000000", 0.25), 46)
    canvas.box(180, 105, 1220, 660, floor, 46)
    canvas.box(180, 360, 1220, 150, mix(floor, dishes[0], 0.35))
    for place in range(4):
        for y in (210, 662):
            x = 345 + place * 295
            canvas.circle(x + 6, y + 7, 88, mix(floor, "000000", 0.15))
            canvas.circle(x, y, 88, "fffaf0")
            canvas.ring(x, y, 76, 5, dishes[(place + (y > 400)) % len(dishes)])
            canvas.circle(x, y, 52, mix(random.choice(dishes), "fffaf0", 0.55))
            canvas.pie(
                x, y, 52, (random.uniform(0, 90), random.uniform(150, 350)), random.choice(dishes)
            )
            canvas.line([(x - 112, y - 60), (x - 112, y + 60)], 8, "c9c9d1")
            canvas.line([(x + 112, y - 60), (x + 112, y + 60)], 8, "c9c9d1")
    for x, size in ((420, 76), (690, 60), (930, 84), (1190, 62)):
        canvas.circle(x + 5, 442, size, mix(floor, "000000", 0.2))
        canvas.circle(x, 436, size, random.choice(dishes))
        canvas.circle(x, 436, size - 12, mix(random.choice(dishes), "fff3d6", 0.35))
        for _ in range(14):
            angle = random.uniform(0, 360)
            turn = math.radians(angle)
            far = random.uniform(0, size - 34)
            canvas.leaf(
                x + far * math.cos(turn),
                436 + far * math.sin(turn),
                24,
                angle,
                random.choice(dishes),
                "fff3d6",
            )
