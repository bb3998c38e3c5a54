"""Documents that random ones are too seldom like, most of them found by a mistake."""

from tests.engine.differential.documents import Document

DIFFICULT = [
    Document(text, [{}])
    for text in [
        # Arguments that are equal, and not the same.
        "{ person(id: 1) { loaded { a: said(ratio: 0.0) b: said(ratio: -0.0) } } }",
        '{ person(id: 1) { loaded { a: said(amount: "1.0") b: said(amount: "1.00") } } }',
        (
            '{ person(id: 1) { loaded { a: said(at: "2026-01-01T12:00:00+00:00")'
            ' b: said(at: "2026-01-01T13:00:00+01:00") } } }'
        ),
        "{ person(id: 1) { loaded { a: consumed(details: 1) b: consumed(details: true) } } }",
        # One call for parents in several places.
        (
            "{ a: persons(limit: 3) { loaded { friend { id } some said } }"
            " articles(limit: 4, skip: 2) { loaded { friend { name } some said } }"
            " b: node(id: 5) { ... on Person { loaded { friend { id } some said } } } }"
        ),
        # What has been changed is not changed again, whatever is read of it.
        "mutation { change(id: 1) { order changes person { leaves { later } } } count }",
        "mutation { laterChange count }",
        "mutation { changeAll(limit: 2) { ... on Person { leaves { later } } } count }",
        "mutation { change(id: 2) { order person { resolved { awaited } leaves { later } } } }",
        "mutation { count a: strictChange(id: 99) { id } b: count }",
        # Nor where its resolver asks for no Info: then nobody knows its path before it fails.
        "mutation { a: exchange(id: 4) { later fragile failed } b: exchange(id: 1) { fragile } }",
        "mutation { a: exchange(id: 7) { later strictFragile } count }",
        "mutation { a: exchangeAll(limit: 6) { later fragile strictText } exchangeAll { failed } }",
        # Kept arguments that were changed.
        (
            "{ person(id: 1) { loaded { consumed(details: {a: 1}) }"
            " resolved { consumed(details: {a: 1}, numbers: [1, 2]) } } }"
        ),
        "{ persons(limit: 3) { resolved { consumed(numbers: [1, 2, 3]) } } }",
        # Null where none may be, in many rows.
        (
            "{ articles(limit: 12) { leaves { strictText } } more: articles(limit: 12)"
            " { leaves { strictNumber strictStatus } lists { strictNumbers strictMatrix } } }"
        ),
        # What is no number.
        "{ articles(limit: 12) { leaves { ratio strictRatio: ratio } } }",
        # For graphql-core.
        "{ __schema { queryType { name } } person(id: 1) { id } }",
        "{ person(id: 3) { resolved { laterStranger { number } } } }",
    ]
] + [
    # What is changed of a variable is not seen when graphql-core executes it anew.
    Document(
        "query ($v: JSON)"
        " { person(id: 1) { resolved { consumed(details: $v) laterStranger { number } } } }",
        [{"v": {}}, {"v": {"a": [1]}}],
    ),
    # A variable is not there, null, or too large, after it was none of these.
    Document(
        "query ($t: Int)"
        " { persons(limit: 2) { resolved { byParent(times: $t) louder(times: $t) } } }",
        [{"t": 3}, {}, {"t": None}, {"t": 2**31}, {"t": -(2**31) - 1}],
    ),
    Document(
        "query ($n: Int, $f: Boolean)"
        " { person(id: 1) { loaded { noList(number: $n) said(flag: $f) } } }",
        [
            {"n": 1, "f": True},
            {"f": 1},
            {"n": True},
            {"n": 1.0, "f": None},
            {"n": 2**31},
            {"n": 2**31 - 1},
            {},
        ],
    ),
]
