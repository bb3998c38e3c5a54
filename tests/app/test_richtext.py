"""Rich text: what is shown, what is never shown, and that no input is slow."""

import re
import sys
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import richtext
from app.richtext import Format, Heading, headings, html, text, word_count


def words(joined: str) -> list[str]:
    return joined.split()


TAGS = set(
    words(
        "a abbr article aside b bdi bdo blockquote br caption cite code col colgroup data dd del"
        " details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6"
        " header hr i img ins kbd"
        " li mark ol p pre q s samp section small span strong sub summary sup"
        " table tbody td tfoot th"
        " thead time tr u ul var wbr"
    )
)
ATTRIBUTES = set(
    words(
        "align alt cite class colspan datetime dir height href hreflang id lang open rel reversed"
        " rowspan scope src start title value width"
    )
)
XSS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT >",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<scr<!-- -->ipt>alert(1)</script>",
    "<script>alert(1)",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src=x:alert(alt) onerror=eval(src) alt=0>",
    "<img src='javascript:alert(1)'>",
    "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
    "<p onclick=alert(1) style='x:expression(alert(1))'>x</p>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='java\0script:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='java&Tab;script&colon;alert(1)'>x</a>",
    "<a href='&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)'>x</a>",
    "<a href='&#0000106avascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='x' ping='//evil.example' target=_blank id=location name=cookie>x</a>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table>",
    "<math></p><style><!--</style><img src/onerror=alert(1)>--></style></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button></form>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<textarea autofocus onfocus=alert(1)></textarea><img src=x onerror=alert(1)>",
    "<title></title><img title='</title><script>alert(1)</script>'>",
    "<base href=javascript:alert(1)//>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='&lt;script>alert(1)&lt;/script>'>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<xmp><p title='</xmp><script>alert(1)</script>'></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<video><source onerror=alert(1)></video><audio src onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee><body onload=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<a title='&quot;><img src=x onerror=alert(1)>'>x</a>",
    '<a title="\'><script>alert(1)</script>">x</a>',
    "<code class='language-x\" onclick=alert(1) admin'>x</code>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<h2 id=cookie onclick=alert(1)>\" onclick=alert(1) x='</h2>",
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT&colon;alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    "![x](https://e.example/\"onerror='alert(1)')",
    '[x](<javascript:alert(1)> "t")\n\n[y]: vbscript:alert(1)\n[y]',
    "<javascript:alert(1)>",
    '```x" onclick=alert(1)\n</code></pre><script>alert(1)</script>\n```',
]


