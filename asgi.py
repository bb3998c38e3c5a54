"""The roof: joins the application and its GraphQL door. `uvicorn --factory asgi:create`."""

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

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
    resources = Resources.of(chosen or settings.load())
    return create_app(resources, graphql=graphql_routes(resources))


def graphql_routes(resources: Resources) -> list[BaseRoute]:
    chosen = resources.settings
    graphiql = chosen.unless_production(chosen.graphiql)
    page = graphiql_page.PATH if graphiql else None
    endpoint = GraphQLEndpoint(Operations(resources), resources.callers, chosen, page=page)
    return [Route("/graphql", endpoint), *(graphiql_page.routes() if graphiql else [])]
