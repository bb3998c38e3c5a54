"""Access tokens: only what we signed, for us, and in time."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.auth.keys import derived, key_id
from app.auth.tokens import Claims, Tokens
from app.errors import InvalidToken, StartupError, TokenExpired
from app.settings import Settings

SECRET, OTHER = b"s" * 32, b"o" * 32
RSA = rsa.generate_private_key(65_537, 2_048)
ED = ed25519.Ed25519PrivateKey.generate()
ADA = Claims(f"usr_{1:026}", f"ses_{1:026}")


@pytest.fixture
def tokens(settings):
    return Tokens.of(settings, SECRET)


@pytest.fixture
def with_keys(settings, tmp_path):
    """Tokens of a server with these private keys."""

    def make(*keys):
        paths = [tmp_path / f"{number}.pem" for number, _ in enumerate(keys)]
        for path, key in zip(paths, keys, strict=True):
            path.write_bytes(pem(key))
        return Tokens.of(settings.model_copy(update={"jwt_private_keys": tuple(paths)}), SECRET)

    return make


def pem(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def issued(tokens, age=timedelta()):
    return tokens.issue(ADA.user_id, ADA.session_id, datetime.now(UTC) - age)[0]


def segment(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(content, key, hash="sha256"):
    """An HMAC as an attacker makes it: PyJWT would refuse some of these keys and claims."""
    return f"{content}.{segment(hmac.digest(key, content.encode(), hash))}"


def forged(claims=(), header=(), secret=SECRET, hash="sha256"):
    """A good token unless something in it is changed, or left out with `...`."""
    now = int(datetime.now(UTC).timestamp())
    payload = {
        "iss": "thinkalike", "aud": "thinkalike", "sub": ADA.user_id, "sid": ADA.session_id,
        "iat": now, "exp": now + 86_400, "jti": "1", **dict(claims),
    }  # fmt: skip
    kid = key_id(derived(SECRET, "access-token"))
    parts = ({"alg": "HS256", "typ": "at+jwt", "kid": kid, **dict(header)}, payload)
    content = ({name: value for name, value in part.items() if value is not ...} for part in parts)
    return signed(".".join(map(segment, content)), derived(secret, "access-token"), hash)


def test_a_token_says_whose_session_it_is_for_a_quarter_of_an_hour(tokens):
    token, seconds = tokens.issue(ADA.user_id, ADA.session_id, datetime.now(UTC))

    assert seconds == 900
    assert tokens.verify(token) == ADA
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims.keys() == {"iss", "aud", "sub", "sid", "iat", "exp", "jti"}
    assert claims["exp"] - claims["iat"] == 900
    kid = key_id(derived(SECRET, "access-token"))
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "at+jwt", "kid": kid}
    assert issued(tokens) != token


def test_the_token_that_the_others_are_changed_from_is_good(tokens):
    assert tokens.verify(forged()) == ADA


def test_an_expired_token_is_told_apart(tokens):
    with pytest.raises(TokenExpired) as refusal:
        tokens.verify(issued(tokens, timedelta(minutes=16)))
    assert refusal.value.extensions == {"code": "TOKEN_EXPIRED", "number": 1002}


@pytest.mark.parametrize(
    "token",
    [
        forged(header={"typ": "JWT"}),
        forged(header={"typ": "refresh+jwt"}),
        forged(header={"kid": "00000000"}),
        forged(header={"kid": ...}),
        forged(header={"crit": ["b64"], "b64": False}),
        forged(secret=OTHER),
        forged(header={"alg": "HS512"}, hash="sha512"),
        forged({"aud": "another"}),
        forged({"aud": ["thinkalike", "another"]}),
        forged({"iss": "another"}),
        forged({"sid": 7}),
        forged({"sid": "a\0b"}),
        forged({"sub": "ada"}),
        forged({"iat": int(datetime.now(UTC).timestamp()) + 7_200}),
        forged({"sub": 7}),
        *(forged({name: ...}) for name in ("iss", "aud", "sub", "sid", "iat", "exp", "jti")),
        *(forged({name: None}) for name in ("sid", "exp")),
        forged({"exp": "soon"}),
        jwt.encode({"sub": ADA.user_id}, SECRET, "HS256"),
        "",
        "..",
        "a.b.c",
        "é.é.é",
        "\ud800",
        "x" * 5_000,
        f"{segment({'alg': 'HS256', 'kid': {}})}.e30.",
        f"{segment(b'[' * 3_000)}.e30.",
    ],
)
def test_what_is_not_ours_is_refused(tokens, token):
    with pytest.raises(InvalidToken) as refusal:
        tokens.verify(token)
    assert refusal.value.extensions == {"code": "INVALID_TOKEN", "number": 1001}
    assert str(refusal.value) == "The access token is not valid"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None])
def test_a_token_that_nobody_signed_is_refused(tokens, algorithm):
    header, payload, signature = issued(tokens).split(".")
    kid = jwt.get_unverified_header(f"{header}.{payload}.{signature}")["kid"]
    unsigned = segment({"alg": algorithm, "typ": "at+jwt", "kid": kid})
    for end in ("", signature):
        with pytest.raises(InvalidToken):
            tokens.verify(f"{unsigned}.{payload}.{end}")


@given(st.data())
def test_a_token_with_any_character_changed_is_refused(data):
    tokens = Tokens.of(Settings(_env_file=None), SECRET)
    token = issued(tokens)
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[place]))
    with pytest.raises(InvalidToken):
        tokens.verify(token[:place] + character + token[place + 1 :])


@given(st.text())
def test_any_text_is_refused(text):
    with pytest.raises(InvalidToken):
        Tokens.of(Settings(_env_file=None), SECRET).verify(text)


def test_another_secret_is_another_server(settings, tokens):
    with pytest.raises(InvalidToken):
        Tokens.of(settings, OTHER).verify(issued(tokens))


def test_a_new_secret_signs_nobody_out(settings, tokens):
    rotated = settings.model_copy(update={"secret_keys_old": (SecretStr(SECRET.decode()),)})
    new = Tokens.of(rotated, OTHER)

    assert new.verify(issued(tokens)) == ADA
    assert new.verify(issued(new)) == ADA
    with pytest.raises(InvalidToken):
        tokens.verify(issued(new))


def test_the_key_is_not_the_secret_itself(tokens):
    content, _, _ = forged().rpartition(".")
    with pytest.raises(InvalidToken):
        tokens.verify(signed(content, SECRET))


def test_shared_keys_are_not_published(tokens):
    assert tokens.jwks() == {"keys": []}


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (ED, "EdDSA")])
def test_a_private_key_signs_and_anybody_can_verify(with_keys, key, algorithm):
    tokens = with_keys(key)
    token = issued(tokens)
    (published,) = tokens.jwks()["keys"]

    assert tokens.verify(token) == ADA
    assert jwt.get_unverified_header(token)["alg"] == published["alg"] == algorithm
    assert jwt.get_unverified_header(token)["kid"] == published["kid"]
    assert published["use"] == "sig"
    assert not published.keys() & {"d", "p", "q", "dp", "dq", "qi", "key_ops"}
    claims = jwt.decode(token, jwt.PyJWK(published), audience="thinkalike", issuer="thinkalike")
    assert claims["sub"] == ADA.user_id


def test_the_first_key_signs_and_all_verify(with_keys):
    old, new = with_keys(RSA), with_keys(ED, RSA)

    assert new.verify(issued(old)) == ADA
    assert jwt.get_unverified_header(issued(new))["alg"] == "EdDSA"
    assert [key["alg"] for key in new.jwks()["keys"]] == ["EdDSA", "RS256"]


def test_with_private_keys_the_secret_alone_makes_no_token(with_keys, tokens):
    with pytest.raises(InvalidToken):
        with_keys(RSA).verify(issued(tokens))


@pytest.mark.parametrize("key", [RSA, ED])
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_public_key_is_no_shared_secret(with_keys, key, encoding):
    tokens = with_keys(key)
    header, payload, _ = issued(tokens).split(".")
    kid = jwt.get_unverified_header(issued(tokens))["kid"]
    public = key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    confused = segment({"alg": "HS256", "typ": "at+jwt", "kid": kid})
    for begin in (confused, header):
        with pytest.raises(InvalidToken):
            tokens.verify(signed(f"{begin}.{payload}", public))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a private key in PEM without a password"),
        (b"\xff\0", "is not a private key in PEM"),
        (
            ED.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "is not a private key in PEM",
        ),
        (pem(ED, BestAvailableEncryption(b"password")), "is not a private key in PEM without a"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "is neither an RSA nor an Ed25519 key"),
        (pem(ed448.Ed448PrivateKey.generate()), "is neither an RSA nor an Ed25519 key"),
        (pem(rsa.generate_private_key(65_537, 1_024)), "has 1024 bits: RSA keys need 2048 or more"),
    ],
)
def test_a_key_of_no_use_is_named(settings, tmp_path, content, message):
    (tmp_path / "key.pem").write_bytes(content)
    chosen = settings.model_copy(update={"jwt_private_keys": (tmp_path / "key.pem",)})
    with pytest.raises(StartupError, match=rf"key\.pem {message}"):
        Tokens.of(chosen, SECRET)


def test_a_missing_key_is_named(settings, tmp_path):
    chosen = settings.model_copy(update={"jwt_private_keys": (tmp_path / "key.pem",)})
    with pytest.raises(StartupError, match=r"Cannot read the private key .*: No such file"):
        Tokens.of(chosen, SECRET)


def test_what_is_shown_of_a_key_is_no_secret(with_keys, settings):
    for tokens in (with_keys(RSA), Tokens.of(settings, SECRET)):
        assert repr(tokens._signer) == (
            f"Key(kid={tokens._signer.kid!r}, algorithm={tokens._signer.algorithm!r})"
        )


def test_keys_and_secrets_are_listed_with_commas(monkeypatch):
    monkeypatch.setenv("THINKALIKE_JWT_PRIVATE_KEYS", "one.pem, two.pem")
    monkeypatch.setenv("THINKALIKE_SECRET_KEYS_OLD", f"{'a' * 32},{'b' * 32}")
    chosen = Settings(_env_file=None)

    assert [str(path) for path in chosen.jwt_private_keys] == ["one.pem", "two.pem"]
    assert [key.get_secret_value()[0] for key in chosen.secret_keys_old] == ["a", "b"]
    assert "aaaa" not in repr(chosen)
