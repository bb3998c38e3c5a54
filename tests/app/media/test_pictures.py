"""Pictures are written anew: what is seen stays, all else goes."""

import errno
import io
import zipfile
import zlib

import pytest
from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps, ImageStat, PngImagePlugin

from app.errors import Invalid
from app.media import pictures
from app.media.sniff import sniffed
from tests.app.media import files
from tests.app.media.files import NOISE, PAGE, animation, chunk, encoded, picture

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF"]
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SECRETS = [b"Camera of Ada", b"script", b"GPS", b"xpacket", b"Exif", b"secret"]
XMP = b'<?xpacket begin=""?><x:xmpmeta>secret</x:xmpmeta><?xpacket end="w"?>'


@pytest.fixture
def clean(tmp_path):
    def clean(data, max_pixels=1_000_000):
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(data)
        target.unlink(missing_ok=True)
        found = pictures.cleaned(source, target, sniffed(data), max_pixels)
        return found, target.read_bytes()

    return clean


def refused(clean, data, **limits):
    with pytest.raises(Invalid) as error:
        clean(data, **limits)
    (problem,) = error.value.problems
    assert problem.path == ("file",)
    return problem.code, problem.message


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def difference(one, other):
    """The mean difference of two pictures, 0 to 255."""
    delta = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(ImageStat.Stat(delta).mean)


@pytest.mark.parametrize("format", FORMATS)
def test_the_picture_stays(clean, format):
    data = picture(format)
    found, kept = clean(data)

    assert (found.width, found.height) == (64, 48)
    assert found.placeholder.startswith("data:image/webp;base64,")
    assert opened(kept).format == format
    assert difference(opened(kept), opened(data)) < 4
    assert len(kept) < 2.2 * len(data)  # what was saved at 75 and 80 is written at 90


@pytest.mark.parametrize(
    ("format", "options"),
    [("PNG", {}), ("GIF", {}), ("WEBP", {"lossless": True})],
    ids=["png", "gif", "webp"],
)
def test_nothing_is_lost_where_nothing_was(clean, format, options):
    data = picture(format, **options)
    _, kept = clean(data)

    assert difference(opened(kept), opened(data)) == 0


@pytest.mark.parametrize("quality", [10, 75, 95, 100])
@pytest.mark.parametrize("progressive", [True, False])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
def test_a_jpeg_keeps_its_quality(clean, quality, progressive, subsampling):
    noise = Image.effect_noise((600, 400), 120).convert("RGB")
    data = encoded(noise, "JPEG", quality=quality, progressive=progressive, subsampling=subsampling)
    _, kept = clean(data)
    before, after = opened(data), opened(kept)

    assert after.quantization == before.quantization
    assert bool(after.info.get("progressive")) is progressive
    assert difference(after, before) < (5 if quality == 10 else 1.5)
    assert len(kept) < 1.01 * len(data)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_kinds_of_png(clean, mode):
    image = NOISE.convert("L").convert("I;16") if mode == "I;16" else NOISE.convert(mode)
    data = encoded(image, "PNG")
    found, kept = clean(data)

    assert opened(kept).mode == opened(data).mode
    assert opened(kept).tobytes() == opened(data).tobytes()
    assert found.placeholder


def test_a_jpeg_with_odd_tables(clean):
    data = bytearray(encoded(NOISE.convert("L"), "JPEG"))
    data[data.index(b"\xff\xdb") + 4] = 1  # the only table has number 1
    data[data.index(b"\xff\xc0") + 12] = 1  # and is what the only component uses
    assert set(opened(data).quantization) == {1}
    _, kept = clean(bytes(data))

    assert difference(opened(kept), opened(data)) < 4


def test_a_cmyk_jpeg_stays_one(clean):
    data = encoded(NOISE.convert("CMYK"), "JPEG")
    _, kept = clean(data)

    assert opened(kept).mode == "CMYK"
    assert difference(opened(kept), opened(data)) < 2


