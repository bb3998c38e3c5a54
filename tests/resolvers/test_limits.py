"""`limits`: how much the server takes, for everybody to know."""

from dataclasses import replace

import pytest

from app.permissions import Actor, Role
from engine.shape import SATURATED
from tests import factories

ADMIN = Actor("usr_00000000000000000000000001", Role.ADMIN)
LIMITS = """{ limits {
    defaultPageSize maxPageSize maxOffset maxBodyBytes maxUploadBytes maxPixels maxCost
    plan pointsPerHour pointsAtOnce
} }"""
LARGE = {"max_body_bytes": 5_000, "max_upload_bytes": 2**40, "max_pixels": 70_000}


@pytest.fixture
def resources(resources):
    settings = resources.settings.model_copy(update={**LARGE, "max_cost": 2**40})
    return replace(resources, settings=settings)


async def test_everybody_is_told_what_the_settings_say(data):
    assert await data(LIMITS, Actor()) == {
        "limits": {
            "defaultPageSize": 20,
            "maxPageSize": 100,
            "maxOffset": 10_000,
            "maxBodyBytes": 5_000,
            "maxUploadBytes": 2**40,
            "maxPixels": 70_000,
            "maxCost": 10_000_000,  # all of a guest's points
            "plan": "anonymous",
            "pointsPerHour": 100_000_000,
            "pointsAtOnce": 10_000_000,
        }
    }


async def test_who_has_no_limit_is_told_so(data):
    assert await data("{ limits { maxCost plan pointsPerHour pointsAtOnce } }", ADMIN) == {
        "limits": {
            "maxCost": SATURATED,
            "plan": "internal",
            "pointsPerHour": None,
            "pointsAtOnce": None,
        }
    }


async def test_what_is_told_is_so(ask, db, data):
    await factories.add(db, *(factories.user() for _ in range(21)))
    told = (await data(LIMITS))["limits"]
    page = "{{ users({}) {{ nodes {{ id }} }} }}".format

    assert len((await data("{ users { nodes { id } } }"))["users"]["nodes"]) == 20
    for argument, limit in (("first", told["maxPageSize"]), ("offset", told["maxOffset"])):
        assert "errors" not in await ask(page(f"{argument}: {limit}"))
        (error,) = (await ask(page(f"{argument}: {limit + 1}")))["errors"]
        assert error["message"] == f"`{argument}` is at most {limit}, but is {limit + 1}"
