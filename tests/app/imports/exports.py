"""Small export files, written for one test."""

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).parent
SMALL = HERE / "files" / "small.xml"
REAL = HERE.parents[2] / "../shared/data/wordpress-theme-unit-test.xml"

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"
 xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/{version}/">
<channel>
<wp:wxr_version>{version}</wp:wxr_version>
<wp:base_blog_url>{site}</wp:base_blog_url>
"""
TAIL = "</channel>\n</rss>\n"


def export(
    folder: Path, *parts: str, version: str = "1.2", site: str = "https://blog.example"
) -> Path:
    """A file of these records, after the head that every export has."""
    file = folder / "export.xml"
    file.write_text(HEAD.format(version=version, site=site) + "\n".join(parts) + TAIL)
    return file


def item(
    id: int | str,
    *,
    terms: tuple[tuple[str, str], ...] = (),
    meta: Mapping[str, str] | None = None,
    more: str = "",
    **fields: str,
) -> str:
    """A published post; `fields` are named as in `<wp:…>`, or `title`, `creator`, `body` …"""
    defaults = {
        "title": f"Post {id}", "creator": "ada", "post_id": str(id), "post_name": f"post-{id}",
        "post_type": "post", "status": "publish", "post_date_gmt": "2020-01-01 00:00:00",
    }  # fmt: skip
    lines = [_element(name, text) for name, text in {**defaults, **fields}.items()]
    lines += [
        f"<category domain={quoteattr(domain)} nicename={quoteattr(slug)}>{escape(slug)}</category>"
        for domain, slug in terms
    ]
    lines += [
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key>"
        f"<wp:meta_value>{escape(value)}</wp:meta_value></wp:postmeta>"
        for key, value in (meta or {}).items()
    ]
    return "<item>\n" + "\n".join(lines) + more + "\n</item>"


def attachment(id: int | str, **fields: str) -> str:
    where = {"attachment_url": f"https://blog.example/{id}.png"}
    return item(id, **{"post_type": "attachment", "status": "inherit", **where, **fields})  # type: ignore[arg-type]


def author(login: str, email: str = "", name: str = "") -> str:
    return (
        f"<wp:author><wp:author_login>{escape(login)}</wp:author_login>"
        f"<wp:author_email>{escape(email)}</wp:author_email>"
        f"<wp:author_display_name>{escape(name)}</wp:author_display_name></wp:author>"
    )


def category(slug: str, parent: str = "", name: str = "") -> str:
    return (
        f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent>"
        f"<wp:cat_name>{escape(name or slug)}</wp:cat_name></wp:category>"
    )


def tag(slug: str, name: str = "") -> str:
    return (
        f"<wp:tag><wp:tag_slug>{slug}</wp:tag_slug><wp:tag_name>{escape(name or slug)}"
        "</wp:tag_name></wp:tag>"
    )


def _element(name: str, text: str) -> str:
    prefixed = {
        "title": "title", "pubDate": "pubDate", "guid": "guid", "creator": "dc:creator",
        "body": "content:encoded", "excerpt": "excerpt:encoded",
    }.get(name, f"wp:{name}")  # fmt: skip
    return f"<{prefixed}>{escape(text)}</{prefixed}>"
