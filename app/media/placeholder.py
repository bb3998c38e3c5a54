"""A tiny picture to show blurred until the real one has come."""

from base64 import b64encode
from io import BytesIO

from PIL import Image

SIDE = 20


def placeholder(image: Image.Image) -> str:
    """At most 20 pixels wide and high, as a `data:` address of some 300 characters."""
    if image.mode in ("P", "PA", "1"):  # numbers of colours have no middle between them
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    scale = SIDE / max(image.size)
    size = (max(1, round(scale * image.width)), max(1, round(scale * image.height)))
    tiny = image.resize(size, reducing_gap=2.0)
    if tiny.mode.startswith("I"):  # 16 bits of grey
        tiny = tiny.convert("I").point(lambda grey: grey / 257).convert("L")
    file = BytesIO()
    tiny.save(file, "WEBP", quality=45, method=6)
    return f"data:image/webp;base64,{b64encode(file.getvalue()).decode()}"
