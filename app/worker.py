"""Background work: schedules, jobs, housekeeping. Any number of workers may share a database."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from app import housekeeping, jobs
from app.errors import AppError, Unavailable
from app.handlers import HANDLERS
from app.mail import NotSent
from app.operations.content.schedule import carry_out, due, give_up
from app.operations.races import may_be_tried_again
from app.operations.work import Work
from app.permissions import Actor, Role
from app.resources import Resources

SYSTEM = Actor(role=Role.ADMIN)
JOB_TIMEOUT = 120.0  # seconds, well below a job's lease
GRACE = 20.0  # seconds to finish what has begun
LONGEST_PAUSE = 60.0

# Does a part of what is due at a moment, and says whether there may be more.
Duty = Callable[[Resources, datetime], Awaitable[bool]]

logger = logging.getLogger("thinkalike.worker")


async def follow_schedules(resources: Resources, at: datetime) -> bool:
    """Publish and take back what is due, each item by itself: none that fails stops the others."""
    ids = [row.id for row in await resources.db.fetch(due(at))]
    return any([await _follow_schedule(resources, id, at) for id in ids])


async def _follow_schedule(resources: Resources, id: str, at: datetime) -> bool:
    """Do what is due of one item, or else forget it; whether anything was done."""
    for act in (carry_out, give_up):
        try:
            async with resources.db.write() as session:
                return await act(Work(session, SYSTEM, "worker", at), id)
        except Unavailable:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and may_be_tried_again(error):
                return False  # it is still due
            logger.warning("To %s what is planned for %s failed", act.__name__, id, exc_info=error)
    return False


async def do_jobs(resources: Resources, at: datetime) -> bool:
    """Do the jobs that are due, a few at the same time."""
    claimed = await jobs.claim(resources.db, at)
    ends = await asyncio.gather(
        *(_perform(resources, job) for job in claimed), return_exceptions=True
    )
    for end in ends:  # all have ended; what is not written down is done again after its lease
        if isinstance(end, BaseException):
            raise end
    return len(claimed) == jobs.BATCH


async def _perform(resources: Resources, job: jobs.Claimed) -> None:
    """Do a job; how it ended is in the database."""
    reason = await _failure(resources, job)
    if reason is None:
        await jobs.finish(resources.db, job)
        return
    again = await jobs.postpone(resources.db, job, reason, datetime.now(UTC))
    level, times = (logging.WARNING, "") if again else (logging.ERROR, " for the last time")
    logger.log(level, "Job %s (%s) failed%s: %s", job.id, job.kind, times, reason)


async def _failure(resources: Resources, job: jobs.Claimed) -> str | None:
    """Why a job could not be done, without a word of what it holds; None when it is done."""
    if job.attempts > jobs.MAX_ATTEMPTS:
        return "no worker has survived it"
    try:
        async with asyncio.timeout(JOB_TIMEOUT):
            await HANDLERS[job.kind](resources, job.payload)
    except (AppError, NotSent) as error:
        return str(error)
    except TimeoutError:
        return f"it took longer than {JOB_TIMEOUT:g} seconds"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {place.name}, line {place.lineno}"
    return None


async def keep_house(resources: Resources, at: datetime) -> bool:
    return await housekeeping.sweep(resources.db, at)


DUTIES: dict[Duty, float] = {follow_schedules: 1.0, do_jobs: 1.0, keep_house: 60.0}


class Worker:
    """Sees to each duty by itself, so that none waits for another; pauses are in seconds."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._stopping = asyncio.Event()
        self._waiting: set[Duty] = set()  # for the database

    def stop(self) -> None:
        """What has begun is finished, and nothing else is begun."""
        self._stopping.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for duty, pause in DUTIES.items():
                group.create_task(self._repeat(duty, pause))

    async def _repeat(self, duty: Duty, pause: float) -> None:
        rest = pause
        while not self._stopping.is_set():
            more = await self._attempt(duty)
            rest = pause if more is not None else min(2 * rest, LONGEST_PAUSE)
            await self._rest(0 if more else rest)

    async def _attempt(self, duty: Duty) -> bool | None:
        """Whether there may be more to do; None after a failure, which is in the log."""
        try:
            more = await duty(self._resources, datetime.now(UTC))
        except Unavailable as error:
            if not self._waiting:
                logger.warning("Background work waits: %s", error)
            self._waiting.add(duty)
            return None
        except Exception:
            logger.exception("Background work failed at %s", duty.__name__)
            return None
        if self._waiting == {duty}:
            logger.warning("Background work goes on")
        self._waiting.discard(duty)
        return more

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


@asynccontextmanager
async def working(resources: Resources) -> AsyncIterator[None]:
    """A worker beside whatever is done inside."""
    worker = Worker(resources)
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        try:
            await asyncio.wait_for(running, GRACE)
        except TimeoutError:
            logger.warning("Background work was cut off; it is done again later")
