"""The loads of an operation as spans."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.trace import Trace

if TYPE_CHECKING:  # an extra, which need not be there
    from app.tracing.spans import Tracing


class Spans(Trace):
    def __init__(self, tracing: "Tracing") -> None:
        super().__init__()
        self._tracing = tracing

    def started(self, fields: list[str], name: str, parents: int) -> Callable[[], None]:
        noted = super().started(fields, name, parents)
        end = self._tracing.load(name, fields, parents)

        def ended() -> None:
            end()
            noted()

        return ended
