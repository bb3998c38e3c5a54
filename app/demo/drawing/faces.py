"""Portraits without features: hair, shoulders and a colour of one's own."""

from random import Random

from app.demo.drawing.canvas import Canvas, mix


def face(canvas: Canvas, palette: list[str], random: Random) -> None:
    """`palette`: ground, clothes, hair, skin and one of HAIR."""
    ground, clothes, hair, skin, cut = palette
    canvas.fade(mix(ground, "ffffff", 0.15), mix(ground, "000000", 0.06))
    canvas.circle(
        random.uniform(90, 710), random.uniform(90, 300), 190, mix(ground, "ffffff", 0.22)
    )
    style = HAIR[cut]
    style(canvas, hair, behind=True)
    canvas.box(340, 480, 120, 180, mix(skin, "000000", 0.14), 50)
    canvas.oval(400, 860, 300, 240, clothes)
    canvas.oval(400, 640, 92, 52, mix(skin, "000000", 0.14))
    collar = mix(clothes, "ffffff", 0.35)
    if random.random() < 0.5:
        canvas.arc(400, 610, 112, (30, 150), 24, collar)
    else:
        canvas.shape(
            [(300, 640), (400, 740), (500, 640), (540, 690), (400, 820), (260, 690)], collar
        )
    for x in (262, 538):
        canvas.circle(x, 400, 30, mix(skin, "000000", 0.08))
    canvas.oval(400, 390, 142, 172, skin)
    for x in (346, 454):
        canvas.circle(x, 398, 11, "2b2320")
        canvas.arc(x, 380, 32, (215, 325), 8, mix(hair, "2b2320", 0.4))
        canvas.circle(x + (-28 if x < 400 else 28), 448, 24, mix(skin, "e4572e", 0.22))
    canvas.arc(400, 405, 26, (55, 125), 6, mix(skin, "000000", 0.28))
    canvas.arc(400, 440, 52, (30, 150), 9, mix("a4403a", skin, 0.2))
    style(canvas, hair, behind=False)
    if random.random() < 0.35:
        for x in (346, 454):
            canvas.ring(x, 398, 43, 7, "33302e")
        canvas.line([(388, 394), (412, 394)], 6, "33302e")


def _long(canvas: Canvas, hair: str, *, behind: bool) -> None:
    if behind:
        canvas.box(222, 200, 356, 470, hair, 170)
    else:
        canvas.pie(400, 372, 172, (180, 360), hair)
        canvas.oval(300, 300, 90, 74, hair)
        canvas.oval(480, 290, 104, 72, hair)


def _short(canvas: Canvas, hair: str, *, behind: bool) -> None:
    if not behind:
        canvas.pie(400, 350, 160, (180, 360), hair)
        canvas.oval(350, 285, 110, 66, hair)
        canvas.oval(465, 272, 96, 60, hair)
        for x in (242, 530):
            canvas.box(x, 320, 28, 84, hair, 12)


def _bun(canvas: Canvas, hair: str, *, behind: bool) -> None:
    if behind:
        canvas.circle(400, 178, 82, hair)
        canvas.circle(400, 370, 178, hair)
    else:
        canvas.pie(400, 352, 158, (184, 356), hair)
        canvas.oval(400, 256, 134, 52, hair)


def _curls(canvas: Canvas, hair: str, *, behind: bool) -> None:
    places = ((250, 330, 74), (262, 440, 62), (540, 330, 74), (538, 440, 62)) if behind else (
        (272, 290, 66), (330, 236, 72), (402, 216, 74), (474, 238, 72), (530, 290, 66)
    )  # fmt: skip
    for x, y, size in places:
        canvas.circle(x, y, size, hair)


HAIR = {"long": _long, "short": _short, "bun": _bun, "curls": _curls}
