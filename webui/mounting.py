"""Several archives in one site: each under `/a/NAME/` with an application of its own.

An application is made when it is first asked for. Whoever may not read an archive gets what anybody
gets who asks for one that there is not: the answer of the site around them.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from backstory.webui.base_url import BASE, base_path
from backstory.webui.visitor import Role, visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/a/"
_OWN = "backstory."  # how our own names in the environment of a request begin
# What an archive is asked with for a page about all of them: who asks, and under which address.
_PASSED_ON = frozenset(
    "HTTP_HOST REMOTE_ADDR SERVER_NAME SERVER_PORT SERVER_PROTOCOL wsgi.version wsgi.url_scheme"
    " wsgi.errors wsgi.multithread wsgi.multiprocess wsgi.run_once".split()
)


@dataclass(frozen=True, slots=True)
class MountedArchive:
    """An archive with its name in addresses, its title, and what makes its application.

    `readers` are the names of users who may read it, none for all who may read at all.
    """

    name: str
    title: str
    make: Callable[[], WSGIApplication]
    readers: frozenset[str] = frozenset()

    def may_be_read(self, environ: Mapping[str, Any]) -> bool:
        """Tell whether whoever asks may read it; an administrator may read all."""
        who = visitor(environ)
        is_reader = not self.readers or who.name in self.readers or who.may(Role.ADMIN)
        return is_reader and who.may_read(self.name)

    def url(self, environ: Mapping[str, Any]) -> str:
        """Return the address of its first page."""
        return f"{base_path(environ)}{PREFIX}{self.name}/"


class MountedArchives:
    """The archives of a site; safe for threads."""

    def __init__(self, archives: Iterable[MountedArchive]) -> None:
        self._archives = {each.name: each for each in archives}
        self._applications: dict[str, WSGIApplication] = {}
        self._lock = threading.Lock()

    def readable(self, environ: Mapping[str, Any]) -> list[MountedArchive]:
        """Return the archives that whoever asks may read, in the order of the settings."""
        return [each for each in self._archives.values() if each.may_be_read(environ)]

    def ask(
        self, environ: WSGIEnvironment, archive: MountedArchive, path: str, query: str = ""
    ) -> Response:
        """Return what an archive answers to whoever asks for one of its pages."""
        kept = {k: v for k, v in environ.items() if k in _PASSED_ON or k.startswith(_OWN)}
        request = {**kept, "REQUEST_METHOD": "GET", "QUERY_STRING": query, "PATH_INFO": path}
        request |= {"wsgi.input": io.BytesIO(), "SCRIPT_NAME": environ.get("SCRIPT_NAME", "")}
        mounted = _under(request, archive.name, path)
        return Response.from_app(self._application(archive), mounted, buffered=True)

    def mounted(self, site: WSGIApplication) -> WSGIApplication:
        """Return what answers for the archives, and has `site` answer for everything else."""

        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            name, slash, rest = path.removeprefix(PREFIX).partition("/")
            archive = self._archives.get(name) if path.startswith(PREFIX) else None
            if archive is None or not archive.may_be_read(environ):
                return site(environ, start_response)
            if not slash:
                return _redirect(archive.url(environ), environ, start_response)
            mounted = _under(environ, name, f"/{rest}")
            return self._application(archive)(mounted, start_response)

        return answer

    def _application(self, archive: MountedArchive) -> WSGIApplication:
        with self._lock:
            if archive.name not in self._applications:
                self._applications[archive.name] = archive.make()
            return self._applications[archive.name]


def _under(environ: WSGIEnvironment, name: str, path: str) -> WSGIEnvironment:
    """Return the environment of a request within an archive."""
    base = base_path(environ)
    script = f"{environ.get('SCRIPT_NAME', '')}{PREFIX}{name}"
    return {**environ, BASE: base, "SCRIPT_NAME": script, "PATH_INFO": path}


def _redirect(url: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    query = environ.get("QUERY_STRING", "")
    place = f"{url}?{query}" if query else url
    return Response(status=308, headers={"Location": place})(environ, start_response)
