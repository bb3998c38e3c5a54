"""What graphql-core leaves behind: coroutines below what became null, which nobody awaits.

Python warns of each when it is collected. Where that happens inside the constructor of a named
tuple, which sees no built-ins, the warning itself fails and comes as an unraisable exception.
"""

import pytest

LEFTOVERS = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <coroutine:pytest.PytestUnraisableExceptionWarning"
    ),
    pytest.mark.usefixtures("collected"),
]
