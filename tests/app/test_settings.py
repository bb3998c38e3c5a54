"""Settings: where they come from, what is refused, and that they are listed."""

import pytest
from click.testing import CliRunner

from app import environment
from app.commands.settings import settings as settings_command
from app.errors import StartupError
from app.settings import Settings


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """An empty folder to be in, and no variable of ours set."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(environment.variable(name), raising=False)
    return tmp_path


def test_the_default_is_an_embedded_server_for_development(nowhere):
    chosen = environment.load()

    assert chosen.database == f"sqlite:///{nowhere}/data/thinkalike.db"
    assert not chosen.production
    assert chosen.unless_production(None)


def test_the_environment_comes_before_the_file_and_options_before_both(nowhere, monkeypatch):
    (nowhere / ".env").write_text(
        "THINKALIKE_PORT=1111\nTHINKALIKE_HOST=file\nDATABASE_URL=sqlite:///f"
    )
    monkeypatch.setenv("THINKALIKE_PORT", "2222")

    chosen = environment.load(port=None, host="option")

    assert (chosen.port, chosen.host) == (2222, "option")
    assert chosen.database == "sqlite:///f"


def test_customary_variables_work_with_and_without_the_prefix(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://plain")
    assert environment.load().redis_url.get_secret_value() == "redis://plain"
    monkeypatch.setenv("THINKALIKE_REDIS_URL", "redis://prefixed")
    assert environment.load().redis_url.get_secret_value() == "redis://prefixed"


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    for name in ("THINKALIKE_GRAPHIQL", "THINKALIKE_SECRET_KEY", "DATABASE_URL"):
        monkeypatch.setenv(name, "")
    assert environment.load() == Settings()


def test_a_file_that_is_not_utf_8_is_named(nowhere):
    (nowhere / ".env").write_bytes(b"THINKALIKE_HOST=\xff")
    with pytest.raises(StartupError, match="is not written in UTF-8"):
        environment.load()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"THINKALIKE_PORT": "x"}, "THINKALIKE_PORT is 'x': Input should be a valid integer"),
        (
            {"THINKALIKE_PORT": "70000"},
            "THINKALIKE_PORT is '70000': Input should be less than or equal to 65535. Port to",
        ),
        (
            {
                "THINKALIKE_HOST": "h",
                "THINKALIKE_JWT_ISSUER": "x",
                "THINKALIKE_MAX_DEPTH": "x" * 90,
            },
            f"THINKALIKE_MAX_DEPTH is '{'x' * 59}…': ",
        ),
        (
            {"THINKALIKE_ENVIRONMENT": "staging"},
            "THINKALIKE_ENVIRONMENT is 'staging': Input should be 'development' or 'production'",
        ),
        ({"THINKALIKE_SECRET_KEY": "short"}, "THINKALIKE_SECRET_KEY: Value should have at least"),
        (
            {"THINKALIKE_PUBLIC_URL": "example.org"},
            "THINKALIKE_PUBLIC_URL is 'example.org': String",
        ),
        (
            {"THINKALIKE_DEPRECATIONS": "v1"},
            "THINKALIKE_DEPRECATIONS is 'v1': JSON is expected. What of REST is to be left",
        ),
        (
            {"THINKALIKE_S3_ENDPOINT": "http://key:secret@minio:9000"},
            "THINKALIKE_S3_ENDPOINT is 'http://***@minio:9000': String should match",
        ),
        (
            {"THINKALIKE_S3_ENDPOINT": "http://key:s/ec@ret@minio:9000"},
            "THINKALIKE_S3_ENDPOINT is 'http://***@minio:9000': String should match",
        ),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://key:secret@collector"},
            "OTEL_EXPORTER_OTLP_ENDPOINT is 'http://***@collector': String should match",
        ),
        (
            {"THINKALIKE_DEPRECATIONS": '{"v1": {"since": "x"}}'},
            "THINKALIKE_DEPRECATIONS is 'x', at v1, at since: Input should be a valid datetime",
        ),
        ({"THINKALIKE_WORKERS": "0"}, "THINKALIKE_WORKERS is '0': Input should be greater than"),
        ({"THINKALIKE_WORKERS": "2"}, "THINKALIKE_WORKERS=2 (--workers) needs a DATABASE_URL of"),
        (
            {"THINKALIKE_FORWARDED_ALLOW_IPS": "10.0.0.1, proxy"},
            "THINKALIKE_FORWARDED_ALLOW_IPS is '10.0.0.1, proxy': 'proxy' does not appear to be",
        ),
        (
            {"THINKALIKE_FORWARDED_ALLOW_IPS": "*,10.0.0.1"},
            "THINKALIKE_FORWARDED_ALLOW_IPS is '*,10.0.0.1': '*' does not appear to be",
        ),
        (
            {"THINKALIKE_ENVIRONMENT": "production"},
            "THINKALIKE_SECRET_KEY is required in production",
        ),
        (
            {"THINKALIKE_TRUSTED_DOCUMENTS_ONLY": "1"},
            "THINKALIKE_TRUSTED_DOCUMENTS_ONLY needs THINKALIKE_TRUSTED_DOCUMENTS",
        ),
        (
            {"THINKALIKE_CORS_ORIGINS": "*", "THINKALIKE_SESSION_COOKIES": "1"},
            "THINKALIKE_CORS_ORIGINS must name origins where cookies are used",
        ),
    ],
)
def test_what_cannot_be_used_is_named(monkeypatch, variables, message):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StartupError) as refusal:
        environment.load()
    assert str(refusal.value).startswith(message)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "variable",
    ["THINKALIKE_SECRET_KEY", "THINKALIKE_SECRET_KEYS_OLD"],
)
def test_a_secret_that_cannot_be_used_is_not_shown(monkeypatch, variable):
    monkeypatch.setenv(variable, "hunter2")
    with pytest.raises(StartupError) as refusal:
        environment.load()
    assert str(refusal.value).startswith(variable)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("*", "*"),
        ("127.0.0.1, 10.0.0.0/8,::1", "127.0.0.1/32,10.0.0.0/8,::1/128"),
    ],
)
def test_proxies_are_networks(monkeypatch, text, networks):
    monkeypatch.setenv("THINKALIKE_FORWARDED_ALLOW_IPS", text)
    assert environment.load().forwarded_allow_ips == networks


def test_variables_that_no_setting_has_are_named(nowhere, monkeypatch):
    monkeypatch.setenv("THINKALIKE_PROT", "1")
    monkeypatch.setenv("THINKALIKE_DATABASE_URL", "sqlite:///f")
    monkeypatch.setenv("thinkalike_port", "1")
    monkeypatch.setenv("OTHER_PROT", "1")
    (nowhere / ".env").write_text("THINKALIKE_QQQQQQQQ=1\nREDIS_UR=x\n")

    found = environment.unknown()

    assert found["THINKALIKE_PROT"] == "THINKALIKE_PORT"
    assert found["THINKALIKE_QQQQQQQQ"] is None
    assert not {"THINKALIKE_DATABASE_URL", "thinkalike_port", "OTHER_PROT", "REDIS_UR"} & {*found}


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        (
            "https://A.example, http://localhost:3000",
            ("https://a.example", "http://localhost:3000"),
        ),
        ("http://[::1]:3000,capacitor://localhost", ("http://[::1]:3000", "capacitor://localhost")),
    ],
)
def test_origins_are_listed_as_browsers_write_them(monkeypatch, text, origins):
    monkeypatch.setenv("THINKALIKE_CORS_ORIGINS", text)

    assert environment.load().cors_origins == origins


@pytest.mark.parametrize(
    "text",
    ["app.example", "https://app.example/", "https://app.example/page", "https://*.example", "null",
     "https://", "https://a@app.example", "**"],
)  # fmt: skip
def test_what_no_browser_writes_is_refused(monkeypatch, text):
    monkeypatch.setenv("THINKALIKE_CORS_ORIGINS", text)
    with pytest.raises(StartupError, match=r"THINKALIKE_CORS_ORIGINS is .*: String should match"):
        environment.load()


def test_production_turns_off_what_is_for_developers(monkeypatch):
    monkeypatch.setenv("THINKALIKE_ENVIRONMENT", "production")
    monkeypatch.setenv("THINKALIKE_SECRET_KEY", "k" * 32)
    chosen = environment.load()

    assert not chosen.unless_production(chosen.graphiql)
    assert chosen.unless_production(True)


def test_every_setting_says_what_it_means():
    assert [n for n, field in Settings.model_fields.items() if not field.description] == []


def test_the_command_lists_every_setting_and_hides_secrets(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:verysecret@host/name")
    monkeypatch.setenv("THINKALIKE_PORT", "4321")
    monkeypatch.setenv("COLUMNS", "200")

    output = CliRunner().invoke(settings_command).output

    assert "verysecret" not in output
    assert "(hidden)" in output
    assert "4321" in output
    assert [n for n in Settings.model_fields if environment.variable(n) not in output] == []
