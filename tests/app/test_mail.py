"""Mail: through a real SMTP server in a process of its own, or into the log."""

import email
import ipaddress
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from app import mail
from app.errors import StartupError
from app.mail import LogMailer, Mail, NotSent, SmtpMailer, SmtpServer, mailer
from app.setting_values import Environment

SENDER = "ThinkAlike <no-reply@content.example>"
RESET = Mail(
    "ada@example.org", "Grüße: reset it", "Dear Ada,\n\nhttps://content.example/?t=s3cret\n"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody but itself vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(host, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


@contextmanager
def serving(folder, *options):
    """A running SMTP server that keeps mail in `folder`; yields its port."""
    script = Path(__file__).with_name("smtp_server.py")
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", script, folder, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        port = server.stdout.readline()
        assert port, server.communicate()[1]
        yield int(port)
    finally:
        server.terminate()
        server.communicate(timeout=30)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def smtp(inbox):
    with serving(inbox) as port:
        yield port


def sending(settings, address):
    chosen = settings.model_copy(update={"smtp_url": SecretStr(address), "mail_from": SENDER})
    return mailer(chosen)


async def test_a_mail_arrives_as_it_was_written(settings, smtp, inbox):
    await sending(settings, f"smtp://127.0.0.1:{smtp}").send(RESET)

    received = email.message_from_bytes((inbox / "0.eml").read_bytes(), policy=default)
    assert received["From"] == SENDER
    assert received["To"] == "ada@example.org"
    assert received["Subject"] == "Grüße: reset it"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Message-ID"].endswith("@content.example>")
    assert received["Date"].datetime.tzinfo
    assert received.get_content_type() == "text/plain"
    assert received.get_content() == RESET.text.replace("\n", "\r\n")
    envelope = (inbox / "0.to").read_text()
    assert envelope.startswith("no-reply@content.example ['ada@example.org'] tls=False")


async def test_lines_that_look_like_commands_are_text(settings, smtp, inbox):
    text = "one\n.\nMAIL FROM:<eve@example.org>\n..\nBcc: eve@example.org\n"
    await sending(settings, f"smtp://127.0.0.1:{smtp}").send(Mail("ada@example.org", "x", text))

    assert [file.name for file in sorted(inbox.iterdir())] == ["0.eml", "0.to"]
    received = email.message_from_bytes((inbox / "0.eml").read_bytes(), policy=default)
    assert received.get_content() == text.replace("\n", "\r\n")
    assert received["Bcc"] is None


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_a_login_goes_over_tls(certificate, inbox, tls):
    scheme = "smtp" if tls == "starttls" else "smtps"
    with serving(inbox, "--tls", tls, "--certificate", certificate, "--login") as port:
        server = SmtpServer.of(f"{scheme}://mailer:pass%20word@127.0.0.1:{port}")
        trusted = ssl.create_default_context(cafile=certificate)
        await SmtpMailer(server, SENDER, trusted).send(RESET)

    assert (inbox / "0.to").read_text().endswith("tls=True login=True")


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_a_server_that_nobody_vouches_for_gets_nothing(certificate, inbox, tls):
    scheme = "smtp" if tls == "starttls" else "smtps"
    with serving(inbox, "--tls", tls, "--certificate", certificate, "--login") as port:
        server = SmtpServer.of(f"{scheme}://mailer:pass%20word@127.0.0.1:{port}")
        with pytest.raises(NotSent, match="certificate verify failed"):
            await SmtpMailer(server, SENDER).send(RESET)
    assert list(inbox.iterdir()) == []


async def test_a_password_does_not_travel_in_clear(settings, smtp, inbox):
    sender = sending(settings, f"smtp://mailer:pass%20word@127.0.0.1:{smtp}")
    with pytest.raises(NotSent, match="STARTTLS extension not supported"):
        await sender.send(RESET)
    assert list(inbox.iterdir()) == []


async def test_a_wrong_password_is_said_but_not_shown(settings, inbox):
    with serving(inbox, "--login") as port:
        sender = sending(settings, f"smtp://mailer:wr0ng@127.0.0.1:{port}?starttls=0")
        with pytest.raises(NotSent, match="did not take a mail: 535 ") as refusal:
            await sender.send(RESET)
    assert "wr0ng" not in str(refusal.value)
    assert list(inbox.iterdir()) == []


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (Mail("refused@example.org", "x", "y"), "550 <the recipient>: nobody of this name"),
        (Mail("ada@example.org", "too much", "y"), "452 the disk is full"),
    ],
)
async def test_a_server_that_refuses_says_why_and_names_nobody(
    settings, smtp, inbox, refused, reason
):
    sender = sending(settings, f"smtp://127.0.0.1:{smtp}")
    with pytest.raises(NotSent) as refusal:
        await sender.send(refused)
    assert str(refusal.value) == f"The mail server 127.0.0.1:{smtp} did not take a mail: {reason}"
    assert list(inbox.iterdir()) == []


