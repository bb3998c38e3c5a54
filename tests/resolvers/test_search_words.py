"""Whatever is typed, both databases find what Python finds."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import indexing, search, text
from app.pagination import Cursors, Window
from app.permissions import GUEST
from app.selects.search import Query
from loaders import Loaders
from loaders.search import CountByQuery, HitsByQuery
from tests import factories

DOCUMENTS = [
    ("Straße nach Łódź", "smørrebrød und İstanbul"), ("rose", "rose rosé rosette"),
    ("1e5 0x1f 3.14 -7 2nd", "user@example.com https://example.com/a-b_c?d=e"),
    ("東京タワー", "日本語の文章"), ("हिन्दी भाषा", "मराठी"), ("한국어 문서", "٣٤٥ ⅷ ½ ﬁne"),
    ("x" * 70 + " y", "𞤀𞤣𞤤𞤢𞤥 𐐷 ꜩ"),
    ('AND OR NOT "quoted" col:on', "star* ^caret (paren) near/2 a'b"), ("", ""),
]  # fmt: skip
WORDS = sorted({word for pair in DOCUMENTS for part in pair for word in part.split()})
typed = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
    st.sampled_from(WORDS).flatmap(lambda w: st.integers(1, len(w)).map(lambda n: w[:n])),
    st.text(max_size=20),
    st.text(st.sampled_from("\"'*:^()-+&|!\\<>\0 rosexy1%_"), max_size=20),
    st.sampled_from(["x" * 200_000, "rose " * 5_000, "NEAR(a b)", "title:rose", "y:*", "\ud83c"]),
)


@pytest.fixture
async def library(db):
    """A tag for each of DOCUMENTS, and what a search for words finds: ids, and how many."""
    ids = [f"tag_{n:026}" for n in range(len(DOCUMENTS))]
    tags = [factories.tag(f"tag {n}", id=id) for n, id in enumerate(ids)]
    await factories.add(db, *tags)
    async with db.write() as session:
        await indexing.put(
            session, [indexing.Entry(id, *pair) for id, pair in zip(ids, DOCUMENTS, strict=True)]
        )

    async def find(words):
        load = Loaders(db, GUEST, Cursors(b"test"))
        hits = await load(HitsByQuery, Window(100)).load(Query(words))
        count = await load(CountByQuery).load(Query(words))
        assert count == len(hits.edges)
        return sorted(int(hit.subject_id[4:]) for hit in hits.edges)

    return find


def oracle(words):
    *whole, beginning = search.query_words(words) or [None]
    return [
        n
        for n, pair in enumerate(DOCUMENTS)
        if beginning is not None
        and (there := [word[: search.MAX_WORD] for word in text.words(" ".join(pair))])
        and set(whole) <= set(there)
        and any(word.startswith(beginning) for word in there)
    ]


@settings(
    max_examples=60,
    phases=[Phase.reuse, Phase.generate],  # shrinking on a database takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(typed)
async def test_any_text_finds_what_python_finds(library, words):
    assert await library(words) == oracle(words)


async def test_each_word_is_found_by_itself(library):
    for word in WORDS:
        assert await library(word) == oracle(word), word
    for words, found in (
        ("strasse lodz", [0]), ("istanb", [0]), ("京", [3]), ("文章", [3]), ("भाषा", [4]),
        ("한국", [5]), ("345", []), ("viii", [5]), ("fine", [5]), ("x" * 70 + " y", [6]),
        ("1e5", [2]), ("example com", [2]), ("NOT quoted", [7]), ("", []), ("***", []),
    ):  # fmt: skip
        assert await library(words) == found, words
