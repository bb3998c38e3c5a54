"""Feature flags: what decides, for whom, and how soon every process knows."""

import asyncio
import logging
from contextlib import AsyncExitStack, contextmanager

import pytest

from app import environment, flags, ids
from app.db import Database
from app.errors import StartupError, SwitchedOff, Unavailable
from app.flags import FLAGS, Flags, Rules, place
from app.models import FeatureFlag, FeatureFlagUser
from app.setting_values import Environment
from app.settings import Settings
from tests import factories

FLAG = "search_off"
USERS = [ids.make(ids.USER, 1_700_000_000_000 + number, number) for number in range(10_000)]


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def statements(db):
    """Every SQL statement from now on; in other tests those that read flags are left out."""
    await db.check()
    seen = []
    stop = db.observe(lambda statement, _: seen.append(statement))
    yield seen
    stop()


def chosen(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]


async def switch(db: Database, **columns: object) -> None:
    async with db.write() as session:
        await session.merge(FeatureFlag(name=FLAG, **columns))


# The rules, from the last that decides to the first.


def test_every_flag_is_declared_with_what_it_does_and_fits_its_column():
    assert FLAGS == {
        "registration_closed": "Nobody can open an account.",
        "search_off": "Search is off, to spare the database.",
    }
    assert max(map(len, FLAGS)) <= FeatureFlag.name.type.length


def test_off_unless_something_says_on():
    assert [Rules().decide(FLAG, user) for user in (None, USERS[0])] == [False, False]


def test_for_everyone_it_is_on_for_guests_and_users():
    rules = Rules(everyone=True)
    assert [rules.decide(FLAG, user) for user in (None, USERS[0])] == [True, True]


@pytest.mark.parametrize(
    ("percentage", "guest", "users"), [(0, False, 0), (25, True, 2474), (100, True, 10_000)]
)
def test_a_percentage_comes_before_everyone_and_of_guests_it_is_all_or_nobody(
    percentage, guest, users
):
    rules = Rules(everyone=True, percentage=percentage)

    assert rules.decide(FLAG, None) is guest
    assert sum(rules.decide(FLAG, user) for user in USERS) == users


def test_users_have_their_place_for_good_and_another_for_another_flag():
    assert [place(FLAG, user) for user in USERS[:8]] == [73, 73, 46, 9, 46, 16, 79, 20]
    assert [place("registration_closed", user) for user in USERS[:8]] == [
        77,
        59,
        47,
        35,
        78,
        42,
        0,
        40,
    ]


def test_a_higher_percentage_keeps_those_who_had_it():
    had: set[str] = set()
    for percentage in (1, 10, 50, 99):
        rules = Rules(percentage=percentage)
        have = {user for user in USERS if rules.decide(FLAG, user)}
        assert had < have
        had = have


def test_places_are_spread_evenly():
    counts = [0] * 100
    for user in USERS:
        counts[place(FLAG, user)] += 1

    assert (min(counts), max(counts)) == (75, 130)


@pytest.mark.parametrize("on", [True, False])
def test_a_user_s_own_rule_comes_before_a_percentage(on):
    rules = Rules(everyone=not on, percentage=0 if on else 100, users={USERS[0]: on})

    assert rules.decide(FLAG, USERS[0]) is on
    assert rules.decide(FLAG, USERS[1]) is not on
    assert rules.decide(FLAG, None) is not on


@pytest.mark.parametrize("on", [True, False])
async def test_the_environment_comes_before_everything_and_asks_no_database(db, statements, on):
    await switch(db, everyone=not on)
    statements.clear()
    flags = Flags(db, chosen(feature_search_off=on))

    assert await flags.enabled(FLAG, None) is on
    assert statements == []


@pytest.mark.parametrize(("text", "value"), [("on", True), ("true", True), ("off", False)])
def test_the_environment_is_a_variable_for_each_flag(monkeypatch, text, value):
    monkeypatch.setenv("THINKALIKE_FEATURE_SEARCH_OFF", text)
    assert environment.load().feature_search_off is value


def test_a_variable_that_says_neither_is_refused(monkeypatch):
    monkeypatch.setenv("THINKALIKE_FEATURE_SEARCH_OFF", "maybe")
    with pytest.raises(StartupError, match=r"^THINKALIKE_FEATURE_SEARCH_OFF.*Input should be a"):
        environment.load()


# Names.


async def test_an_unknown_flag_is_an_error_for_developers(db):
    with pytest.raises(LookupError, match="There is no feature flag 'serch_off'"):
        await Flags(db, chosen()).enabled("serch_off", None)


async def test_in_production_it_is_off_and_logged(db, caplog):
    production = chosen(environment=Environment.PRODUCTION, secret_key="k" * 32)

    with caplog.at_level(logging.ERROR, logger=flags.__name__):
        assert await Flags(db, production).enabled("serch_off", None) is False

    assert caplog.messages == ["There is no feature flag 'serch_off': it counts as off"]


# What a process knows, and since when.


