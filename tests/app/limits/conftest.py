import pytest

from app.limits.buckets import RedisBuckets
from tests import servers


@pytest.fixture(scope="session")
def redis():
    with servers.valkey() as address:
        yield address


@pytest.fixture
def patient(monkeypatch):
    """What is given back goes along with what is taken next, and Redis has time to answer."""
    monkeypatch.setattr(RedisBuckets, "SOON", 3_600)
    monkeypatch.setattr(RedisBuckets, "TIMEOUT", 5)
