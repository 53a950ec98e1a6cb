"""A cluster behind TLS and a password, as nginx stands in front of many.

Skipped where there is no nginx, and failed where the environment says `NGINX_TESTS=required`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backstory.engine.errors import BackstoryError, ConfigError
from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.settings import OpenSearchSettings
from tests.cluster.commits import assert_is, commit, new_index
from tests.cluster.failures import wait_until
from tests.cluster.nodes import temporary_folder
from tests.test_deploy import NGINX, PASSWORD, _apr1, _free_port

CONFIGURATION = """
{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}
http {{
    access_log off; client_max_body_size 0;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
        auth_basic "cluster"; auth_basic_user_file {folder}/passwords;
        location / {{ proxy_pass {node}; }}
    }}
}}
"""


def certify(folder: Path, name: str = "") -> None:
    """Make a certificate for this machine's address."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=cluster"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / f"{name}key.pem")]
    command += ["-out", str(folder / f"{name}certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def gateway(one_node: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """A folder with certificates and a password, and the address of nginx."""
    if not NGINX:
        reason = "a cluster behind TLS needs nginx: apt-get install nginx"
        (pytest.fail if os.environ.get("NGINX_TESTS") == "required" else pytest.skip)(reason)
    with temporary_folder() as folder:
        port = _free_port()
        certify(folder)
        certify(folder, "other-")
        (folder / "passwords").write_text(f"ines:{_apr1(PASSWORD)}\n")
        (folder / "password").write_text(f"{PASSWORD}\n")
        (folder / "wrong").write_text("another\n")
        user = "user root;" if os.geteuid() == 0 else ""
        filled = CONFIGURATION.format(folder=folder, port=port, node=one_node[0], user=user)
        (folder / "nginx.conf").write_text(filled)
        process = subprocess.Popen(
            [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.DEVNULL
        )
        try:
            wait_until((folder / "pid").exists, 30, "nginx")
            yield folder, f"https://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


@pytest.fixture
def behind(settings: OpenSearchSettings, gateway: tuple[Path, str]) -> OpenSearchSettings:
    """The settings of an index behind nginx, all of them right."""
    folder, address = gateway
    return replace(
        settings,
        hosts=(address,),
        user="ines",
        password_file=str(folder / "password"),
        ca=str(folder / "certificate.pem"),
        timeout=10.0,
    )


def refusal(settings: OpenSearchSettings) -> BackstoryError:
    """Return the error that somebody gets who opens an index."""
    with (
        pytest.raises(BackstoryError) as caught,
        contextlib.closing(OpenSearchIndex(settings)) as index,
    ):
        index.open()
    assert PASSWORD not in str(caught.value)
    assert "another" not in str(caught.value)
    return caught.value


def test_user_password_and_ca_let_in(behind: OpenSearchSettings) -> None:
    with new_index(behind) as index:
        commit(index, 1)
        assert_is(index, 1)
        given = OpenSearchIndex(replace(behind, password_file="", password=PASSWORD))
        assert_is(given, 1)
        given.close()
        address = behind.hosts[0].replace("//", f"//ines:{PASSWORD.replace(' ', '%20')}@")
        named = OpenSearchIndex(replace(behind, hosts=(address,), user="", password_file=""))
        assert_is(named, 1)
        assert "four" not in named.place
        named.close()


@pytest.mark.parametrize("user", ["ines", ""], ids=["wrong password", "no user"])
def test_who_is_not_let_in_is_told_so(behind: OpenSearchSettings, user: str) -> None:
    wrong = str(Path(behind.password_file).with_name("wrong"))
    error = refusal(replace(behind, user=user, password_file=wrong))
    assert isinstance(error, ConfigError)
    assert error.key == "opensearch.user"
    assert "lets nobody in with this name and password" in str(error)


def test_writer_that_is_not_let_in_is_told_so(behind: OpenSearchSettings) -> None:
    index = OpenSearchIndex(replace(behind, user="otto"))
    with contextlib.closing(index), pytest.raises(ConfigError, match="user otto"):
        index.writer()


@pytest.mark.parametrize("name", ["other-certificate.pem", "", "absent.pem", "password"])
def test_certificate_that_cannot_be_verified_is_named(
    behind: OpenSearchSettings, name: str
) -> None:
    ca = str(Path(behind.ca).with_name(name)) if name else ""
    error = refusal(replace(behind, ca=ca))
    assert isinstance(error, ConfigError)
    assert error.key == "opensearch.ca"


def test_password_file_that_is_not_there_is_named(behind: OpenSearchSettings) -> None:
    error = refusal(replace(behind, password_file="absent"))
    assert isinstance(error, ConfigError)
    assert error.key == "opensearch.password_file"


def test_https_where_the_machine_speaks_http_is_an_error(settings: OpenSearchSettings) -> None:
    address = settings.hosts[0].replace("http:", "https:")
    error = refusal(replace(settings, hosts=(address,), timeout=2.0))
    assert "1 of 1 machines do not answer" in str(error)
