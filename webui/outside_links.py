"""Links out of the site: shown only where every browser goes to the host that is named.

Browsers take addresses apart by the WHATWG's URL Standard, Python by RFC 3986, and where the two
disagree a link can name one host and lead to another. So only an address that both read alike
becomes a link, written anew from its parts in plain ASCII; any other stays text.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit

_SCHEMES = ("http", "https")
_WRITTEN = re.compile(r"https?://[^/]", re.IGNORECASE)  # browsers also accept fewer or more slashes
_FORBIDDEN = re.compile(r"[\\\s\x00-\x1f\x7f]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# Browsers read a host whose last label is a number as an IPv4 address: `127.1`, `0x7f000001`.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAX_HOST = 253
# Older and newer rules for names (IDNA 2003, 2008) lead to different servers for these.
_DISPUTED = frozenset("ßς\u200c\u200d")
_SAFE = "/:@!$&'()*+,;=~%-._"
_MAIL = re.compile(r"mailto:([a-z0-9._+-]{1,64}@[a-z0-9.-]{1,253})", re.IGNORECASE)


def outside_link(url: str) -> tuple[str, str] | None:
    """Return a document's original address, in ASCII, and the host that it leads to.

    The host of a name in another script is in Punycode, `xn--…`, so that it cannot look like
    another one. For `mailto:` it is the mail address. None where the address is not to be a link.
    """
    written = url.strip()
    mail = _MAIL.fullmatch(written)
    if mail:
        return f"mailto:{mail[1]}", mail[1]
    if not _WRITTEN.match(written) or not written.isprintable() or _FORBIDDEN.search(written):
        return None
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        return None
    host = "" if "@" in parts.netloc else _host(parts.hostname or "")
    if parts.scheme not in _SCHEMES or not host:
        return None
    server = host if port is None else f"{host}:{port}"
    return f"{parts.scheme}://{server}{_tail(parts)}", host


def _tail(parts: SplitResult) -> str:
    """Return what follows the host, with everything but ASCII percent-quoted."""
    query = f"?{quote(parts.query, safe=_SAFE + '?')}" if parts.query else ""
    anchor = f"#{quote(parts.fragment, safe=_SAFE + '?')}" if parts.fragment else ""
    return f"{quote(parts.path, safe=_SAFE) or '/'}{query}{anchor}"


def _host(name: str) -> str:
    """Return a host as browsers understand it, or an empty string where they may not agree."""
    try:
        if ":" in name:
            return f"[{ipaddress.IPv6Address(name).compressed}]" if "%" not in name else ""
        host = "" if _DISPUTED & set(name) else name.encode("idna").decode("ascii").lower()
    except ValueError:
        return ""
    labels = host.removesuffix(".").split(".")
    if len(host) > _MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        return ""
    if _NUMBER.fullmatch(labels[-1]):
        return host if _is_ipv4(host) else ""
    return host


def _is_ipv4(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False