async def test_what_the_database_says(db, statements):
    ada, bob = factories.user(), factories.user()
    await factories.add(db, ada, bob)
    await switch(db, everyone=False, percentage=100, updated_at=factories.NOON)
    await factories.add(
        db,
        FeatureFlagUser(flag=FLAG, user_id=ada.id, enabled=False),
        FeatureFlagUser(flag=FLAG, user_id=bob.id, enabled=True),
    )
    statements.clear()

    assert await Flags(db, chosen()).rules() == {
        FLAG: Rules(False, 100, {ada.id: False, bob.id: True}, factories.NOON)
    }
    assert len(statements) == 1


async def test_another_process_knows_a_change_within_a_second(address, db, clock):
    other = Database.at(address)
    try:
        flags = Flags(other, chosen(), clock)
        assert await flags.enabled(FLAG, None) is False
        await switch(db, everyone=True)

        clock.now = 0.999
        assert await flags.enabled(FLAG, None) is False
        clock.now = 1.0
        assert await flags.enabled(FLAG, None) is True
    finally:
        await other.close()


async def test_whoever_asks_a_hundred_times_a_second_reads_once(db, clock, statements):
    flags = Flags(db, chosen(), clock)

    assert await asyncio.gather(*(flags.enabled(FLAG, None) for _ in range(100))) == [False] * 100
    assert len(statements) == 1
    clock.now = 1.0
    await asyncio.gather(*(flags.enabled(FLAG, None) for _ in range(100)))
    assert len(statements) == 2


async def test_this_process_knows_its_own_changes_at_once(db, clock):
    flags = Flags(db, chosen(), clock)
    assert await flags.enabled(FLAG, None) is False
    await switch(db, everyone=True)

    flags.changed()

    assert await flags.enabled(FLAG, None) is True


async def test_what_is_read_while_a_change_is_made_is_not_kept(db, clock):
    flags = Flags(db, chosen(), clock)
    reading = asyncio.create_task(flags.enabled(FLAG, None))
    await asyncio.sleep(0)  # the statement is on its way
    flags.changed()
    await reading
    await switch(db, everyone=True)

    assert await flags.enabled(FLAG, None) is True


async def test_who_gives_up_waiting_does_not_stop_the_others(db, clock):
    flags = Flags(db, chosen(), clock)
    first, second = (asyncio.create_task(flags.enabled(FLAG, None)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()

    assert await second is False


# While the database is away.


@pytest.fixture
def away(db, clock, monkeypatch):
    """Within it the database does not answer: the seconds at which it was asked."""

    @contextmanager
    def away():
        asked = []

        async def fetch(_statement):
            asked.append(clock.now)
            await asyncio.sleep(0)
            raise Unavailable("The database does not answer")

        with monkeypatch.context() as broken:
            broken.setattr(db, "fetch", fetch)
            yield asked

    return away


async def test_what_was_known_last_counts_until_it_answers_again(db, clock, away, caplog):
    await switch(db, everyone=True)
    flags = Flags(db, chosen(feature_registration_closed=True), clock)
    assert await flags.enabled(FLAG, None) is True

    with away() as asked:
        for clock.now in (5.0, 5.5, 5.99, 6.0):
            told = await asyncio.gather(*(flags.enabled(FLAG, None) for _ in range(5)))
            assert told == [True] * 5
        assert await flags.enabled("registration_closed", None) is True
        with pytest.raises(Unavailable):
            await flags.rules()
    assert asked == [5.0, 6.0, 6.0]  # once for all who wait, and not for each of them after that
    await switch(db, everyone=False)
    clock.now = 7.0

    assert await flags.enabled(FLAG, None) is False
    assert caplog.messages == [
        "Feature flags are as last known: the database does not answer in time",
        "Feature flags are read again",
    ]


async def test_where_nothing_is_known_they_are_off(db, clock, away):
    flags = Flags(db, chosen(), clock)
    with away():
        assert await flags.enabled(FLAG, None) is False


async def test_who_has_to_wait_too_long_goes_by_what_was_known_last(db, clock, monkeypatch):
    await switch(db, everyone=True)
    flags = Flags(db, chosen(), clock)
    assert await flags.enabled(FLAG, None) is True
    clock.now = 1.0

    async with AsyncExitStack() as taken:
        taken.enter_context(monkeypatch.context()).setattr("app.flags.PATIENCE", 0.01)
        for _ in range(5):
            await taken.enter_async_context(db._readers)
        assert await flags.enabled(FLAG, None) is True
    await switch(db, everyone=False)
    clock.now = 2.0

    assert await flags.enabled(FLAG, None) is False


async def test_its_own_change_is_read_at_once_all_the_same(db, clock, away):
    flags = Flags(db, chosen(), clock)
    with away():
        assert await flags.enabled(FLAG, None) is False
    await switch(db, everyone=True)
    flags.changed()

    assert await flags.enabled(FLAG, None) is True


async def test_to_refuse_names_the_flag(db, clock):
    await switch(db, everyone=True)
    flags = Flags(db, chosen(), clock)

    with pytest.raises(SwitchedOff) as refusal:
        await flags.refuse(FLAG, None)
    await flags.refuse("registration_closed", None)

    assert refusal.value.extensions == {"code": "FEATURE_DISABLED", "number": 1003, "flag": FLAG}
