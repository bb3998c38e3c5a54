"""Conditional requests and caching: headers in, an answer out."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from app.http import caching
from app.http.conditions import NEVER, Expected, etag, expected, http_date, unchanged, unmet
from app.http.refusal import RequestError
from app.permissions import GUEST, Actor, Role
from app.settings import Settings

DIGEST = "Brchw4CyFgxQkD6fbGNrKA"
OTHER = "x" * 22
TAG = f'"{DIGEST}"'
MODIFIED = datetime(1994, 11, 6, 8, 49, 37, 999_999, UTC)
SAME = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT"
AFTER = "Sun, 06 Nov 1994 08:49:38 GMT"
MALFORMED_DATES = [
    "", "0", "now", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37", f"{SAME}, {SAME}",
    "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37 EST", f'"{SAME}"',
    "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "784111777",
    "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
]  # fmt: skip


def headers(*fields):
    """Headers of pairs; a name may occur several times."""
    return Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in fields])


def test_tags():
    assert etag(b"body") == TAG
    assert etag(b"body", 7) == f'"7-{DIGEST}"'
    whole = urlsafe_b64encode(blake2b(b"body", digest_size=16).digest())
    assert whole == f"{DIGEST}==".encode()
    assert etag(b"body.") != TAG


def test_dates():
    assert http_date(MODIFIED) == SAME
    assert http_date(MODIFIED.astimezone(timezone(timedelta(hours=-8)))) == SAME


KNOWN = [
    TAG, f"W/{TAG}", "*", " * ", f'"a", {TAG}', f'"a,b" , W/{TAG},"c"', f",, {TAG} ,", f"\t{TAG}\t",
    f'"", {TAG}', f'"é", {TAG}',
]  # fmt: skip
UNKNOWN = [
    "", '"a"', DIGEST, f'"{DIGEST}', f'{DIGEST}"', f"w/{TAG}", f"W/ {TAG}", f"'{DIGEST}'", "**",
    f"*, {TAG}", f"a, {TAG}", f'"a b", {TAG}', f'"{DIGEST} "', f'"7-{DIGEST}"', f'"\\"{TAG}"',
    f'"{DIGEST.upper()}"',
]  # fmt: skip


@pytest.mark.parametrize("given", KNOWN)
def test_a_reader_has_it_already(given):
    assert unchanged(headers(("if-none-match", given)), TAG) is True


@pytest.mark.parametrize("given", UNKNOWN)
def test_a_reader_lacks_it(given):
    assert unchanged(headers(("if-none-match", given)), TAG) is False


def test_several_fields_are_one_list():
    both = [("if-none-match", '"a"'), ("if-none-match", TAG)]

    assert unchanged(headers(*both), TAG) is True
    assert unchanged(headers(*both), '"b"') is False
    assert unmet(headers(("if-match", '"a"'), ("if-match", TAG)), TAG) is False


@pytest.mark.parametrize(
    ("since", "known"),
    [
        (SAME, True), (AFTER, True), (BEFORE, False),
        ("Sunday, 06-Nov-94 08:49:37 GMT", True), ("Sunday, 06-Nov-94 08:49:36 GMT", False),
        ("Sun Nov  6 08:49:37 1994", True), ("Sun Nov  6 08:49:36 1994", False),
        *((malformed, False) for malformed in MALFORMED_DATES),
    ],
)  # fmt: skip
def test_changes_since_a_date(since, known):
    asked = headers(("if-modified-since", since))

    assert unchanged(asked, TAG, MODIFIED) is known
    assert unchanged(asked, TAG) is False, "nobody knows when it was changed"


@pytest.mark.parametrize(("tag", "known"), [(TAG, True), ('"a"', False), ("", False)])
@pytest.mark.parametrize("since", [BEFORE, AFTER])
def test_tags_come_before_dates(tag, known, since):
    asked = headers(("if-none-match", tag), ("if-modified-since", since))

    assert unchanged(asked, TAG, MODIFIED) is known


@pytest.mark.parametrize(
    ("fields", "is_unmet"),
    [
        ([], False),
        *(([("if-match", tag)], False) for tag in ("*", TAG, f'"a", {TAG}')),
        *(([("if-match", tag)], True) for tag in ("", '"a"', f"W/{TAG}", DIGEST, f"*, {TAG}")),
        ([("if-unmodified-since", BEFORE)], True),
        ([("if-unmodified-since", SAME)], False),
        ([("if-unmodified-since", AFTER)], False),
        *(([("if-unmodified-since", malformed)], False) for malformed in MALFORMED_DATES),
        ([("if-match", TAG), ("if-unmodified-since", BEFORE)], False),
        ([("if-match", '"a"'), ("if-unmodified-since", AFTER)], True),
    ],
)
def test_a_read_of_what_is_another_by_now(fields, is_unmet):
    assert unmet(headers(*fields), TAG, MODIFIED) is is_unmet


def test_a_date_is_ignored_where_none_is_known():
    assert unmet(headers(("if-unmodified-since", BEFORE)), TAG) is False


NOTHING, ANY, NOBODY, SEVENTH = Expected(given=False), Expected(), Expected(NEVER), Expected(7)


@pytest.mark.parametrize(
    ("matching", "expectation"),
    [
        (None, NOTHING),
        ("*", ANY),
        (" * ", ANY),
        (f'"7-{DIGEST}"', SEVENTH),
        (f'"7-{DIGEST}", "7-{OTHER}"', SEVENTH),
        (f'"a", "7-{DIGEST}"', SEVENTH),
        (f'W/"8-{DIGEST}", "7-{DIGEST}"', SEVENTH),
        (f'"999999999-{DIGEST}"', Expected(999_999_999)),
        *((given, NOBODY) for given in (
            "", TAG, '"a"', f'W/"7-{DIGEST}"', f"7-{DIGEST}", "7", '"7"', '"7-"', f'"-{DIGEST}"',
            f'"0-{DIGEST}"', f'"07-{DIGEST}"', f'"+7-{DIGEST}"', f'"-7-{DIGEST}"',
            f'"7-{DIGEST}a"', f'"7-{DIGEST[1:]}"', f'"7 -{DIGEST}"', f'"1234567890-{DIGEST}"',
            f'"{"9" * 5_000}-{DIGEST}"', f'"²-{DIGEST}"', f'*, "7-{DIGEST}"', f'x, "7-{DIGEST}"',
        )),
    ],
)  # fmt: skip
def test_what_a_write_is_for(matching, expectation):
    fields = [] if matching is None else [("if-match", matching)]

    assert expected(headers(*fields)) == expectation


@pytest.mark.parametrize("matching", [[], [("if-match", "*")], [("if-match", f'"7-{DIGEST}"')]])
def test_no_write_is_for_what_is_not_there(matching):
    assert expected(headers(*matching, ("if-none-match", "*"))) == NOBODY


def test_dates_of_a_write():
    """They do not count beside a tag, and reads only ask whether something was changed."""
    tag = ("if-match", f'"7-{DIGEST}"')

    assert expected(headers(tag, ("if-unmodified-since", BEFORE))) == SEVENTH
    assert expected(headers(("if-modified-since", AFTER))) == NOTHING
    for malformed in ("", "now"):  # "MUST ignore" (13.1.4)
        assert expected(headers(("if-unmodified-since", malformed))) == NOTHING


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (("if-match", f'"7-{DIGEST}", "8-{DIGEST}"'),
         "`If-Match` names several versions: send one"),
        (("if-none-match", TAG), "`If-None-Match` of a write may only be `*`: send `If-Match`"),
        (("if-none-match", ""), "`If-None-Match` of a write may only be `*`: send `If-Match`"),
        (("if-unmodified-since", SAME),
         "`If-Unmodified-Since` is too coarse to write by: send `If-Match`"),
    ],
)  # fmt: skip
def test_conditions_that_are_refused(field, message):
    with pytest.raises(RequestError) as refused:
        expected(headers(field))

    assert (refused.value.status, refused.value.message) == (400, message)


@given(st.binary(), st.none() | st.integers(1, 999_999_999))
def test_what_is_made_is_understood(body, version):
    tag = etag(body, version)
    weakened = headers(("if-none-match", f"W/{tag}"))
    asked = headers(("if-match", tag), ("if-none-match", "*"))

    assert unchanged(weakened, tag) is True
    assert unmet(asked, tag) is False
    assert expected(headers(("if-match", tag))) == Expected(version or NEVER)


@given(st.datetimes(min_value=datetime(1000, 1, 1)), st.timedeltas(timedelta(1), timedelta(9_000)))  # noqa: DTZ001
def test_a_date_that_is_made_is_understood(naive, later):
    moment = naive.replace(tzinfo=UTC)
    since = headers(("if-modified-since", http_date(moment)))

    assert unchanged(since, TAG, moment) is True
    if moment < datetime.max.replace(tzinfo=UTC) - later:
        assert unchanged(since, TAG, moment + later) is False


pieces = st.sampled_from(
    ["*", '"', "W/", ",", " ", TAG, f'"7-{DIGEST}"', f'"8-{DIGEST}"', SAME, AFTER, "GMT", "\t"]
) | st.text(st.characters(max_codepoint=255), max_size=30)
fields = st.lists(
    st.tuples(
        st.sampled_from(
            ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "accept"]
        ),
        st.lists(pieces, max_size=5).map("".join),
    ),
    max_size=4,
)


@given(fields)
def test_anything_may_be_sent(fields):
    asked = headers(*fields)

    assert unchanged(asked, TAG, MODIFIED) in (True, False)
    assert unmet(asked, TAG, MODIFIED) in (True, False)
    with suppress(RequestError):
        assert expected(asked).version in (None, NEVER, 7, 8)


@pytest.mark.parametrize(
    ("actor", "seconds", "control"),
    [
        (GUEST, 0, "public, no-cache"),
        (GUEST, 60, "public, max-age=60, must-revalidate"),
        (Actor("usr_1", Role.USER), 60, "private, no-cache"),
        (Actor("usr_1", Role.ADMIN, api_key_id="key_1"), 0, "private, no-cache"),
    ],
)
@pytest.mark.parametrize("cookies", [True, False])
def test_who_may_keep_an_answer(actor, seconds, control, cookies):
    settings = Settings(_env_file=None, public_max_age=seconds, session_cookies=cookies)

    assert caching.kept(actor, settings) == {
        "Cache-Control": control,
        "Vary": "Accept, Authorization, X-API-Key" + (", Cookie" if cookies else ""),
    }
