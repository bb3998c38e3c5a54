"""Conditional requests (RFC 9110, 13), evaluated in the order of 13.2.2.

A read that succeeds asks `unmet` (412), then `unchanged` (304). A write asks `expected` and hands
the version on: only the transaction that changes the row can compare without a gap.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b

from starlette.datastructures import Headers

from app.http.refusal import RequestError

NEVER = 0
"""A version that nothing has: versions begin at 1."""

_DIGEST_BYTES = 16
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_OURS = re.compile(r"([1-9][0-9]{0,8})-[\w-]{22}", re.ASCII)  # GraphQL's Int holds nine digits
_DATES = "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"


@dataclass(frozen=True, slots=True)
class Expected:
    """The version that a write is for; None for any.

    `given` says whether the client sent a condition at all, which a server may require (428).
    NEVER stands for a condition that nothing meets. Handed on like any other version, it is refused
    after all else that can be wrong with the request, as 13.2.1 wants it.
    """

    version: int | None = None
    given: bool = True


def etag(body: bytes, version: int | None = None) -> str:
    """A strong entity tag: `"7-<digest>"` for version 7 of a resource that has versions.

    The digest tells apart what may be shown of one version, such as some of its fields.
    """
    digest = urlsafe_b64encode(blake2b(body, digest_size=_DIGEST_BYTES).digest())
    digits = digest.decode().rstrip("=")
    return f'"{digits}"' if version is None else f'"{version}-{digits}"'


def http_date(moment: datetime) -> str:
    """An aware moment as `Last-Modified` has it: in whole seconds of GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def unmet(headers: Headers, etag: str, modified: datetime | None = None) -> bool:
    """Whether a read is for a representation that is not the current one: `If-Match`, or else
    `If-Unmodified-Since`."""
    if (given := _given(headers, "if-match")) is not None:
        return given != "*" and ("", etag[1:-1]) not in _tags(given)
    since = _date(headers, "if-unmodified-since")
    return bool(since and modified and modified.replace(microsecond=0) > since)


def unchanged(headers: Headers, etag: str, modified: datetime | None = None) -> bool:
    """Whether a reader has the representation already: `If-None-Match`, or else
    `If-Modified-Since`.

    `modified` must cover all that the representation shows, or not be given.
    """
    if (given := _given(headers, "if-none-match")) is not None:
        return given == "*" or any(tag == etag[1:-1] for _, tag in _tags(given))
    since = _date(headers, "if-modified-since")
    return bool(since and modified and modified.replace(microsecond=0) <= since)


def expected(headers: Headers) -> Expected:
    """What a write to something that exists is conditional on.

    A tag that was weakened on its way, is not ours or has no version is met by nothing; nor is
    `If-None-Match: *`, as no write here makes what it addresses. Raises RequestError (400) for what
    cannot be compared with one version: no condition may be passed over, or updates are lost.
    """
    matching, other = _given(headers, "if-match"), _given(headers, "if-none-match")
    if other not in (None, "*"):
        raise unusable("If-None-Match", "of a write may only be `*`: send `If-Match`")
    if matching is None and _date(headers, "if-unmodified-since"):
        raise unusable("If-Unmodified-Since", "is too coarse to write by: send `If-Match`")
    if other:
        return Expected(NEVER)
    if matching is None:
        return Expected(given=False)
    return Expected(None if matching == "*" else _version(matching))


def unusable(header: str, why: str) -> RequestError:
    """For a condition that cannot be compared."""
    return RequestError(400, f"`{header}` {why}", details={"header": header})


def _version(matching: str) -> int:
    found = [_OURS.fullmatch(tag) for weak, tag in _tags(matching) if not weak]
    versions = {int(ours[1]) for ours in found if ours}
    if len(versions) > 1:
        raise unusable("If-Match", "names several versions: send one")
    return min(versions, default=NEVER)


def _given(headers: Headers, name: str) -> str | None:
    """All fields of a name as one; None when there is none."""
    fields = headers.getlist(name)
    return ", ".join(fields).strip(" \t") if fields else None


def _tags(given: str) -> list[tuple[str, str]]:
    """The entity tags of a list, each `W/` or nothing and what is quoted; none of a malformed
    one."""
    return [] if _TAG.sub("", given).strip(" \t,") else _TAG.findall(given)


def _date(headers: Headers, name: str) -> datetime | None:
    """A date in any of the three forms of RFC 9110, 5.6.7; others are to be ignored."""
    if (given := _given(headers, name)) is None:
        return None
    for form in _DATES:
        try:
            return datetime.strptime(given, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
