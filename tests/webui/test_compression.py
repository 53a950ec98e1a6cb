"""Pages for browsers that take gzip."""

from __future__ import annotations

import gzip

import pytest

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("url", ["/search?q=bridge", "/static/style/base.css", "/documents"])
def test_text_is_compressed_where_that_is_taken(client, url):
    with client.get(url) as plain, client.get(url, headers=GZIP) as small:
        assert small.headers["Content-Encoding"] == "gzip"
        assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
        assert "Accept-Encoding" in small.headers["Vary"] == plain.headers["Vary"]
        assert "Content-Encoding" not in plain.headers
        if not url.startswith("/search"):  # which tells the time that it took
            assert gzip.decompress(small.data) == plain.data


@pytest.mark.parametrize("taken", ["", "identity", "gzip;q=0", "br"])
def test_nothing_is_compressed_for_who_does_not_take_it(client, taken):
    response = client.get("/search?q=bridge", headers={"Accept-Encoding": taken})
    assert "Content-Encoding" not in response.headers
    assert "<mark>bridge</mark>" in response.text


def test_files_and_answers_for_programs_are_sent_as_they_are(client):
    assert "Content-Encoding" not in client.get("/api/search?q=a", headers=GZIP).headers
    assert "Content-Encoding" not in client.get("/export?q=a&form=csv", headers=GZIP).headers
    assert "Content-Encoding" not in client.get("/cite/es/nota?form=quote", headers=GZIP).headers


def test_a_file_that_has_not_changed_is_not_sent_again(client):
    with client.get("/static/style/base.css", headers=GZIP) as first:
        tag = first.headers["ETag"]
    with client.get("/static/style/base.css", headers=GZIP | {"If-None-Match": tag}) as again:
        assert again.status_code == 304
        assert again.data == b""
