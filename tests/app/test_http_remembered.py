"""What is worked out from headers is kept for short texts only."""

from app.http.remembered import LONGEST, remembered


def test_a_short_text_is_worked_on_once_and_a_long_one_each_time():
    seen = []

    @remembered
    def size(text: str, unit: str = "") -> str:
        seen.append((text, unit))
        return f"{len(text)}{unit}"

    long = "x" * (LONGEST + 1)

    assert [size("a"), size("a"), size("a", "B"), size("bc")] == ["1", "1", "1B", "2"]
    assert [size(long), size(long)] == ["301", "301"]
    assert seen == [("a", ""), ("a", "B"), ("bc", ""), (long, ""), (long, "")]