def test_transparent_colours_stay(clean):
    image = Image.new("P", (8, 8))
    image.putpalette([0, 0, 0, 255, 0, 0])
    data = encoded(image, "PNG", transparency=0)
    _, kept = clean(data)

    assert opened(kept).convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_metadata_goes_and_the_colour_profile_stays(clean, format):
    more = {"comment": b"secret comment"} if format == "JPEG" else {}
    if format == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Comment", "<script>secret</script>")
        more["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    else:
        more["xmp"] = XMP
    data = picture(format, exif=files.exif(), icc_profile=PROFILE, **more)
    assert b"Camera of Ada" in data
    _, kept = clean(data)

    assert opened(kept).info["icc_profile"] == PROFILE
    assert [secret for secret in SECRETS if secret in kept.replace(PROFILE, b"")] == []
    assert dict(opened(kept).getexif()) == {}


def test_what_only_claims_to_be_a_profile_goes(clean):
    _, kept = clean(picture("JPEG", icc_profile=PAGE))

    assert b"script" not in kept


def test_a_gif_loses_its_comment(clean):
    _, kept = clean(picture("GIF", comment=b"secret"))

    assert b"secret" not in kept


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_turned_upright(clean, format, orientation):
    data = picture(format, exif=files.exif(orientation))
    found, kept = clean(data)
    shown = ImageOps.exif_transpose(opened(data))

    assert (found.width, found.height) == shown.size == opened(kept).size
    assert difference(opened(kept), shown) < 8
    assert dict(opened(kept).getexif()) == {}


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_is_no_reason_to_refuse(clean):
    for junk in (b"", b"x" * 40, b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 60):
        found, kept = clean(picture("JPEG", exif=b"Exif\0\0" + junk))
        assert (found.width, found.height) == (64, 48)
        assert b"Exif" not in kept


@pytest.mark.parametrize("format", FORMATS)
def test_what_follows_the_end_goes(clean, format):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as jar:
        jar.writestr("Secret.class", b"secret")
    for tail in (PAGE, archive.getvalue(), picture("JPEG", exif=files.exif())):
        _, kept = clean(picture(format) + tail)
        assert [secret for secret in SECRETS if secret in kept] == []
        assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_a_page_within_a_picture_goes(clean):
    jpeg, png = picture("JPEG"), picture("PNG")
    comment = b"\xff\xfe" + (len(PAGE) + 2).to_bytes(2, "big") + PAGE
    for data in (jpeg[:2] + comment + jpeg[2:], png[:33] + chunk(b"tEXt", b"a\0" + PAGE) + png[33:],
                 png[:33] + chunk(b"prIv", PAGE) + png[33:]):  # fmt: skip
        _, kept = clean(data)
        assert b"script" not in kept


@pytest.mark.parametrize("format", ["PNG", "GIF", "WEBP", "AVIF"])
def test_animations_move_as_before(clean, format):
    data = animation(format, 5, duration=[40, 80, 120, 160, 200])
    found, kept = clean(data)
    before, after = opened(data), opened(kept)

    assert (found.width, found.height) == (40, 30)
    assert after.n_frames == before.n_frames == 5
    durations = []
    for number in range(5):
        before.seek(number)
        after.seek(number)
        assert difference(before, after) < 4
        after.load()
        durations.append(round(after.info["duration"]))
    assert durations == [40, 80, 120, 160, 200]
    assert format == "AVIF" or after.info["loop"] == 0


def test_a_gif_that_shows_once_does_not_loop(clean):
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    _, kept = clean(data)

    assert "loop" not in opened(kept).info
    assert opened(kept).n_frames == 2


def test_transparent_frames_do_not_pile_up(clean):
    frames = [Image.new("RGBA", (20, 20)) for _ in range(3)]
    for number, frame in enumerate(frames):
        frame.putpixel((5 * number, 5), (255, 0, 0, 255))
    for format in ("GIF", "PNG", "WEBP"):
        options = {"disposal": 2} if format == "GIF" else {"lossless": True}
        data = encoded(
            frames[0], format, save_all=True, append_images=frames[1:], duration=90, **options
        )
        _, kept = clean(data)
        image = opened(kept)
        for number in range(3):
            image.seek(number)
            shown = image.convert("RGBA").getchannel("A").point(lambda a: 255 * (a > 128))
            assert shown.getbbox() == (5 * number, 5, 5 * number + 1, 6), (format, number)


@pytest.mark.parametrize("format", FORMATS)
def test_damaged_pictures_are_refused(clean, format):
    data = picture(format, (200, 150))
    for part in (12, 40, len(data) // 3, len(data) // 2):
        assert refused(clean, data[:part])[0] in ("INVALID", "LIMIT_EXCEEDED"), part


def test_a_header_alone_is_refused(clean):
    for data in (
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"\0\0\0\x1cftypavif",
    ):
        assert refused(clean, data) == ("INVALID", "The picture is damaged")


@pytest.mark.parametrize("side", [12_000, 20_000, 60_000])
def test_pixel_bombs_are_refused_before_they_go_off(clean, monkeypatch, side):
    data = files.pixel_bomb(side) if side < 20_000 else files.png(side, side)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("it was unpacked"))

    code, message = refused(clean, data, max_pixels=50_000_000)

    assert (code, message) == ("LIMIT_EXCEEDED", "The picture has more than 50,000,000 pixels")


def test_all_frames_count(clean):
    data = animation("GIF", 10)

    assert clean(data, max_pixels=12_000)[0].width == 40
    assert refused(clean, data, max_pixels=11_999) == (
        "LIMIT_EXCEEDED", "The picture has more than 11,999 pixels",
    )  # fmt: skip


def test_too_many_frames_are_refused(clean):
    assert clean(files.gif_of(1_000))[0].width == 1
    assert refused(clean, files.gif_of(100_000)) == (
        "LIMIT_EXCEEDED", "The picture has more than 1,000 frames",
    )  # fmt: skip


def test_too_many_scans_are_refused(clean):
    data = picture("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    bomb = data[:-2] + data[last:-2] * 200 + data[-2:]

    assert refused(clean, bomb) == ("LIMIT_EXCEEDED", "The picture has more than 100 scans")


def test_compressed_text_bombs_are_refused(clean):
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))

    assert refused(clean, files.png(8, 8, text, rows=bytes(16))) == (
        "INVALID", "The picture is damaged",
    )  # fmt: skip


def test_a_narrow_picture_has_a_placeholder(clean):
    for size in ((1, 5_000), (5_000, 1), (1, 1)):
        assert len(clean(picture("PNG", size))[0].placeholder) < 600


def test_what_cannot_be_written_is_damaged_but_a_full_disk_is_not(clean, monkeypatch):
    """As with some WebP animations, whose encoder refuses what the decoder has taken."""

    def fail_with(error):
        def save(*_args, **_options):
            raise error

        monkeypatch.setattr(Image.Image, "save", save)

    data = picture("PNG")
    for error in (RuntimeError("cannot encode"), OSError("encoder error -2")):
        fail_with(error)
        assert refused(clean, data) == ("INVALID", "The picture is damaged")
    fail_with(OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match="No space left"):
        clean(data)
