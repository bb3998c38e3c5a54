import pytest

from app.media.storage import FileStorage, storage
from tests import moto

BUCKET = "content"


@pytest.fixture(scope="session")
def s3():
    with moto.s3(BUCKET) as address:
        yield address


@pytest.fixture
def in_s3(settings, s3, request):
    """Settings with a place of the test's own in the bucket."""
    return type(settings)(
        _env_file=None,
        data_dir=settings.data_dir,
        media_storage_url=f"s3://{BUCKET}/{request.node.name.partition('[')[0]}",
        s3_endpoint=s3,
        s3_access_key_id="id",
        s3_secret_access_key="not so secret",
    )


@pytest.fixture(params=["files", "s3"])
def kept(request, settings):
    """Each kind of storage, empty."""
    if request.param == "files":
        return FileStorage(settings.media_dir)
    return storage(request.getfixturevalue("in_s3"))
