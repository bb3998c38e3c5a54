"""The roof: joins the application and its GraphQL door. `uvicorn --factory asgi:create`."""

from starlette.applications import Starlette
from starlette.routing import Route

from app import settings
from app.main import create_app
from app.resources import Resources
from app.settings import Settings
from resolvers import graphiql_page
from resolvers.endpoint.endpoint import GraphQLEndpoint
from resolvers.execution import Operations


def create(chosen: Settings | None = None) -> Starlette:
    """The ASGI application with these settings, by default the environment's.

    Raises StartupError when it cannot be made.
    """
    chosen = chosen or settings.load()
    resources = Resources.of(chosen)
    graphiql = chosen.unless_production(chosen.graphiql)
    endpoint = GraphQLEndpoint(
        Operations(resources), chosen, page=graphiql_page.PATH if graphiql else None
    )
    pages = graphiql_page.routes() if graphiql else []
    return create_app(resources, graphql=[Route("/graphql", endpoint), *pages])
