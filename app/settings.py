"""Every knob of the server with its meaning, unit and default."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.setting_values import (
    Deprecation,
    Environment,
    Listed,
    Networks,
    Origin,
    PlanName,
    Rate,
)

PREFIX = "THINKALIKE_"


def alias(name: str) -> AliasChoices:
    """The customary variable without our prefix, beside the prefixed one."""
    return AliasChoices(f"{PREFIX}{name}", name)


class Settings(BaseSettings):
    """Read from the environment and from `.env`, in this order; command-line options win."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    environment: Environment = Field(
        Environment.DEVELOPMENT,
        description="`production` turns introspection, GraphiQL, Swagger UI, Redoc, hints in "
        "messages and automatic migrations off, and wants a secret key.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="Processes that serve; more than one need PostgreSQL and Redis.",
    )
    shutdown_delay: float = Field(
        0.0,
        ge=0,
        le=300,
        description="Seconds to serve on after a signal to end, not ready any more, so that load "
        "balancers notice.",
    )
    receive_timeout: float = Field(
        20.0,
        gt=0,
        le=600,
        description="Seconds a client may take to send the head of a request, and the body or to "
        "take the answer beside a second for every 2,000 bytes.",
    )
    public_url: str | None = Field(
        None,
        pattern=r'^https?://[^/\\"\s]+[^\\"\s]*[^/\\"\s]$',
        description="Where clients reach this server, without a slash at the end; links to media "
        "start with it. When empty, each request's own address is used.",
    )
    forwarded_allow_ips: Networks = Field(
        "127.0.0.1",
        description="Addresses and networks of proxies, with commas between them, whose "
        "`X-Forwarded-For` and `X-Forwarded-Proto` are believed; `*` for whoever connects.",
    )
    public_max_age: int = Field(
        0,
        ge=0,
        le=31_536_000,
        description="Seconds that caches may keep what guests are shown; what is taken back may be "
        "seen for as long. With 0 they ask again each time.",
    )
    data_dir: Path = Field(
        Path("data"),
        description="Folder for the embedded database, media files and the secret key.",
    )
    metrics: bool = Field(True, description="Serve `/metrics` for Prometheus.")
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="At least 16 characters that who asks for `/metrics` sends as a bearer token; "
        "when empty, only programs on this machine are answered.",
    )
    log_format: Literal["json", "text"] | None = Field(
        None, description="How the log is written; when empty, as text to a terminal, else as JSON."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is logged."
    )
    access_log: bool = Field(True, description="Log a line for each request.")
    database_url: SecretStr | None = Field(
        None,
        validation_alias=alias("DATABASE_URL"),
        description="`postgresql://user:password@host/name` or `sqlite:///file`; when empty, "
        "an SQLite file in the data folder.",
    )
    database_pool: int = Field(
        10, ge=1, le=200, description="Connections to the database that are kept open at most."
    )
    database_timeout: float = Field(
        10.0, gt=0, le=600, description="Seconds a statement may take before it is stopped."
    )
    migrate: bool | None = Field(
        None,
        description="Bring the database to the newest schema at start; when empty, everywhere but "
        "in production.",
    )
    worker: bool = Field(
        True,
        description="Do background work (schedules, mail, clearing up) beside requests, in this "
        "process; when false, in `thinkalike worker` only.",
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias=alias("REDIS_URL"),
        description="`redis://host:6379/0`: what processes share, limits and automatic persisted "
        "queries; when empty, each has its own.",
    )
    otel_exporter_otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^/?#@\s]+(/[^\s@]*)?$",
        validation_alias=alias("OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="`http://host:4318`: an OpenTelemetry collector that traces are sent to, by "
        "OTLP over HTTP; takes the extra `otel`. When empty, there are none.",
    )
    secret_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="At least 32 characters; signs tokens and cursors, seals second factors. When "
        "empty, made once and kept in the data folder; required in production.",
    )
    graphiql: bool | None = Field(
        None, description="Serve GraphiQL; when empty, everywhere but in production."
    )
    api_docs: bool | None = Field(
        None,
        description="Serve Swagger UI and Redoc at `/api/docs` and `/api/redoc`; when empty, "
        "everywhere but in production.",
    )
    introspection: bool | None = Field(
        None, description="Answer introspection; when empty, everywhere but in production."
    )
    secret_keys_old: Annotated[tuple[Annotated[SecretStr, Field(min_length=32)], ...], *Listed] = (
        Field(
            (),
            description="Secret keys of before, separated by commas: what they signed or sealed is "
            "still accepted.",
        )
    )
    jwt_private_keys: Annotated[tuple[Path, ...], *Listed] = Field(
        (),
        description="PEM files of RSA or Ed25519 private keys, separated by commas: the first "
        "signs access tokens, all verify. When empty, the secret key does.",
    )
    jwt_issuer: str = Field(
        "thinkalike", min_length=1, description="Who issues access tokens (their `iss`)."
    )
    jwt_audience: str = Field(
        "thinkalike", min_length=1, description="Whom access tokens are for (their `aud`)."
    )
    access_token_minutes: int = Field(
        15, ge=1, le=1_440, description="Minutes that an access token is good for."
    )
    session_cookies: bool = Field(
        False,
        description="Let browsers keep their session in HttpOnly cookies, when they ask for it at "
        "signing in.",
    )
    cors_origins: Annotated[tuple[Origin, ...], *Listed] = Field(
        (),
        description="Origins (`https://app.example.org`), separated by commas, whose pages may use "
        "this server from a browser, with cookies where those are on; `*` for all, without.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="`smtp://user:password@host:587?starttls=1` or `smtps://host:465`: sends "
        "mail; when empty, mail is written to the log.",
    )
    mail_from: str = Field(
        "ThinkAlike <no-reply@localhost>", description="Sender of the server's mails."
    )
    app_url: str | None = Field(
        None,
        pattern=r'^https?://[^/\\"\s]+[^\\"\s]*[^/\\"\s]$',
        description="Where people use the site, without a slash at the end: links in mails lead to "
        "its pages `/verify-email?token=…` and `/reset-password?token=…`. When empty, mails hold "
        "the token alone.",
    )
    max_body_bytes: int = Field(
        1_000_000, ge=1_000, description="Bytes of a request body before it is refused with 413."
    )
    max_upload_bytes: int = Field(
        50_000_000, ge=1_000, description="Bytes of an uploaded file before it is refused."
    )
    max_pixels: int = Field(
        50_000_000,
        ge=1_000,
        le=89_000_000,
        description="Pixels of an uploaded picture, all frames of an animation together.",
    )
    media_storage_url: str | None = Field(
        None,
        pattern=r"^s3://[^/?#@]+(/[\w./-]*)?$",
        description="`s3://bucket/prefix`: keeps uploaded files with an S3-compatible provider; "
        "when empty, in the data folder.",
    )
    s3_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^/?#@\s]+(/[^\s@]*)?$",
        description="Address of an S3-compatible provider; when empty, Amazon's.",
    )
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    s3_access_key_id: str | None = Field(
        None, description="Name of the key to the bucket; when empty, the machine's own role."
    )
    s3_secret_access_key: SecretStr | None = Field(None, description="The key to the bucket.")
    require_if_match: bool = Field(
        False, description="Refuse PUT and PATCH that do not say with `If-Match` what they change."
    )
    deprecations: dict[str, Deprecation] = Field(
        {},
        description="What of REST is to be left, as JSON: versions (`v1`) and routes (`GET "
        '/api/v1/users/{id}`), each with `{"since": "2027-01-01T00:00:00Z", "sunset": …, '
        '"successor": "/api/v2", "documentation": …}`.',
    )
    max_characters: int = Field(50_000, ge=100, description="Characters of a GraphQL document.")
    max_lines: int = Field(2_500, ge=1, description="Lines of a GraphQL document.")
    max_tokens: int = Field(1_500, ge=10, description="Tokens of a GraphQL document.")
    max_depth: int = Field(15, ge=1, description="Levels of fields in a GraphQL document.")
    max_nesting: int = Field(
        60, ge=1, description="Levels of braces in a GraphQL document, fragments included."
    )
    max_aliases: int = Field(50, ge=0, description="Aliases in a GraphQL document.")
    max_root_fields: int = Field(30, ge=1, description="Root fields of a GraphQL document.")
    max_directives: int = Field(50, ge=0, description="Directives in a GraphQL document.")
    max_fragments: int = Field(100, ge=0, description="Fragments in a GraphQL document.")
    max_fields: int = Field(
        1_000, ge=1, description="Fields in a GraphQL document, each spread of a fragment counted."
    )
    max_repetitions: int = Field(
        4_000, ge=1, description="Pairs of fields at one place in the answer to a GraphQL document."
    )
    max_cost: int = Field(
        10_000, ge=1, description="Objects that a GraphQL operation may ask for at most."
    )
    rate_limits: dict[PlanName, Rate] = Field(
        {},
        description="What callers may spend, as JSON, by plan (`anonymous`, `registered`, "
        '`partner`, `internal`): `{"anonymous": {"points": 50000, "burst": 10000}}`, points an '
        "hour (0 for no limit) and at once. When left out, what docs/operations.md tells, in "
        "production; a thousand times as much elsewhere.",
    )
    rate_limits_closed: bool = Field(
        False,
        description="Answer 503 while Redis does not say what callers may spend; otherwise they "
        "may spend what they like.",
    )
    max_concurrency: int = Field(
        100, ge=0, description="Operations that a process runs at a time; 0 for no limit."
    )
    max_waiting: int = Field(
        200, ge=0, description="Operations that wait for others to end before more get a 503."
    )
    max_sockets: int = Field(
        10_000, ge=0, description="WebSockets that a process holds; 0 to take none."
    )
    operation_timeout: float = Field(
        30.0, gt=0, le=600, description="Seconds an operation may take before it is cancelled."
    )
    slow_operation: float = Field(
        0.1,
        gt=0,
        le=600,
        description="Seconds that make an operation a slow one: its next run is traced for the "
        "page at `/ops`.",
    )
    document_cache: int = Field(
        1_000, ge=1, description="Parsed and validated GraphQL documents that are remembered."
    )
    engine: Literal["plan", "shadow", "off"] = Field(
        "plan",
        description="How operations are executed: by plans, field by field (`off`), or so and some "
        "by plans beside, to compare (`shadow`).",
    )
    engine_plan_after: int = Field(
        1, ge=0, description="How often a GraphQL operation is seen before its plan is made."
    )
    engine_sample: float = Field(
        0.01, ge=0, le=1, description="The part of the queries that `shadow` compares."
    )
    engine_json: bool = Field(
        True,
        description="Let plans have the database write the JSON of whole lists and users, where "
        "one statement can.",
    )
    automatic_documents: bool = Field(
        True, description="Let clients register documents by hash (automatic persisted queries)."
    )
    trusted_documents: Path | None = Field(
        None, description="Manifest of trusted documents, made by `thinkalike documents build`."
    )
    trusted_documents_only: bool = Field(
        False, description="Run trusted documents only and refuse every other text."
    )

    # Flags (guidelines 11.2), declared here; when empty, what admins have set in the database.
    feature_registration_closed: bool | None = Field(
        None, description="Nobody can open an account."
    )
    feature_search_off: bool | None = Field(
        None, description="Search is off, to spare the database."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "Settings":
        if self.production and self.secret_key is None:
            raise ValueError(f"{PREFIX}SECRET_KEY is required in production")
        if self.workers > 1:
            sqlite = self.database.startswith("sqlite")
            absent = ["DATABASE_URL of PostgreSQL"] if sqlite else []
            absent += [] if self.redis_url else ["REDIS_URL"]
            if absent:
                raise ValueError(
                    f"{PREFIX}WORKERS={self.workers} (--workers) needs a {' and a '.join(absent)}: "
                    "what one process keeps in its memory or in SQLite, others do not see"
                )
        if self.trusted_documents_only and self.trusted_documents is None:
            raise ValueError(f"{PREFIX}TRUSTED_DOCUMENTS_ONLY needs {PREFIX}TRUSTED_DOCUMENTS")
        if self.session_cookies and "*" in self.cors_origins:
            raise ValueError(f"{PREFIX}CORS_ORIGINS must name origins where cookies are used")
        return self

    @property
    def production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def media_dir(self) -> Path:
        return self.data_dir / "media"

    @property
    def uploads_dir(self) -> Path:
        """Where files wait while their request is answered."""
        return self.data_dir / "uploads"

    @property
    def database(self) -> str:
        """The database's address, secrets included."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.resolve() / 'thinkalike.db'}"

    def unless_production(self, choice: bool | None) -> bool:
        """A switch that, left alone, is on everywhere but in production."""
        return not self.production if choice is None else choice
