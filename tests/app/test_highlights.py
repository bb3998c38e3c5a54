"""What was searched for is marked in what was found; the rest is escaped."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import search, text
from app.highlights import LENGTH, mark, snippet

MARKED = [
    ("The Rose", "rose", "The <mark>Rose</mark>"),
    ("Rosé, rosés & <b>roses</b>", "ros",
     "<mark>Rosé</mark>, <mark>rosés</mark> &amp; &lt;b&gt;<mark>roses</mark>&lt;/b&gt;"),
    ("e\u0301te\u0301 été", "ete", "<mark>e\u0301te\u0301</mark> <mark>été</mark>"),
    ("STRASSE straße", "strasse", "<mark>STRASSE</mark> <mark>straße</mark>"),
    ("a½b ﬁne", "fin", "a½b <mark>ﬁne</mark>"),
    ("<script>alert(1)</script>", "script alert",
     "&lt;<mark>script</mark>&gt;<mark>alert</mark>(1)&lt;/<mark>script</mark>&gt;"),
    ('say "rose"', "rose", "say &quot;<mark>rose</mark>&quot;"),
    ("rosemary rose", "rose x", "rosemary <mark>rose</mark>"),
    ("tulip", "rose", None), ("rose", "", None), ("", "rose", None),
    ("rosemary and rose", "rose and", "rosemary <mark>and</mark> <mark>rose</mark>"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "query", "marked"), MARKED)
def test_the_words_are_marked_and_everything_is_escaped(title, query, marked):
    assert mark(title, query) == marked


def test_a_snippet_is_where_most_words_are():
    long = "word " * 100 + "a rose here. " + "word " * 100 + "a red rose there, " + "word " * 100

    found = snippet(long, "red rose")

    assert found.startswith("…word word")
    assert "a <mark>red</mark> <mark>rose</mark> there" in found
    assert found.endswith("word…")
    assert len(html.unescape(re.sub("</?mark>|…", "", found))) <= LENGTH + 40
    assert snippet("a rose", "rose") == "a <mark>rose</mark>"
    assert snippet("tulip", "rose") is None


@settings(max_examples=200)
@given(st.text(max_size=400) | st.text("<>&\"'aé ½ß\u0301", max_size=400), st.text(max_size=10))
def test_highlights_are_the_text_and_safe(written, query):
    for found in (mark(written, query), snippet(written, query)):
        if found is not None:
            assert not re.search("[<>]", re.sub("<mark>[^<>]+</mark>", "", found))
            shown = html.unescape(re.sub("</?mark>", "", found)).strip("…").strip()
            assert shown in written
    assert (mark(written, query) is None) == (snippet(written, query) is None)
    if query_words := search.query_words(query):
        there = [word[: search.MAX_WORD] for word in text.words(written)]
        hit = any(word in query_words or word.startswith(query_words[-1]) for word in there)
        assert (mark(written, query) is not None) == hit
