"""Hostile documents cost little, whether refused or answered.

Time would be flaky, so work is measured in Python function calls: 100,000 take some 40 ms.
"""

import sys

import pytest

from engine.documents import Documents
from engine.limits import Limits
from tests.engine.hostile import HOSTILE
from tests.engine.library import library

MAX_CALLS = 200_000
INVALID = "GRAPHQL_VALIDATION_FAILED"


OUTCOMES = {
    "fragment_bomb": "nesting",
    "wide_fragment_bomb": "fields",
    "empty_fragment_bomb": "nesting",
    "unused_fragment_bomb": "fields",
    "overlapping_pairs": "root_fields",
    "one_nested_field": "tokens",
    "same_leaf": "repetitions",
    "fragments_side_by_side": "repetitions",
    "fragments_in_layers": "aliases",
    "deep_fields": "depth",
    "deep_by_fragments": "depth",
    "deep_inline_fragments": "nesting",
    "too_deep_to_parse": "nesting",
    "deep_list": "nesting",
    "deep_object": "nesting",
    "aliases": "root_fields",
    "root_fields": "root_fields",
    "directives": "directives",
    "unknown_directives": "directives",
    "operations": "harmless",
    "operations_sharing_a_chain": "nesting",
    "unused_fragments": "fragments",
    "tokens": "tokens",
    "comments": "lines",
    "carriage_returns": "lines",
    "long_text": "characters",
    "unknown_fields": INVALID,
    "unknown_fields_far_down": INVALID,
    "unknown_types": INVALID,
    "undefined_variables": INVALID,
    "wrong_values": INVALID,
    "duplicate_arguments": INVALID,
    "duplicate_input_fields": INVALID,
    "duplicate_variables": INVALID,
    "long_name": INVALID,
    "conflicts": INVALID,
    "nested_conflicts": INVALID,
    "complete_fragment_cycle": INVALID,
    "hidden_fragment_cycle": INVALID,
    "type_definitions": INVALID,
    "huge_integer": INVALID,
    "huge_float": INVALID,
    "wide_list": "harmless",
    "nested_lists": INVALID,
    "nested_objects": "harmless",
    "escapes": "harmless",
    "block_string": "harmless",
    "quotes_in_block_string": "harmless",
    "commas": "harmless",
    "unused_variables": INVALID,
    "used_variables": "harmless",
    "operations_of_one_field": "harmless",
    "described_operations": "harmless",
    "enum_definition": INVALID,
    "pairs_with_arguments": "harmless",
    "everything_at_once": "harmless",
}


def calls(function):
    count = 0

    def counter(frame, event, arg):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counter)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def outcome(prepared):
    if not prepared.errors:
        return "harmless"
    first = prepared.errors[0].extensions
    return first.get("limit", first["code"])


@pytest.mark.parametrize("name", HOSTILE)
def test_work_is_bounded(name):
    text, documents = HOSTILE[name](), Documents(library, Limits())

    assert calls(lambda: documents.prepare(text)) < MAX_CALLS


def test_each_is_refused_for_its_reason_or_harmless():
    documents = Documents(library, Limits())

    assert {name: outcome(documents.prepare(make())) for name, make in HOSTILE.items()} == OUTCOMES


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_survived_deep_in_the_stack(name):
    """As under a server's middlewares; literals nested 190 deep may then be refused as such."""

    def below(frames, text):
        if frames:
            return below(frames - 1, text)
        return Documents(library, Limits()).prepare(text)

    assert outcome(below(400, HOSTILE[name]())) in {OUTCOMES[name], "nesting"}
