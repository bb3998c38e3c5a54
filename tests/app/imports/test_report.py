from io import StringIO

from rich.console import Console

from app.imports.report import MAX_OTHERS, Fact, Report


def shown(report: Report, width: int = 80) -> list[str]:
    console = Console(file=StringIO(), width=width)
    console.print(report.table())
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return [" ".join(line.split()) for line in lines if line.strip()]


def test_parts_are_named_once_and_the_main_rows_always_there() -> None:
    report = Report()
    report.count(Fact.PAGES, 3)
    report.count(Fact.TRASH, 2)
    report.count(Fact.COMMENTS, 0)

    assert [line for line in shown(report, 120) if "─" not in line] == [
        "What Count Why",
        "Imported Articles, published 0",
        "Pages, published 3",
        "Media 0 kept where they are, as external addresses",
        "Left out In the trash 2",
    ]


def test_types_from_the_file_are_shown_as_they_are_but_bounded() -> None:
    report = Report()
    for type in ("[red]x[/red]", "a\x9b31mb", "", *(f"type{n}" for n in range(100))):
        report.other(type)

    [row] = [why for _, what, _, why in report.rows() if what == Fact.OTHER.what]
    assert report.counts[Fact.OTHER] == 103
    assert len(report.others) == MAX_OTHERS
    assert "[red]x[/red] 1, a?31mb 1, (no type) 1, type0 1" in row
    assert any("[red]x[/red] 1" in line for line in shown(report, 300))
