"""What a file is, by its first bytes; and which types we take at all.

Pages and drawings with scripts in them (HTML, SVG, XML), archives, office files and programs are
not among them, whatever they are called.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.models.media import MediaKind

ENOUGH = 4_096
"""How many bytes of a file are looked at."""


@dataclass(frozen=True, slots=True)
class FileType:
    kind: MediaKind
    mime_type: str
    extension: str


JPEG = FileType(MediaKind.IMAGE, "image/jpeg", "jpg")
PNG = FileType(MediaKind.IMAGE, "image/png", "png")
GIF = FileType(MediaKind.IMAGE, "image/gif", "gif")
WEBP = FileType(MediaKind.IMAGE, "image/webp", "webp")
AVIF = FileType(MediaKind.IMAGE, "image/avif", "avif")
MP4 = FileType(MediaKind.VIDEO, "video/mp4", "mp4")
WEBM = FileType(MediaKind.VIDEO, "video/webm", "webm")
MP3 = FileType(MediaKind.AUDIO, "audio/mpeg", "mp3")
OGG = FileType(MediaKind.AUDIO, "audio/ogg", "ogg")
WAV = FileType(MediaKind.AUDIO, "audio/wav", "wav")
FLAC = FileType(MediaKind.AUDIO, "audio/flac", "flac")
PDF = FileType(MediaKind.DOCUMENT, "application/pdf", "pdf")

_MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash",
               b"M4V ", b"MSNV"}  # fmt: skip
_OGG_CODECS = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")


def _is_mp3(head: bytes) -> bool:
    """An ID3v2 tag, or the header of a frame: MPEG audio, layer III, of a possible rate."""
    if head.startswith(b"ID3"):
        return head[3:4] in (b"\2", b"\3", b"\4") and all(size < 0x80 for size in head[6:10])
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return 0 < bitrate < 15 and rate < 3 and head[1] & 0x18 != 0x08


_TYPES: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (JPEG, lambda head: head.startswith(b"\xff\xd8\xff")),
    (PNG, lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    (GIF, lambda head: head.startswith((b"GIF87a", b"GIF89a"))),
    (WEBP, lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    (AVIF, lambda head: head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis")),
    (MP4, lambda head: head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS),
    (WEBM, lambda head: head.startswith(b"\x1aE\xdf\xa3") and b"\x42\x82\x84webm" in head[:64]),
    (WAV, lambda head: head.startswith(b"RIFF") and head[8:12] == b"WAVE"),
    (OGG, lambda head: head.startswith(b"OggS\0\2") and head[28:].startswith(_OGG_CODECS)),
    (FLAC, lambda head: head.startswith(b"fLaC")),
    (PDF, lambda head: head.startswith(b"%PDF-")),
    (MP3, _is_mp3),
)

BY_EXTENSION = {type.extension: type for type, _ in _TYPES}


def sniffed(head: bytes) -> FileType | None:
    """The type of a file that begins with `head`; None for one that we do not take."""
    return next((type for type, fits in _TYPES if fits(head)), None)
