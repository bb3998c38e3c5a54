"""The roof: joins the application and its GraphQL door. `uvicorn --factory asgi:create`."""

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute

from app import environment
from app.main import create_app
from app.resources import Resources
from app.rest import door as rest
from app.settings import Settings
from resolvers import graphiql_page
from resolvers.access import PERMISSIONS
from resolvers.endpoint.endpoint import GraphQLEndpoint
from resolvers.execution import GRAPHQL, Operations
from resolvers.sockets.endpoint import SocketEndpoint


def create(chosen: Settings | None = None) -> Starlette:
    """The ASGI application with these settings, by default the environment's.

    Raises StartupError when it cannot be made.
    """
    resources = Resources.of(chosen or environment.load())
    return create_app(resources, doors=doors(resources))


def doors(resources: Resources) -> list[BaseRoute]:
    """GraphQL, and REST, which runs documents of its own against the same schema."""
    operations = Operations(resources)
    chosen = resources.settings
    graphiql = chosen.unless_production(chosen.graphiql)
    page = graphiql_page.PATH if graphiql else None
    endpoint = GraphQLEndpoint(operations, resources, page=page)
    return [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", SocketEndpoint(operations, resources)),
        *(graphiql_page.routes() if graphiql else []),
        *rest.routes(resources, operations.stored, GRAPHQL, PERMISSIONS),
    ]
