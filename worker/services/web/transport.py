"""An httpx transport that checks addresses with `guard` before it connects to one of them.

A connection resolves a name once, so that the name cannot lead elsewhere after the check ("DNS
rebinding").
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeAlias

import httpcore
import httpx

from worker.services.web.guard import (
    PORTS,
    HostPort,
    ip_literal,
    is_public,
    normal_host,
    refused,
)

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""(name, port) → all addresses of the name, as text. Raises `OSError` if there is no address."""

Dialler: TypeAlias = Callable[[str, int, "float | None"], Awaitable[httpcore.AsyncNetworkStream]]
"""(address, port, timeout in seconds) → an open TCP stream."""

# At most this many addresses are tried, because each try may last long.
MAX_ADDRESSES_TRIED = 3


async def dial(address: str, port: int, timeout: float | None) -> httpcore.AsyncNetworkStream:
    """Open a TCP connection to an IP address; no name is resolved here."""
    return await httpcore.AnyIOBackend().connect_tcp(address, port, timeout=timeout)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name, checks its addresses and connects to one of them.

    A name is refused if one of its addresses is not public, unless `allow` has the host and port.
    """

    def __init__(self, allow: frozenset[HostPort], resolver: Resolver, dialler: Dialler) -> None:
        self._allow = allow
        self._resolver = resolver
        self._dialler = dialler

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a checked address of the host.

        Raises `InvalidInput` for a refused host or port, and httpcore's `ConnectError` or
        `ConnectTimeout`.
        """
        addresses = await self._checked_addresses(host.strip("[]"), port)
        failure: Exception | None = None
        for address in addresses[:MAX_ADDRESSES_TRIED]:
            try:
                return await self._dialler(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("the name has no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Raise `InvalidInput`: a Unix socket is not on the public internet."""
        raise refused("it is not on the public internet", "private")

    async def _checked_addresses(self, host: str, port: int) -> Sequence[str]:
        host = normal_host(host)
        exempt = (host, port) in self._allow
        if not exempt and port not in PORTS.values():
            raise refused("only the ports 80 and 443 are supported", "port")
        literal = ip_literal(host)
        if literal is not None:
            addresses: Sequence[str] = [str(literal)]
        else:
            try:
                addresses = await self._resolver(host, port)
            except OSError:
                raise httpcore.ConnectError("the name could not be resolved") from None
        if not exempt and not all(is_public(ipaddress.ip_address(each)) for each in addresses):
            raise refused("it leads to a private or reserved network", "private")
        return addresses


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends httpx requests over an httpcore pool with a guarded backend.

    Connections are not kept open, so each request resolves and checks its host again.
    """

    def __init__(
        self,
        backend: GuardedBackend,
        *,
        max_connections: int = 20,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
            max_connections=max_connections,
            max_keepalive_connections=0,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises httpcore's errors, and `InvalidInput` from the guard."""
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_ResponseStream(response),
            request=request,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _ResponseStream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()
