"""Which IP addresses belong to the public internet, by a table of our own.

`ipaddress` knows the registries of the day when its Python was made: 3.11 calls parts of
192.0.0.0/24 public, and does not know 3fff::/20. The ranges here are those of the IANA IPv4 and
IPv6 Special-Purpose Address Registries, each with its RFC, and the multicast ranges; what is
registered for one purpose is not public, even where it can be reached from afar.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

_SPECIAL_IPV4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "10.0.0.0/8",  # private use (RFC 1918)
            "100.64.0.0/10",  # shared address space (RFC 6598)
            "127.0.0.0/8",  # loopback (RFC 1122)
            "169.254.0.0/16",  # link local (RFC 3927)
            "172.16.0.0/12",  # private use (RFC 1918)
            "192.0.0.0/24",  # protocol assignments (RFC 6890)
            "192.0.2.0/24",  # documentation (RFC 5737)
            "192.31.196.0/24",  # AS112 (RFC 7535)
            "192.52.193.0/24",  # AMT (RFC 7450)
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "192.168.0.0/16",  # private use (RFC 1918)
            "192.175.48.0/24",  # AS112 (RFC 7534)
            "198.18.0.0/15",  # benchmarking (RFC 2544)
            "198.51.100.0/24",  # documentation (RFC 5737)
            "203.0.113.0/24",  # documentation (RFC 5737)
            "224.0.0.0/4",  # multicast (RFC 5771)
            "240.0.0.0/4",  # reserved, and broadcast (RFC 1112, RFC 8190)
        ),
    )
)
# All that is given out to the public is in here (RFC 4291). Outside are `::1`, `::ffff:0:0/96`
# (IPv4-mapped), 64:ff9b:1::/48, 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10 and ff00::/8.
_UNICAST_IPV6 = IPv6Network("2000::/3")
_SPECIAL_IPV6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments (RFC 2928), with Teredo in 2001::/32 (RFC 4380)
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4 (RFC 3056)
            "2620:4f:8000::/48",  # AS112 (RFC 7534)
            "3ffe::/16",  # the former 6bone (RFC 3701)
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
# An IPv6 address of this one carries an IPv4 address that a gateway unwraps (RFC 6052): what a
# network without IPv4 has instead of each public address.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet.

    Raises ValueError for what is no address. A wrapped IPv4 address is judged by what is in it
    where that is how public servers are reached (NAT64, IPv4-mapped); 6to4 and Teredo are not
    public: their relays are gone.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _SPECIAL_IPV4)
    if ip.ipv4_mapped or ip in _NAT64:
        return is_public(str(IPv4Address(ip.packed[-4:])))
    return ip in _UNICAST_IPV6 and not any(ip in network for network in _SPECIAL_IPV6)
