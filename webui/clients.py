"""Who asks: the address that limits count by, also behind proxies that are trusted to tell it."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from backstory.engine.errors import ConfigError

UNIX = "unix"  # the address of whoever comes over our own Unix socket: one's own proxy
_PREFIX = 64  # bits of an IPv6 address that a client cannot choose


class Clients:
    """Tells clients apart; `trusted` are the addresses and networks of one's own proxies.

    Raises ConfigError for one that is neither.
    """

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._proxies = tuple(_network(each) for each in trusted)

    def is_proxy(self, address: str) -> bool:
        """Tell whether an address is one of a trusted proxy; what is no address is not."""
        if address == UNIX:
            return True
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return any(ip in network for network in self._proxies)

    def client(self, peer: str, forwarded: str = "") -> str:
        """Return who asks, given the address of the connection and the header X-Forwarded-For.

        Each proxy adds the address that it was asked from, so what counts is the last one that is
        no trusted proxy; what stands before it may be invented. The addresses of one IPv6 network
        are one client.
        """
        hops = [hop.strip() for hop in forwarded.split(",")] if self.is_proxy(peer) else []
        for hop in (peer, *reversed(hops)):
            if not self.is_proxy(hop):
                return _grouped(hop) or _grouped(peer)
        return _grouped(peer)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        problem = f"{text!r} is no address or network, such as 127.0.0.1 or 10.0.0.0/8"
        raise ConfigError("web.trusted_proxies", problem) from None


def _grouped(address: str) -> str:
    """Return what an address is counted as, or an empty string for what is none."""
    if address == UNIX:
        return UNIX
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, _PREFIX), strict=False))
    return str(ip)
