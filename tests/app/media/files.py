"""Files as people send them: good, odd and hostile."""

import io
import struct
import zlib

from PIL import Image

PAGE = b"<html><script>alert(1)</script></html>"
NOISE = Image.effect_noise((64, 48), 60).convert("RGB")


def encoded(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def picture(format, size=(64, 48), **options):
    return encoded(NOISE.resize(size), format, **options)


def animation(format, count=3, size=(40, 30), **options):
    frames = [Image.new("RGB", size, (50 * (n % 5), 255 - n % 250, n % 256)) for n in range(count)]
    options = {"duration": 50, "loop": 0} | options
    return encoded(frames[0], format, save_all=True, append_images=frames[1:], **options)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, *extra, rows=b""):
    """A PNG by hand: 1 bit of grey, whatever chunks."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + body + chunk(b"IEND", b"")


def pixel_bomb(side):
    """A few kilobytes that unpack to `side` × `side` pixels."""
    return png(side, side, rows=bytes((side // 8 + 2) * side))


def gif_of(count):
    """`count` frames of one pixel, 20 bytes each."""
    head = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\4\0\1\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2"
    frames = (frame + (b"\x44\1\0", b"\x4c\1\0")[n % 2] for n in range(count))
    return head + b"".join(frames) + b";"


def exif(orientation=1):
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "Camera of Ada"
    data.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # where it was taken
    return data.tobytes()


MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + b"\0\0\0\x08moov"
WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d") + b"\0" * 40
MP3 = b"\xff\xfb\x90\x64" + b"\0" * 413
MP3_TAGGED = b"ID3\4\0\0\0\0\0\x0a" + b"\0" * 10 + MP3
OGG = b"OggS\0\2" + b"\0" * 20 + b"\1\x1eOpusHead" + b"\0" * 11
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 24
FLAC = b"fLaC\0\0\0\x22" + b"\0" * 34
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"
