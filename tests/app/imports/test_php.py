from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports import php


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("N;", None),
        ("b:1;", True),
        ("b:0;", False),
        ("i:-7;", -7),
        ("d:0.5;", 0.5),
        ("d:1.0E+25;", 1e25),
        ('s:0:"";', ""),
        ('s:5:"tä\nx";', "tä\nx"),  # five bytes, four characters
        ('s:3:"";"";', '";"'),
        ("a:0:{}", {}),
        (' a:2:{i:0;s:1:"x";s:1:"y";a:1:{i:3;N;}}\n', {0: "x", "y": {3: None}}),
    ],
)
def test_reads(text: str, value: php.Value) -> None:
    assert php.loads(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "i:1",
        "i:1;i:2;",
        "i:99999999999999999999999999;",
        's:4:"tä";',
        's:1000:"x";',
        "a:1:{}",
        "a:999999999:{i:0;i:0;}",
        "a:1:{d:1.5;i:0;}",
        "a:1:{i:0;i:0;",
        "d:1.2.3;",
        'O:8:"stdClass":0:{}',
        "a:1:{i:0;R:1;}",
        "a:1:{i:0;" * 30 + "N;" + "}" * 30,
        "a:1:{i:0;" * 100_000,
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(php.MalformedError):
        php.loads(text)


@given(st.text(alphabet='abdiNsO:;"{}0123.-é', max_size=60))
def test_answers_or_refuses_whatever_it_is_given(text: str) -> None:
    with suppress(php.MalformedError):
        php.loads(text)
