"""The schema: every root field, and the types that only an interface mentions."""

import strawberry

from resolvers.access import READS, WRITES, guard_all
from resolvers.mutations.accounts import AccountMutations
from resolvers.mutations.api_keys import ApiKeyMutations
from resolvers.mutations.bulk import BulkMutations
from resolvers.mutations.content import ContentMutations
from resolvers.mutations.field import idempotent
from resolvers.mutations.flags import FlagMutations
from resolvers.mutations.media import MediaMutations
from resolvers.mutations.second_factor import SecondFactorMutations
from resolvers.mutations.sessions import SessionMutations
from resolvers.mutations.taxonomy import TaxonomyMutations
from resolvers.mutations.users import UserMutations
from resolvers.queries.audit import AuditQueries
from resolvers.queries.content import ContentQueries
from resolvers.queries.flags import FlagQueries
from resolvers.queries.limits import LimitsQueries
from resolvers.queries.media import MediaQueries
from resolvers.queries.nodes import NodeQueries
from resolvers.queries.search import SearchQueries
from resolvers.queries.taxonomy import TaxonomyQueries
from resolvers.queries.users import UserQueries
from resolvers.queries.viewer import ViewerQueries
from resolvers.scalars import CONFIG
from resolvers.types.media import Audio, Document, Image, Video
from resolvers.types.node import show_rows


@strawberry.type(description="Everything that can be read.")
class Query(
    UserQueries,
    ContentQueries,
    MediaQueries,
    TaxonomyQueries,
    SearchQueries,
    NodeQueries,
    AuditQueries,
    ViewerQueries,
    LimitsQueries,
    FlagQueries,
):
    pass


@strawberry.type(description="Everything that can be changed; the fields of one request in turn.")
class Mutation(
    AccountMutations,
    SessionMutations,
    UserMutations,
    ContentMutations,
    BulkMutations,
    MediaMutations,
    TaxonomyMutations,
    ApiKeyMutations,
    SecondFactorMutations,
    FlagMutations,
):
    pass


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[Image, Video, Audio, Document],
    directives=[idempotent],
    config=CONFIG,
)
show_rows(schema._schema)
guard_all(schema._schema.query_type, READS)
guard_all(schema._schema.mutation_type, WRITES)
