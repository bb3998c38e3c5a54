"""Whom a real server believes to be calling."""

import httpx2

from tests.processes import serving

ENTER = """mutation {
  createSession(input: {identifier: "ada", password: "Otter-Lantern-47"}) {
    session { ipAddress }
  }
}"""
REGISTER = """mutation {
  registerUser(input: {username: "ada", email: "a@b.example", password: "Otter-Lantern-47"}) {
    errors { code }
  }
}"""


def recorded(url, *told):
    """The address that the server believes to be the client's."""
    headers = [("X-Forwarded-For", value) for value in told]
    answer = httpx2.post(f"{url}/graphql", json={"query": ENTER}, headers=headers).json()
    return answer["data"]["createSession"]["session"]["ipAddress"]


def test_a_proxy_that_is_trusted_says_who_calls(tmp_path):
    with serving(
        "--data", str(tmp_path), "--no-demo", THINKALIKE_FORWARDED_ALLOW_IPS="127.0.0.1,10.0.0.0/8"
    ) as url:
        httpx2.post(f"{url}/graphql", json={"query": REGISTER})
        found = [
            recorded(url),
            recorded(url, "198.51.100.7"),
            recorded(url, "203.0.113.9, 198.51.100.7"),  # the first is what the client made up
            recorded(url, "203.0.113.9", "198.51.100.7, 10.1.2.3"),  # through two proxies
            recorded(url, "[2001:db8::1]:4711"),
        ]
    assert found == ["127.0.0.1", "198.51.100.7", "198.51.100.7", "198.51.100.7", "2001:db8::1"]


def test_nobody_else_does(tmp_path):
    with serving(
        "--data", str(tmp_path), "--no-demo", THINKALIKE_FORWARDED_ALLOW_IPS="192.0.2.1"
    ) as url:
        httpx2.post(f"{url}/graphql", json={"query": REGISTER})
        found = [recorded(url, "198.51.100.7"), recorded(url, "192.0.2.1")]
    assert found == ["127.0.0.1", "127.0.0.1"]
