"""Plans against graphql-core: random operations over nasty schemas must be answered the same."""
