"""Who counts as the client: proxies are believed where they are trusted, and nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import ConfigError
from backstory.webui.clients import Clients

PROXIED = Clients(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.1", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("127.0.0.1", "192.0.2.9, 203.0.113.1", "203.0.113.1"),
        ("127.0.0.1", "192.0.2.9, 203.0.113.1, 10.1.2.3", "203.0.113.1"),
        ("127.0.0.1", "10.1.2.3,10.1.2.4", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("fd00::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "", "198.51.100.7"),
        ("fe80::1%eth0", "", "fe80::/64"),
    ],
)
def test_the_last_address_that_is_no_proxy_is_the_client(peer, forwarded, client):
    assert PROXIED.client(peer, forwarded) == client


def test_no_proxy_is_trusted_unless_the_settings_say_so():
    assert Clients().client("127.0.0.1", "203.0.113.1") == "127.0.0.1"


@given(peer=st.text(max_size=20), forwarded=st.text(max_size=60))
def test_no_header_fails(peer, forwarded):
    assert isinstance(PROXIED.client(peer, forwarded), str)
    assert PROXIED.client("198.51.100.7", forwarded) == "198.51.100.7"


@pytest.mark.parametrize("wrong", ["", "proxy.example", "10.0.0.0/99", "*"])
def test_a_proxy_that_is_no_address_is_a_wrong_setting(wrong):
    with pytest.raises(ConfigError, match=r"web\.trusted_proxies: .* is no address or network"):
        Clients([wrong])
