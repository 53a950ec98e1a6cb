"""Which addresses are public: by the registries of today, on every version of Python."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer.public_addresses import is_public

# First and last address of every range of the IANA special-purpose registries and of multicast.
SPECIAL = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32"),
    *("192.0.0.10/32", "192.0.0.170/31", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
    *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32", "224.0.0.0/4"),
    *("::/128", "::1/128", "::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23"),
    *("2001::/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48"),
    *("2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28", "2001:30::/28"),
    *("2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20", "5f00::/16"),
    *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "4000::/2", "8000::/1"),
]


@pytest.mark.parametrize("network", [*map(ipaddress.ip_network, SPECIAL)], ids=str)
def test_no_address_of_a_special_range_is_public(network) -> None:
    middle = network[network.num_addresses // 2]
    for address in (network[0], middle, network[-1]):
        assert not is_public(str(address))


@pytest.mark.parametrize(
    "network", [ipaddress.IPv4Network(each) for each in SPECIAL if ":" not in each], ids=str
)
@pytest.mark.parametrize("wrap", ["::ffff:{}", "64:ff9b::{}", "::{}"])
def test_a_wrapped_address_of_a_special_range_is_not_public(network, wrap) -> None:
    assert not is_public(wrap.format(network[0]))
    assert not is_public(wrap.format(network[-1]))


@given(st.ip_addresses(v=4))
def test_relays_that_are_gone_lead_to_nothing_public(address: ipaddress.IPv4Address) -> None:
    assert not is_public(f"2002:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}::1")  # 6to4
    flipped = int(address) ^ 0xFFFFFFFF
    assert not is_public(f"2001:0:808:808::{flipped >> 16:x}:{flipped & 0xFFFF:x}")  # Teredo


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1"),
        *("203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::", "2001:db8::1"),
        *("2001::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
    ],
)
def test_an_address_of_a_network_or_of_none_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"),
        *("64:ff9b::8.8.8.8", "9.255.255.255", "11.0.0.0", "192.0.1.0", "191.255.255.255"),
        *("100.63.255.255", "100.128.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
        *("2001:200::1", "2003::1", "2620:4f:8001::", "2a00:1450::1", "3fff:1000::", "2000::1"),
    ],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_in_any_dress(address: ipaddress.IPv4Address) -> None:
    dressed = [f"::ffff:{address}", f"64:ff9b::{address}"]
    assert {is_public(each) for each in dressed} == {is_public(str(address))}
