"""Documents that have brought GraphQL servers down, by name; see test_hostile.py."""

from collections.abc import Callable

HOSTILE: dict[str, Callable[[], str]] = {}


def hostile(make: Callable[[], str]) -> Callable[[], str]:
    HOSTILE[make.__name__] = make
    return make


def many(template: str, count: int) -> str:
    """`template` with `#` numbered, `count` times."""
    return " ".join(template.replace("#", str(number)) for number in range(count))


# Size: refused by one of the limits


@hostile
def fragment_bomb() -> str:
    """Sixty fragments, each spread twice by the one before: 2^60 fields."""
    chain = " ".join(f"fragment F{i} on User {{ id ...F{i + 1} ...F{i + 1} }}" for i in range(60))
    return f"{{ user {{ ...F0 }} }} {chain} fragment F60 on User {{ id }}"


@hostile
def wide_fragment_bomb() -> str:
    """Four fragments, each spread ten times, below the limits of nesting and depth."""
    chain = " ".join(f"fragment F{i} on User {{ {f'...F{i + 1} ' * 10} }}" for i in range(4))
    return f"{{ user {{ ...F0 }} }} {chain} fragment F4 on User {{ id }}"


@hostile
def empty_fragment_bomb() -> str:
    """The same without one field: selection sets may be empty."""
    chain = " ".join(f"fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
    return f"{{ user {{ ...F0 }} }} {chain} fragment F60 on User {{ }}"


@hostile
def unused_fragment_bomb() -> str:
    return "query Q { user { id } } " + wide_fragment_bomb().removeprefix("{ user { ...F0 } }")


@hostile
def overlapping_pairs() -> str:
    return "{{ {} }}".format(many("user { name } user { id }", 150))


@hostile
def one_nested_field() -> str:
    return "{{ {} }}".format(many("user { user { id } }", 1_500))


@hostile
def same_leaf() -> str:
    return "{{ user {{ {} }} }}".format(many("id", 900))


@hostile
def fragments_side_by_side() -> str:
    spreads = many("...F#", 99)
    return "{{ user {{ {} }} }} {}".format(spreads, many("fragment F# on User { user { id } }", 99))


@hostile
def fragments_in_layers() -> str:
    """Every fragment of a layer spreads all of the next: pairs of pairs."""
    layers = [
        f"fragment F{layer}x{i} on User {{ {many(f'...F{layer + 1}x#', 8)} }}"
        for layer in range(6)
        for i in range(8)
    ]
    last = many("fragment F6x# on User { u: user { id } }", 8)
    return "{{ user {{ {} }} }} {} {}".format(many("...F0x#", 8), " ".join(layers), last)


@hostile
def deep_fields() -> str:
    return "{ user" * 100 + "{ id }" + "}" * 100


@hostile
def deep_by_fragments() -> str:
    chain = " ".join(f"fragment F{i} on User {{ user {{ ...F{i + 1} }} }}" for i in range(20))
    return f"{{ user {{ ...F0 }} }} {chain} fragment F20 on User {{ id }}"


@hostile
def deep_inline_fragments() -> str:
    return "{ user {" + "... {" * 150 + "id" + "}" * 150 + "} }"


@hostile
def too_deep_to_parse() -> str:
    return "{a" * 400


@hostile
def deep_list() -> str:
    return "{ users(filter: {tags: %s}) { id } }" % ("[" * 400 + "]" * 400)


@hostile
def deep_object() -> str:
    return "{ users(filter: %s) { id } }" % ("{not: " * 300 + "{}" + "}" * 300)


@hostile
def aliases() -> str:
    return "{{ {} }}".format(many("a#: __typename", 300))


@hostile
def root_fields() -> str:
    return "{{ {} }}".format(many("field#", 300))


@hostile
def directives() -> str:
    return "{{ user {{ id {} }} }}".format(many("@track", 700))


@hostile
def unknown_directives() -> str:
    return "{{ user {{ id {} }} }}".format(many("@trac#", 700))


@hostile
def operations() -> str:
    return many("query Q# { user { id ...F } }", 120) + " fragment F on User { name user { id } }"


@hostile
def operations_sharing_a_chain() -> str:
    chain = " ".join(f"fragment F{i} on User {{ ...F{i + 1} }}" for i in range(60))
    return f"{many('query Q# { user { ...F0 } }', 80)} {chain} fragment F60 on User {{ id }}"


@hostile
def unused_fragments() -> str:
    return "{ user { id } } " + many("fragment F# on User { id }", 150)


@hostile
def tokens() -> str:
    return "{{ {} }}".format(many("a", 5_000))


@hostile
def comments() -> str:
    return "{ user { id } }" + "#\n" * 20_000


@hostile
def carriage_returns() -> str:
    return "\r" * 30_000 + "{ nothing }"


@hostile
def long_text() -> str:
    return "{ user { id } }" + " " * 200_000


# Errors: each is expensive to describe


@hostile
def unknown_fields() -> str:
    return "{{ user {{ {} }} }}".format(many("frient#", 900))


@hostile
def unknown_fields_far_down() -> str:
    return "\n" * 2_400 + unknown_fields()


@hostile
def unknown_types() -> str:
    return "query Q({}) {{ user {{ id }} }}".format(many("$v#: PostConectio#", 300))


@hostile
def undefined_variables() -> str:
    return f"query {'Q' * 20_000} {{ {many('user(id: $v#) { id }', 29)} }}"


@hostile
def wrong_values() -> str:
    return "{{ users(filter: {{tags: [[[{}]]]}}) {{ id }} }}".format(many("1", 1_400))


@hostile
def duplicate_arguments() -> str:
    return "{{ user({}) {{ id }} }}".format(many("id: 1", 450))


@hostile
def duplicate_input_fields() -> str:
    return "{{ user(filter: {{{}}}) {{ id }} }}".format(many("title: 1", 450))


@hostile
def duplicate_variables() -> str:
    return "query Q({}) {{ user {{ id }} }}".format(many("$v: Int", 350))


@hostile
def long_name() -> str:
    return "{ user { %s } }" % ("n" * 45_000)


@hostile
def conflicts() -> str:
    return "{{ user {{ {} }} }}".format(many("x: id x: name", 24))


@hostile
def nested_conflicts() -> str:
    return "{{ {} }}".format(many("user { user { x: id } } user { user { x: name } }", 14))


@hostile
def complete_fragment_cycle() -> str:
    """Every fragment spreads every fragment, below a field: n! simple paths."""
    spreads = many("...F#", 25)
    bodies = [f"fragment F{i} on User {{ user {{ {spreads} }} }}" for i in range(25)]
    return "{ user { ...F0 } } " + " ".join(bodies)


@hostile
def hidden_fragment_cycle() -> str:
    return "{ user { ...A } } fragment A on User { id } fragment A on User { user { ...A } }"


@hostile
def type_definitions() -> str:
    return many("type T# { a: B# }", 180)


# Values: long, and allowed to be


@hostile
def huge_integer() -> str:
    return "{ users(limit: %s) { id } }" % ("9" * 45_000)


@hostile
def huge_float() -> str:
    return "{ users(limit: 1e%s) { id } }" % ("9" * 45_000)


@hostile
def wide_list() -> str:
    return "{{ users(filter: {{tags: [[[{}]]]}}) {{ id }} }}".format(many('"a"', 1_400))


@hostile
def nested_lists() -> str:
    return "{ users(filter: {tags: %s}) { id } }" % ("[" * 190 + "]" * 190)


@hostile
def nested_objects() -> str:
    return "{ users(filter: %s) { id } }" % ("{not: " * 190 + "{}" + "}" * 190)


@hostile
def escapes() -> str:
    return '{ users(filter: {title: "%s"}) { id } }' % (r"\n" * 24_000)


@hostile
def block_string() -> str:
    return '{ users(filter: {title: """%s"""}) { id } }' % ("\n  " * 2_300 + "a" * 40_000)


@hostile
def quotes_in_block_string() -> str:
    return '{ users(filter: {title: """%s"""}) { id } }' % (r'\"""' * 12_000)


@hostile
def commas() -> str:
    return "{ user { id } }" + "," * 49_000


@hostile
def unused_variables() -> str:
    return "query Q({}) {{ user {{ id }} }}".format(many("$v#: Int", 350))


@hostile
def used_variables() -> str:
    names = many("$v#", 240)
    return "query Q({}) {{ users(filter: {{tags: [[[{}]]]}}) {{ id }} }}".format(
        many("$v#: String", 240),
        names,
    )


# The costliest found by hill climbing over mixes of the above that stay within all limits


@hostile
def operations_of_one_field() -> str:
    return many("query Q# { __typename }", 299)


@hostile
def described_operations() -> str:
    return many('"""d""" query Q# { user { id } }', 166)


@hostile
def enum_definition() -> str:
    return "enum E {{ {} }}".format(many("A#", 1_490))


@hostile
def pairs_with_arguments() -> str:
    return "{{ user {{ {} }} }}".format(
        many('postConnection(first: 1, after: "") { edges { cursor } }', 51)
    )


@hostile
def everything_at_once() -> str:
    pairs = many("posts(limit: 1) { id title }", 48)
    text = r"\n" * 14_000
    return f"""
      query A {{ user {{ {pairs} }} }}
      query B {{ user(filter: {{title: "{text}", tags: [[[{many('"a"', 150)}]]]}}) {{ id }} }}
      {many("query Q# { user { id } }", 85)}
    """