@contextmanager
def bound():
    """A socket that nobody can connect to until it listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        yield server, server.getsockname()[1]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_server_that_is_down_is_named(settings, scheme):
    with (
        bound() as (_, port),
        pytest.raises(NotSent, match=rf"127\.0\.0\.1:{port} .*: Connection refused$"),
    ):
        await sending(settings, f"{scheme}://127.0.0.1:{port}").send(RESET)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_server_that_is_silent_is_given_up(settings, monkeypatch, scheme):
    monkeypatch.setattr(mail, "TIMEOUT", 0.1)
    with bound() as (server, port):
        server.listen()
        with pytest.raises(NotSent, match=r"timed out$"):
            await sending(settings, f"{scheme}://127.0.0.1:{port}").send(RESET)


@pytest.mark.parametrize(
    "to",
    [
        "", "ada", "@", "ada@", "a@b.org, c@d.org", "Ada <a@b.org>", "<a@b.org>", "a@b.org (Ada)",
        " a@b.org", "a@b.org\r\nBcc: c@d.org", "a@b.org\n", "a@b\0.org", "ädä@example.org",
    ],
)  # fmt: skip
def test_a_mail_goes_to_one_address(to):
    with pytest.raises(ValueError, match="a mail goes to one address"):
        Mail(to, "x", "y")


@pytest.mark.parametrize("subject", ["x\r\nBcc: eve@example.org", "x\ny", "\0", "\ud800"])
def test_a_subject_is_one_line(subject):
    with pytest.raises(ValueError, match="one line"):
        Mail("ada@example.org", subject, "y")


def test_what_is_shown_of_a_mail_holds_no_link():
    assert "s3cret" not in repr(RESET)


async def test_a_developer_reads_mail_in_the_log(settings, caplog):
    await mailer(settings).send(RESET)

    (record,) = caplog.records
    assert (record.name, record.levelname) == ("thinkalike.mail", "WARNING")
    assert record.message == f"Mail to ada@example.org: Grüße: reset it\n\n{RESET.text}\n"


async def test_in_production_the_log_holds_neither_link_nor_address(settings, caplog):
    chosen = settings.model_copy(update={"environment": Environment.PRODUCTION})
    assert isinstance(mailer(chosen), LogMailer)
    await mailer(chosen).send(RESET)

    assert [record.message for record in caplog.records] == [
        "A mail was not sent, as no mail server is set: Grüße: reset it"
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://host", ("host", 25, False, False)),
        ("smtp://host:2525/", ("host", 2525, False, False)),
        ("smtp://host?starttls=1", ("host", 587, False, True)),
        ("smtp://me:it@host", ("host", 587, False, True)),
        ("smtp://me:it@host?starttls=0", ("host", 25, False, False)),
        ("smtps://me:it@[::1]", ("::1", 465, True, False)),
    ],
)
def test_a_mail_servers_address_says_how_to_reach_it(address, expected):
    server = SmtpServer.of(address)
    assert (server.host, server.port, server.implicit_tls, server.starttls) == expected
    assert (server.user, server.password) == (("me", "it") if "me" in address else ("", ""))
    assert "it" not in repr(server).replace("implicit", "")


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.org", "http://host", "smtp://", "smtp://:25", "smtp://host:port",
        "smtp://host:99999", "smtp://host/path", "smtp://host?starttls=yes", "smtp://host?tls=1",
        "smtp://host?starttls", "smtp://[::1", "smtp://me:pässword@host", "",
        f"smtp://{'x' * 64}.example",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_understood_is_not_repeated(settings, address):
    with pytest.raises(StartupError) as refusal:
        sending(settings, address)
    assert str(refusal.value) == (
        "THINKALIKE_SMTP_URL must be smtp://user:password@host:587?starttls=1 or smtps://host:465"
    )


@pytest.mark.parametrize("sender", ["", "ThinkAlike", "a@b.org, c@d.org", "x\r\nBcc: <a@b.org>"])
def test_a_sender_that_is_no_address_is_named(settings, sender):
    chosen = settings.model_copy(update={"mail_from": sender})
    with pytest.raises(StartupError, match=r"^THINKALIKE_MAIL_FROM is not an address: "):
        mailer(chosen)