class Inspector(HTMLParser):
    """Asserts that everything a parser finds is allowed; keeps the ids."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            self.check(tag, name, value or "")
        if tag == "a":
            assert ("rel", "noopener noreferrer") in attrs

    def check(self, tag: str, name: str, value: str) -> None:
        assert name in ATTRIBUTES
        if name in {"href", "src", "cite"}:
            scheme = re.match(r"([^/?#]*?):", re.sub(r"[\x00-\x20]", "", value))
            assert not scheme or scheme[1].lower() in {"http", "https", "mailto"}
        if name == "class":
            assert re.fullmatch(r"language-[\w+#.-]+", value)
        if name == "id":
            assert re.fullmatch(r"h[1-6]", tag)
            self.ids.append(value)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def ids(markup: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(markup)
    inspector.close()
    return inspector.ids


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("payload", XSS)
def test_attack_leaves_only_what_is_allowed(payload: str, format: Format) -> None:
    for raw in (payload, f"x {payload}\n\n<p>y", f"> <table><td>{payload}"):
        ids(html(raw, format))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("<b>x</b> y\n<h2>T</h2>\nz", '<p><b>x</b> y</p><h2 id="t">T</h2><p>z</p>'),
        ("a<br />\nb", "<p>a<br>b</p>"),
        ("<p>a\n\nb</p>\n\n\n<p>c</p>", "<p>a\nb</p>\n<p>c</p>"),
        ("<i>a\n\nb</i>", "<p><i>a<br>\n<br>\nb</i></p>"),
        (
            "<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:x /-->",
            "\n<p>a</p>\n",
        ),
        ("<blockquote>a\n\nb</blockquote>", "<blockquote><p>a</p>\n<p>b</p></blockquote>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<table><tr><td>a<td>b<tr><td>c</table>",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>",
        ),
        ("<pre>\n\na\n\n[gallery]</pre>", "<pre>a\n\n[gallery]</pre>"),
        ('[caption id="x"]<img src="/a.png" /> Bell[/caption]', '<p><img src="/a.png"> Bell</p>'),
        ('a [gallery ids="1,2"] [1] [galleryish]', "<p>a  [1] [galleryish]</p>"),
        ("<o:p>a</o:p> 1 < 2 & 3", "<p>a 1 &lt; 2 &amp; 3</p>"),
        ("<p id=x class=y><b>a</p>b", "<p><b>a</b></p><p>b</p>"),
        ("<code class='x language-c++ y'>a</code>", '<p><code class="language-c++">a</code></p>'),
        ("<div><a><div>x</div><a>y", "<div><p><a rel"),
        ("", ""),
    ],
)
def test_html_from_wordpress(raw: str, expected: str) -> None:
    assert html(raw, Format.HTML).startswith(expected)
    assert expected.endswith("rel") or html(raw, Format.HTML) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("# A *b*", '<h1 id="a-b">A <em>b</em></h1>\n'),
        ("```py\n1<2\n```", '<pre><code class="language-py">1&lt;2\n</code></pre>\n'),
        ("~~a~~ <u onclick=x>b</u>", "<p><s>a</s> <u>b</u></p>\n"),
        ("https://a.example [gallery]", "<p>https://a.example [gallery]</p>\n"),
        (
            '[a](/b?c=1&d "t")',
            '<p><a href="/b?c=1&amp;d" title="t" rel="noopener noreferrer">a</a></p>\n',
        ),
        (
            "a|b\n-|-:\n1|2",
            (
                '<table>\n<thead>\n<tr>\n<th>a</th>\n<th align="right">b</th>\n</tr>\n</thead>\n'
                '<tbody>\n<tr>\n<td>1</td>\n<td align="right">2</td>\n</tr>\n</tbody>\n</table>\n'
            ),
        ),
    ],
)
def test_html_from_markdown(raw: str, expected: str) -> None:
    assert html(raw, Format.MARKDOWN) == expected


def test_html_from_plain_text() -> None:
    raw = "1 < 2\r\n<b> &amp;\n\n\n# c\n"
    assert html(raw, Format.PLAIN) == "<p>1 &lt; 2<br>\n&lt;b&gt; &amp;amp;</p>\n<p># c</p>"


def test_headings_have_unique_unicode_anchors() -> None:
    raw = "# Été *à* la `mer`\n## हिन्दी\n### a-2\n# a\n# A\n# a\n# !?\n# ![](/x.png)\n# a_b"
    assert headings(raw, Format.MARKDOWN) == [
        Heading(1, "Été à la mer", "été-à-la-mer"),
        Heading(2, "हिन्दी", "हिन्दी"),
        Heading(3, "a-2", "a-2"),
        Heading(1, "a", "a"),
        Heading(1, "A", "a-3"),
        Heading(1, "a", "a-4"),
        Heading(1, "!?", "section"),
        Heading(1, "a_b", "a_b"),
    ]
    assert ids(html(raw, Format.MARKDOWN)) == [h.anchor for h in headings(raw, Format.MARKDOWN)]


def test_heading_inside_a_heading_is_part_of_it() -> None:
    raw = "<h2>a<div><h3>b</h3></div>c</h2><h2>open<h3>next"
    expected = [
        Heading(2, "a b c", "a-b-c"),
        Heading(2, "open", "open"),
        Heading(3, "next", "next"),
    ]
    assert headings(raw, Format.HTML) == expected


def test_text_is_what_one_reads() -> None:
    raw = (
        "<h2>T&eacute;</h2><p>a <b>b</b>c&nbsp;&amp;&lt;i&gt;<br>d<script>no</script></p><style>no"
        "</style><ul><li>e</li><li>f</li></ul><table><tr><td>1</td><td>2</td></tr></table>"
        "<pre>x\n  y</pre><p>g\nh</p><img alt=no>"
    )
    assert text(raw, Format.HTML) == "Té\na bc &<i>\nd\ne\nf\n1 2\nx\ny\ng h"


@pytest.mark.parametrize(
    ("raw", "length", "expected"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two, three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("one two three", 3, "on…"),
        ("one two three", 1, "…"),
        ("one two three", 0, ""),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("ab👩‍👩‍👧", 5, "ab…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
        ("漢字漢字", 3, "漢字…"),
        ("one 漢字漢字", 7, "one 漢字…"),
    ],
)
def test_text_is_cut_at_a_word(raw: str, length: int, expected: str) -> None:
    assert text(raw, Format.PLAIN, length) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("", 0), ("Don't *well-known* — a/b 42 !", 4), ("हिन्दी में", 2), ("漢字 と abc字", 5)],
)
def test_words_are_counted(raw: str, expected: int) -> None:
    assert word_count(raw, Format.MARKDOWN) == expected


def test_a_body_is_rendered_once_for_all_questions() -> None:
    renders = richtext._render_small.cache_info().misses
    raw = "# only asked here"
    html(raw, Format.MARKDOWN), headings(raw, Format.MARKDOWN), word_count(raw, Format.MARKDOWN)
    assert richtext._render_small.cache_info().misses == renders + 1


SOUP = st.lists(
    st.sampled_from(
        words(
            "<p> </p> <b> </b> <a> </a> <div> </div> <h1> </h1> <h2> </h3>"
            " <table> </table> <tr> <td>"
            " </td> <li> </ul> <ul> <pre> </pre> <br> <svg> </svg> <style>"
            " </style> <!-- --> ] [gallery"
            " <code> </code> <blockquote> <math> <details> <summary> <caption>"
            " <dl> <dt> <col> <i t='"
            " ' \" = > < & &#10; &lt; # * _ ` [ ]( | - ~~ text 漢 \u0301 <section> </table>"
        )
    )
    | st.sampled_from(["\n", "\n\n", " ", "\0", "\ud800", "\r"])
    | st.text(max_size=5)
).map("".join)
RECLEAN = nh3.Cleaner(
    tags=TAGS, attributes={"*": ATTRIBUTES - {"rel"}}, link_rel="noopener noreferrer"
)


@given(SOUP, st.sampled_from(Format))
def test_no_input_breaks_the_promises(raw: str, format: Format) -> None:
    clean = html(raw, format)
    anchors = [heading.anchor for heading in headings(raw, format)]
    assert ids(clean) == anchors
    assert len(set(anchors)) == len(anchors)
    assert RECLEAN.clean(clean) == clean


@given(SOUP, st.sampled_from(Format), st.integers(0, 40))
def test_text_never_exceeds_its_length(raw: str, format: Format, length: int) -> None:
    assert len(text(raw, format, length)) <= length
    assert word_count(raw, format) >= 0


NASTY = [
    *'[>*<&`|!="\n',
    *["<div>", "<b>", "<a>x", "<!--", "<a b='", "<script", "<svg>", "&#x", "&#99999999", "<li>"],
    *["<table>", "<pre>", "![", "[a](", "[gallery ", "\n ", "- ", "> a\n", "</div>", "e\u0301"],
]
BOMB = "<p>" + "".join(f"<b title={n}>" for n in range(5_000)) + "<p>x" * 5_000


def _calls(body: str, format: Format) -> int:
    """How many functions are called to render a body: the work, without a clock."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        text(body, format)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("piece", NASTY)
def test_work_grows_in_line_with_the_body(piece: str, format: Format) -> None:
    size = 1_000 // len(piece)
    assert _calls(piece * 2 * size, format) < 2.5 * _calls(piece * size, format) + 100


@pytest.mark.parametrize("piece", NASTY)
def test_large_bodies_are_rendered(piece: str) -> None:
    assert len(text(piece * (30_000 // len(piece)), Format.HTML, 29_000)) <= 29_000


def test_formatting_bomb_does_not_multiply() -> None:
    assert len(html(BOMB, Format.HTML)) < 60 * len(BOMB)
