"""The first reading of an export: is it whole, and what do its items refer to?"""

from dataclasses import dataclass, field
from pathlib import Path

from app.imports.mapping import KINDS, TAGS, left_out, term_key
from app.imports.records import Author, Item, Term
from app.imports.strictxml import Advance
from app.imports.wxr import Export


@dataclass(slots=True)
class Survey:
    """What must be there before the items are: authors by login, terms by slug, in file order.

    `creators` are the logins that items name. An export of a part of a site (posts only, say) lists
    no terms; then those that items name are taken.
    """

    site: str = ""
    authors: dict[str, Author] = field(default_factory=dict)
    creators: dict[str, None] = field(default_factory=dict)
    categories: dict[str, Term] = field(default_factory=dict)
    tags: dict[str, Term] = field(default_factory=dict)
    menus: int = 0
    others: int = 0


def survey(path: Path, advance: Advance = lambda _bytes: None) -> Survey:
    """Read a whole file, write nothing. Raises UnreadableError with the place of what is wrong."""
    export, found, named = Export(path), Survey(), Survey()
    for record in export.records(advance):
        match record:
            case Author():
                found.authors.setdefault(record.login, record)
            case Term():
                _add(found, record)
            case Item() if left_out(record) is None:
                found.creators[record.creator] = None
                for term in record.terms if record.type in KINDS else ():
                    _add(named, term)
    found.site = export.site
    found.categories = found.categories or named.categories
    found.tags = found.tags or named.tags
    return found


def _add(found: Survey, term: Term) -> None:
    key = term_key(term)
    match term.taxonomy:
        case "category" if key:
            found.categories.setdefault(key, term)
        case taxonomy if taxonomy in TAGS and key:
            found.tags.setdefault(key, term)
        case "nav_menu":
            found.menus += 1
        case _:
            found.others += 1
