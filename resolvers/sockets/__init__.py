"""GraphQL over a WebSocket (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md)."""
