"""Jobs: kept with the change that asks for them, done at least once, given up in the end."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import jobs, worker
from app.db import Database
from app.errors import Unavailable
from app.handlers import HANDLERS, remove_file
from app.jobs import LEASE, MAX_ATTEMPTS, NEVER, claim, enqueue, finish, postpone
from app.mail import NotSent
from app.media.keys import new_key
from app.models import Job
from app.worker import do_jobs
from tests import factories as make
from tests.factories import NOON

KIND = "test.greet"


@pytest.fixture
def done(monkeypatch):
    """The payloads of the jobs that were done."""
    payloads = []

    async def greet(_resources, payload):
        payloads.append(payload)

    monkeypatch.setitem(HANDLERS, KIND, greet)
    return payloads


def failing(monkeypatch, error):
    """Every job fails so from now on."""

    async def fail(_resources, _payload):
        raise error

    monkeypatch.setitem(HANDLERS, KIND, fail)


async def ask_for(db, *names, due_at=NOON, **columns):
    async with db.write() as session:
        for name in names:
            session.add(Job(kind=KIND, payload={"name": name}, due_at=due_at, **columns))


async def kept(db):
    return [
        (row.payload["name"], row.attempts, row.due_at, row.error)
        for row in await db.fetch(select(*Job.__table__.c).order_by(Job.id))
    ]


async def test_a_job_is_asked_for_only_if_the_change_is_made(db, resources, done):
    async def fail():
        async with db.write() as session:
            enqueue(session, KIND, {"name": "nobody"})
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with db.write() as session:
        enqueue(session, KIND, {"name": "ada"})

    await do_jobs(resources, datetime.now(UTC))
    assert (done, await kept(db)) == ([{"name": "ada"}], [])


async def test_a_job_waits_for_its_time(db, resources, done):
    await ask_for(db, "later")
    assert not await do_jobs(resources, NOON - timedelta(microseconds=1))
    assert (done, await kept(db)) == ([], [("later", 0, NOON, None)])

    await do_jobs(resources, NOON)
    assert (done, await kept(db)) == ([{"name": "later"}], [])


async def test_what_has_waited_longest_comes_first(db, resources, done):
    await ask_for(db, *range(jobs.BATCH), due_at=NOON + timedelta(hours=1))
    await ask_for(db, "oldest")
    assert await do_jobs(resources, NOON + timedelta(hours=1))  # there may be more
    assert len(done) == jobs.BATCH
    assert {"name": "oldest"} in done
    assert not await do_jobs(resources, NOON + timedelta(hours=1))
    assert len(done) == jobs.BATCH + 1


async def test_two_never_claim_the_same_job(db, address):
    await ask_for(db, *range(50))
    other = Database.at(address, pool=5)
    claims = await asyncio.gather(*(claim((db, other)[n % 2], NOON) for n in range(20)))
    await other.close()
    left = []
    while more := await claim(db, NOON):  # what somebody passed over because it was locked
        left += more

    claimed = [job.payload["name"] for jobs in (*claims, left) for job in jobs]
    assert sorted(claimed) == list(range(50))


async def test_the_job_of_a_dead_worker_is_done_by_another_after_its_lease(db, resources, done):
    await ask_for(db, "ada")
    [job] = await claim(db, NOON)  # and is never heard of again
    assert job.attempts == 1

    await do_jobs(resources, NOON + LEASE - timedelta(microseconds=1))
    assert done == []
    await do_jobs(resources, NOON + LEASE)
    assert (done, await kept(db)) == ([{"name": "ada"}], [])


async def test_a_worker_that_is_late_does_not_take_the_job_from_the_next(db):
    await ask_for(db, "ada")
    [late] = await claim(db, NOON)
    [next_] = await claim(db, NOON + LEASE)
    await postpone(db, late, "too late", NOON)
    assert await kept(db) == [("ada", 2, NOON + 2 * LEASE, None)]

    await finish(db, late)  # done is done
    assert await kept(db) == []
    assert await postpone(db, next_, "too late, too", NOON)
    assert await kept(db) == []


async def test_a_job_that_fails_is_done_later(db, resources, done, monkeypatch, caplog):
    await ask_for(db, "ada")
    with monkeypatch.context() as patch:
        failing(patch, NotSent("The mail server is asleep"))
        before = datetime.now(UTC)
        await do_jobs(resources, NOON)
        after = datetime.now(UTC)

    [(_, attempts, due_at, error)] = await kept(db)
    assert (attempts, error) == (1, "The mail server is asleep")
    assert before + timedelta(seconds=22.5) <= due_at <= after + timedelta(seconds=37.5)
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert record.message.endswith(f"({KIND}) failed: The mail server is asleep")

    await do_jobs(resources, due_at)
    assert (done, await kept(db)) == ([{"name": "ada"}], [])


async def test_what_a_mistake_of_ours_says_is_told_to_nobody(db, resources, monkeypatch, caplog):
    await ask_for(db, "hunter2")
    failing(monkeypatch, ValueError("hunter2"))
    await do_jobs(resources, NOON)

    [(_, _, _, error)] = await kept(db)
    assert error.startswith("ValueError in fail, line ")
    assert "hunter2" not in error + caplog.text


async def test_a_kind_that_nobody_knows_fails_too(db, resources, caplog):
    await ask_for(db, "ada")
    await do_jobs(resources, NOON)
    [(_, attempts, _, error)] = await kept(db)
    assert (attempts, error.partition(" ")[0]) == (1, "KeyError")
    assert caplog.records[0].levelno == logging.WARNING


async def test_a_job_may_not_take_for_ever(db, resources, monkeypatch, caplog):
    async def wait(_resources, _payload):
        await asyncio.Event().wait()

    monkeypatch.setitem(HANDLERS, KIND, wait)
    monkeypatch.setattr(worker, "JOB_TIMEOUT", 0.01)
    await ask_for(db, "ada")
    await do_jobs(resources, NOON)
    assert (await kept(db))[0][3] == "it took longer than 0.01 seconds"


async def test_after_the_last_attempt_a_job_rests(db, resources, monkeypatch, caplog):
    failing(monkeypatch, NotSent("No"))
    await ask_for(db, "ada", attempts=MAX_ATTEMPTS - 1)
    await do_jobs(resources, NOON)

    assert await kept(db) == [("ada", MAX_ATTEMPTS, NEVER, "No")]
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert "failed for the last time: No" in record.message
    assert await claim(db, datetime.now(UTC) + timedelta(days=365)) == []


async def test_a_job_that_ends_every_worker_rests_too(db, resources, done, caplog):
    await ask_for(db, "ada")
    for n in range(MAX_ATTEMPTS):
        await claim(db, NOON + n * LEASE)
    await do_jobs(resources, NOON + MAX_ATTEMPTS * LEASE)

    assert done == []
    assert await kept(db) == [("ada", MAX_ATTEMPTS + 1, NEVER, "no worker has survived it")]


async def test_one_failure_holds_nobody_else_up(db, resources, monkeypatch, caplog):
    greeted = []

    async def greet(_resources, payload):
        if payload["name"] == "bob":
            raise NotSent("No")
        greeted.append(payload["name"])

    monkeypatch.setitem(HANDLERS, KIND, greet)
    await ask_for(db, "ada", "bob", "cid")
    await do_jobs(resources, NOON)
    assert sorted(greeted) == ["ada", "cid"]
    assert [name for name, *_ in await kept(db)] == ["bob"]


async def test_what_could_not_be_written_down_is_told_when_all_have_ended(
    db, resources, done, monkeypatch
):
    async def away(_db, job):
        if job.payload["name"] == "ada":
            raise Unavailable("The database does not answer")
        await finish(db, job)

    await ask_for(db, "ada", "bob")
    monkeypatch.setattr(jobs, "finish", away)
    with pytest.raises(Unavailable):
        await do_jobs(resources, NOON)
    assert await kept(db) == [("ada", 1, NOON + LEASE, None)]


def test_each_wait_is_twice_the_last_and_never_above_an_hour(monkeypatch):
    monkeypatch.setattr("random.uniform", lambda least, most: (least + most) / 2)
    waits = [int(jobs.wait(attempts).total_seconds()) for attempts in range(1, MAX_ATTEMPTS)]
    assert waits == [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]


async def test_a_file_goes_unless_it_is_somebodys(db, resources, tmp_path):
    used, unused = new_key("png"), new_key("png")
    (tmp_path / "file").write_bytes(b"bytes")
    for key in (used, unused):
        await resources.storage.put(key, tmp_path / "file", "image/png")
    await make.add(db, make.image(storage_key=used, external_url=None))

    for _ in range(2):  # the second time does no harm
        for key in (used, unused):
            await remove_file(resources, {"key": key})

    assert await resources.storage.size(used) == 5
    with pytest.raises(FileNotFoundError):
        await resources.storage.size(unused)
