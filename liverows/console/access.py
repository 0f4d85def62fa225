"""Who may use the console, and at which addresses it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from getpass import getuser
from ipaddress import ip_address
from urllib.parse import urlsplit

from liverows.base.errors import SetupError
from liverows.base.settings import Settings
from liverows.console.sign_in import PasswordSignIn, SignIn, SupabaseSignIn

SHORTEST_PASSWORD = 12
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one console.

    `hosts` are the only accepted values of the Host header, or None if all names are. A page of
    another site cannot reach a console on this machine by a name of its own then (DNS rebinding).
    `operator` uses the console without signing in; None if everybody must sign in.
    """

    hosts: frozenset[str] | None
    secure: bool
    operator: str | None
    ways: Sequence[SignIn]

    def knows_host(self, host: str) -> bool:
        """Whether the console answers a request with this Host header."""
        if self.hosts is not None:
            return host.lower() in self.hosts
        return _HOST.fullmatch(host) is not None


def access_of(settings: Settings, host: str, port: int) -> Access:
    """Make the rules for a console that listens at this host and port.

    Raises `SetupError` if others could reach the console and nobody would have to sign in.
    """
    ways = _ways(settings)
    local = is_loopback(host)
    if not ways and (settings.console_url is not None or not local):
        raise SetupError(
            f"the console at {settings.console_url or host} would be open to everybody",
            cure="set LIVEROWS_CONSOLE_PASSWORD, or LIVEROWS_CONSOLE_ROLES for users of the "
            "project, or keep to 127.0.0.1 without LIVEROWS_CONSOLE_URL",
            code="console_open",
        )
    public = _origin(settings.console_url)
    return Access(
        hosts=_hosts(public, host if local else None, port),
        secure=public is not None and public[0] == "https",
        operator=None if ways else _local_user(),
        ways=ways,
    )


def _hosts(public: tuple[str, str] | None, local: str | None, port: int) -> frozenset[str] | None:
    if public is not None:
        return frozenset({public[1]})
    if local is None:
        return None
    names = {*_LOOPBACK_NAMES, f"[{local}]" if ":" in local else local.lower()}
    return frozenset(_host_header(name, "http", port) for name in names)


def _host_header(name: str, scheme: str, port: int | None) -> str:
    """Return what browsers send as Host: without the port that the scheme has by default."""
    return name if port in {None, _DEFAULT_PORTS[scheme]} else f"{name}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens at this host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _ways(settings: Settings) -> tuple[SignIn, ...]:
    ways: list[SignIn] = []
    if settings.console_roles:
        if settings.supabase_url is None or settings.supabase_secret_key is None:
            raise SetupError(
                "LIVEROWS_CONSOLE_ROLES needs the project whose users sign in",
                cure="set SUPABASE_URL and SUPABASE_SECRET_KEY",
                code="malformed_settings",
            )
        ways.append(
            SupabaseSignIn(
                settings.supabase_url, settings.supabase_secret_key, settings.console_roles
            )
        )
    if settings.console_password is not None:
        password = settings.console_password.get_secret_value()
        if len(password) < SHORTEST_PASSWORD:
            raise SetupError(
                f"LIVEROWS_CONSOLE_PASSWORD has fewer than {SHORTEST_PASSWORD} characters",
                cure="set a longer one, such as the output of `openssl rand -base64 24`",
                code="malformed_settings",
            )
        ways.append(PasswordSignIn(password))
    return tuple(ways)


def _origin(url: str | None) -> tuple[str, str] | None:
    """Return scheme and Host header of the address that browsers use."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
    except ValueError:
        raise _not_an_address() from None
    is_bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in _DEFAULT_PORTS or not name or not is_bare:
        raise _not_an_address()
    return parts.scheme, _host_header(f"[{name}]" if ":" in name else name, parts.scheme, port)


def _not_an_address() -> SetupError:
    # The value is not shown: it may contain a password.
    return SetupError(
        "LIVEROWS_CONSOLE_URL is not the address of a console",
        cure="write it as https://console.example.com, without a path, a query or a name",
        code="malformed_settings",
    )


def _local_user() -> str:
    try:
        return getuser()
    except (KeyError, OSError, ImportError):
        # A container may run as a user id that has no name.
        return "local operator"
