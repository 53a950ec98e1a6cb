"""Where the server listens, and that it is open to nobody unless somebody has said so."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import pytest

from backstory.engine.errors import ConfigError
from backstory.settings import Config
from backstory.webui.listening import address, listen


def at(host: str, **more: object) -> Config:
    return Config().override(web__host=host, web__port=0, **more)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_this_machine_needs_no_users(host) -> None:
    listen(at(host)).close()


@pytest.mark.parametrize("host", ["0.0.0.0"])
def test_other_addresses_need_users_or_a_word(host) -> None:
    with pytest.raises(ConfigError, match=r"web\.host: there are no users: .*--open-to-all"):
        listen(at(host))
    listen(at(host), has_users=True).close()
    listen(at(host, web__open_to_all=True)).close()


def test_a_socket_is_for_its_owner_and_group(tmp_path: Path) -> None:
    config = Config(root=tmp_path).override(web__unix_socket="s", web__host="0.0.0.0")
    with closing(listen(config)):
        mode = (tmp_path / "s").lstat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o660
        with pytest.raises(ConfigError, match=r"web\.unix_socket: cannot listen on the .*/s"):
            listen(config)
    listen(config).close()  # that one was left behind


def test_a_file_in_the_place_of_a_socket_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("mine")
    with pytest.raises(ConfigError):
        listen(Config(root=tmp_path).override(web__unix_socket="s"))
    assert (tmp_path / "s").read_text() == "mine"


def test_the_address_has_the_path_or_the_socket() -> None:
    web = at("127.0.0.1", web__base_path="/backstory").web
    assert address(web, 8000) == "http://127.0.0.1:8000/backstory/"
    assert address(Config().override(web__unix_socket="/run/b.sock").web, 0) == "unix:/run/b.sock"


def test_an_address_that_is_none_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError, match=r"web\.port: cannot listen on nowhere\.invalid:0"):
        listen(at("nowhere.invalid"))
