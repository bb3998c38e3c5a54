"""A real SMTP server for the tests, run as a process of its own.

Writes its port to standard output and every mail to a folder, until it is ended. It takes mail for
everybody but refused@example.org and, with `--login`, from `mailer` with `pass word` only.
"""

import argparse
import asyncio
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == "refused@example.org":
            return f"550 <{address}>: nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = envelope.original_content or b""
        if b"Subject: too much" in mail:
            return "452 the disk is full"
        tls = server.transport.get_extra_info("ssl_object") is not None
        number = len(list(self.path.iterdir()))
        (self.path / f"{number}.eml").write_bytes(mail)
        (self.path / f"{number}.to").write_text(
            f"{envelope.mail_from} {envelope.rcpt_tos} tls={tls} login={session.authenticated}"
        )
        return "250 OK"


def check(
    server: SMTP, session: Session, envelope: Envelope, how: str, given: object
) -> AuthResult:
    known = LoginPassword(b"mailer", b"pass word")
    return AuthResult(success=given == known, handled=False)


async def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--certificate", type=Path)
    arguments.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    arguments.add_argument("--login", action="store_true")
    chosen = arguments.parse_args()
    tls = None
    if chosen.tls != "none":
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(chosen.certificate)

    def protocol() -> SMTP:
        starttls = chosen.tls == "starttls"
        return SMTP(
            Folder(chosen.folder),
            hostname="mail.example",
            tls_context=tls if starttls else None,
            require_starttls=starttls,
            authenticator=check,
            auth_required=chosen.login,
            auth_require_tls=starttls,
        )

    implicit = tls if chosen.tls == "implicit" else None
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=implicit)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
