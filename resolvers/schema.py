"""The schema: every root field, and the types that only an interface mentions."""

import strawberry

from resolvers.queries.content import ContentQueries
from resolvers.queries.media import MediaQueries
from resolvers.queries.nodes import NodeQueries
from resolvers.queries.search import SearchQueries
from resolvers.queries.taxonomy import TaxonomyQueries
from resolvers.queries.users import UserQueries
from resolvers.scalars import CONFIG
from resolvers.types.media import Audio, Document, Image, Video


@strawberry.type(description="Everything that can be read.")
class Query(UserQueries, ContentQueries, MediaQueries, TaxonomyQueries, SearchQueries, NodeQueries):
    pass


schema = strawberry.Schema(query=Query, types=[Image, Video, Audio, Document], config=CONFIG)
