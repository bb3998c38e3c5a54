"""What is asked at the same time is asked once, whoever gives up meanwhile."""

import asyncio

import pytest

from app.together import Together


class Work:
    """Doubles numbers, when it may; `asked` is what it was given."""

    def __init__(self):
        self.asked = []
        self.may = asyncio.Event()

    async def __call__(self, numbers):
        self.asked.append(list(numbers))
        await self.may.wait()
        if 13 in numbers:
            raise ValueError("13")
        return [2 * number for number in numbers]


@pytest.fixture
def work():
    return Work()


def together(work, *, alone=False):
    return Together(work, lambda: alone)


async def turns():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_alone(work):
    work.may.set()
    assert await together(work)(4) == 8


async def test_who_is_alone_waits_for_nobody(work):
    work.may.set()
    ask = together(work, alone=True)

    assert await asyncio.gather(ask(1), ask(2)) == [2, 4]
    assert work.asked == [[1], [2]]


async def test_who_comes_together_is_answered_together_each_with_its_own(work):
    work.may.set()
    ask = together(work)

    assert await asyncio.gather(ask(1), ask(2), ask(1)) == [2, 4, 2]
    assert work.asked == [[1, 2, 1]]


async def test_who_comes_later_is_not_told_what_was_asked_before(work):
    ask = together(work)
    first = asyncio.create_task(ask(1))
    await turns()
    second = asyncio.create_task(ask(1))
    await turns()

    assert work.asked == [[1], [1]]
    work.may.set()
    assert await asyncio.gather(first, second) == [2, 2]


async def test_a_failure_is_that_of_all(work):
    ask = together(work)
    work.may.set()
    answers = await asyncio.gather(ask(1), ask(13), ask(2), return_exceptions=True)

    assert [repr(answer) for answer in answers] == ["ValueError('13')"] * 3
    assert await ask(1) == 2


@pytest.mark.parametrize(
    ("when", "asked"), [("before it asks", [2, 3]), ("while it is answered", [1, 2, 3])]
)
async def test_who_came_first_may_give_up_and_nothing_is_asked_twice(work, when, asked):
    ask = together(work)
    first, *others = (asyncio.create_task(ask(number)) for number in (1, 2, 3))
    await (turns() if when == "while it is answered" else asyncio.sleep(0))
    first.cancel()
    await turns()
    work.may.set()

    assert await asyncio.gather(*others) == [4, 6]
    assert first.cancelled()
    assert work.asked == [asked]


async def test_who_all_give_up_ask_nothing(work):
    ask = together(work)
    first, second = (asyncio.create_task(ask(number)) for number in (1, 2))
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    await turns()

    assert work.asked == []


async def test_who_only_waits_may_give_up(work):
    ask = together(work)
    first, second, third = (asyncio.create_task(ask(number)) for number in (1, 2, 13))
    await turns()
    second.cancel()
    await turns()
    work.may.set()

    answers = await asyncio.gather(first, third, return_exceptions=True)
    assert [repr(answer) for answer in answers] == ["ValueError('13')"] * 2
    assert second.cancelled()
