import strawberry

from app.pagination import DEFAULT_SIZE, MAX_OFFSET, MAX_SIZE
from app.settings import Settings
from engine.shape import SATURATED
from resolvers.scalars import ByteSize


@strawberry.type(description="How much this server takes; what is above is refused.")
class Limits:
    default_page_size: int = strawberry.field(
        default=DEFAULT_SIZE, description="Items of a page whose size is not given."
    )
    max_page_size: int = strawberry.field(default=MAX_SIZE, description="Items of a page.")
    max_offset: int = strawberry.field(
        default=MAX_OFFSET, description="Items that a page may skip; further on cursors lead."
    )
    max_body_bytes: ByteSize = strawberry.field(
        description="Size of a request, but for the files that come with it."
    )
    max_upload_bytes: ByteSize = strawberry.field(description="Size of an uploaded file.")
    max_pixels: int = strawberry.field(
        description="Pixels of an uploaded picture, all frames of an animation together."
    )
    max_cost: int = strawberry.field(description="Objects that an operation may ask for.")

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(
            max_body_bytes=ByteSize(settings.max_body_bytes),
            max_upload_bytes=ByteSize(settings.max_upload_bytes),
            max_pixels=settings.max_pixels,
            max_cost=min(settings.max_cost, SATURATED),  # nothing is counted further
        )
