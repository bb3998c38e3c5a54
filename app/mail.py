"""Mail to one person: to a developer's console, or through an SMTP server (RFC 5321)."""

import asyncio
import logging
import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from app.errors import StartupError
from app.settings import Settings

TIMEOUT = 10.0  # seconds that the server may be silent
PORTS = {"smtp": 25, "starttls": 587, "smtps": 465}
EXPECTED = (
    "THINKALIKE_SMTP_URL must be smtp://user:password@host:587?starttls=1 or smtps://host:465"
)

logger = logging.getLogger("thinkalike.mail")


class NotSent(Exception):
    """A mail that no server took; why is for the log and names nobody."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Raises ValueError when `to` is not one address or `subject` not one line."""

    to: str
    subject: str
    text: str = field(repr=False)  # it holds links that sign people in

    def __post_init__(self) -> None:
        _address(self.to)
        if not self.subject.isprintable():
            raise ValueError("the subject of a mail is one line")


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Raises NotSent."""
        ...


def mailer(settings: Settings) -> Mailer:
    """The mailer that the settings name. Raises StartupError when they cannot be understood."""
    sender = _sender(settings.mail_from)
    if settings.smtp_url is None:
        return LogMailer(readable=not settings.production)
    return SmtpMailer(SmtpServer.of(settings.smtp_url.get_secret_value()), sender)


class LogMailer:
    """Writes mails to the log; only that there was one where the log may be kept for long."""

    def __init__(self, *, readable: bool = True) -> None:
        self.readable = readable

    async def send(self, mail: Mail) -> None:
        if self.readable:
            logger.warning("Mail to %s: %s\n\n%s\n", mail.to, mail.subject, mail.text)
        else:
            logger.warning("A mail was not sent, as no mail server is set: %s", mail.subject)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int
    implicit_tls: bool
    starttls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, address: str) -> "SmtpServer":
        """From `smtp://…` or `smtps://…`. A password goes over STARTTLS unless `starttls=0` says
        otherwise. Raises StartupError, which does not repeat the address."""
        try:
            url = urlsplit(address)
            options = dict(
                parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
            )
            login = unquote(url.username or ""), unquote(url.password or "")
            starttls = {"0": False, "1": True}[options.pop("starttls", "1" if login[0] else "0")]
            given, host = url.port, url.hostname or ""
            host.encode("idna")  # as connecting will
        except (ValueError, KeyError):
            raise StartupError(EXPECTED) from None
        known = url.scheme in ("smtp", "smtps") and url.path in ("", "/") and not options
        if not known or not host or not "".join(login).isascii():
            raise StartupError(EXPECTED)
        implicit = url.scheme == "smtps"
        starttls = starttls and not implicit
        port = given or PORTS["starttls" if starttls else url.scheme]
        return cls(host, port, implicit, starttls, *login)

    def connection(self, tls: ssl.SSLContext) -> smtplib.SMTP:
        if self.implicit_tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=tls)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)


class SmtpMailer:
    """One connection a mail, in a thread; a mail that is not taken is not tried again here."""

    def __init__(self, server: SmtpServer, sender: str, tls: ssl.SSLContext | None = None) -> None:
        self.server = server
        self.sender = sender
        self.tls = tls or ssl.create_default_context()

    async def send(self, mail: Mail) -> None:
        try:
            await asyncio.to_thread(self._deliver, mail)
        except OSError as error:  # smtplib's errors are OSErrors
            where = f"{self.server.host}:{self.server.port}"
            reason = _reason(error).replace(mail.to, "the recipient")
            raise NotSent(f"The mail server {where} did not take a mail: {reason}") from None

    def _deliver(self, mail: Mail) -> None:
        with self.server.connection(self.tls) as smtp:
            if self.server.starttls:
                smtp.starttls(context=self.tls)
            if self.server.user:
                smtp.login(self.server.user, self.server.password)
            smtp.send_message(_message(mail, self.sender), to_addrs=[mail.to])


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(mail.to)
    message["Subject"] = mail.subject
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=message["From"].addresses[0].domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers
    message.set_content(mail.text)
    return message


def _address(text: str) -> Address:
    """Exactly one address, without a name or a comment. Raises ValueError."""
    try:
        address = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):
        address = None
    if address is None or address.addr_spec != text:
        raise ValueError("a mail goes to one address")
    return address


def _sender(text: str) -> str:
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = text
        (address,) = message["From"].addresses
        _address(address.addr_spec)
    except ValueError:
        raise StartupError(f"THINKALIKE_MAIL_FROM is not an address: {text!r}") from None
    return text


def _reason(error: OSError) -> str:
    """What the server or the network said, on one line."""
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return error.strerror or str(error) or type(error).__name__
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {text}".split())
