"""What an import did: counted while it runs, shown as a table at its end."""

from collections import Counter
from enum import Enum

from rich import box
from rich.table import Table
from rich.text import Text

MAX_OTHERS = 20


class Fact(Enum):
    """A row of the table: its part, what was counted, and why it was so."""

    ARTICLES = ("Imported", "Articles, published", "")
    PAGES = ("Imported", "Pages, published", "")
    SCHEDULED = ("Imported", "Scheduled", "drafts with a date of publication")
    DRAFTS = ("Imported", "Drafts", "")
    AUTHORS = ("Imported", "Authors", "")
    CATEGORIES = ("Imported", "Categories", "")
    TAGS = ("Imported", "Tags", "")
    MEDIA = ("Imported", "Media", "kept where they are, as external addresses")
    FEATURED = ("Imported", "Featured images linked", "")

    PASSWORD = ("Changed", "Password-protected", "drafts now, so that they never become public")
    PRIVATE = ("Changed", "Private", "drafts now")
    STATUS = ("Changed", "Of an unknown status", "drafts now")
    ACCOUNT = ("Changed", "Authors matched", "accounts with their email or user name exist")
    UNLISTED = ("Changed", "Authors only named by items", "accounts without an email")
    SAME_TERM = ("Changed", "Categories and tags matched", "ours with that slug and name exist")
    SLUG = ("Changed", "Slugs changed", "taken already, or not usable in an address")
    TITLE = ("Changed", "Titles changed", "markup removed, or cut at 500 characters")
    USERNAME = ("Changed", "User names changed", "another account has the name")
    EMAIL = ("Changed", "Emails dropped", "not an address, or another account has it")
    ZONE = ("Changed", "Dates without a time zone", "taken as UTC")
    DATE = ("Changed", "Without any date", "dated now")
    LOOP = ("Changed", "Categories in a circle", "moved to the top of the tree")
    ORPHAN = ("Changed", "Categories without their parent", "moved to the top of the tree")

    KNOWN = ("Left out", "Already there", "imported before, and left as it is now")
    MENU_ITEMS = ("Left out", "Menu items", "there are no menus yet")
    MENUS = ("Left out", "Menus", "there are no menus yet")
    COMMENTS = ("Left out", "Comments", "there are no comments yet")
    FURTHER = ("Left out", "Further categories of items", "an item is in one category")
    UNDEFINED = ("Left out", "Uses of unknown categories and tags", "the file does not define them")
    FORMATS = ("Left out", "Post formats", "there is no such thing here")
    TAXONOMY = ("Left out", "Terms of other taxonomies", "only categories and tags are imported")
    FIELDS = ("Left out", "Custom fields", "there are none here")
    PARENTS = ("Left out", "Places below another page", "pages have no tree here")
    STICKY = ("Left out", "Sticky marks", "there is no such thing here")
    TRASH = ("Left out", "In the trash", "")
    HIDDEN_MEDIA = ("Left out", "Media not open to everybody", "media are always public here")
    ADDRESS = ("Left out", "Media without an address", "neither http:// nor https://")
    REVISIONS = ("Left out", "Revisions", "only the newest text is imported")
    NAMELESS = ("Left out", "Without a name or number", "could not be recognised another time")
    NO_IMAGE = ("Left out", "Featured images", "not among the media of this site")
    SIZES = ("Left out", "Sizes of media", "not readable")
    OTHER = ("Left out", "Items of other types", "only posts, pages and media are imported")

    def __init__(self, part: str, what: str, why: str) -> None:
        self.part, self.what, self.why = part, what, why


class Report:
    """Counts facts; `others` counts the types of items that we have no place for."""

    def __init__(self) -> None:
        self.counts: Counter[Fact] = Counter()
        self.others: Counter[str] = Counter()

    def count(self, fact: Fact, number: int = 1) -> None:
        self.counts[fact] += number

    def other(self, type: str) -> None:
        """An item of a type that is not imported; only so many types are told apart."""
        self.count(Fact.OTHER)
        if type in self.others or len(self.others) < MAX_OTHERS:
            self.others[type] += 1

    def rows(self) -> list[tuple[str, str, int, str]]:
        """Part, what, how many and why; the imported things also where there are none."""
        always = (Fact.ARTICLES, Fact.PAGES, Fact.MEDIA)
        facts = [fact for fact in Fact if self.counts[fact] or fact in always]
        return [(fact.part, fact.what, self.counts[fact], self._why(fact)) for fact in facts]

    def _why(self, fact: Fact) -> str:
        if fact is not Fact.OTHER:
            return fact.why
        types = (f"{_printable(type)} {number}" for type, number in self.others.most_common())
        return f"{fact.why}: {', '.join(types)}"

    def table(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("", style="dim", no_wrap=True)
        table.add_column("What")
        table.add_column("Count", justify="right", no_wrap=True)
        table.add_column("Why")
        before = ""
        for part, what, number, why in self.rows():
            if before and part != before:
                table.add_section()
            table.add_row("" if part == before else part, what, str(number), Text(why))
            before = part
        return table


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name[:30]) or "(no type)"
