"""The machines of a cluster: requests with an end, and errors that say which machines are gone.

This is the only module that knows the client. A request is repeated on other machines, with pauses
of random length, until the time that the settings give is over. Whoever sends one that changes
something makes sure that it may arrive twice.
"""

from __future__ import annotations

import json
import logging
import random
import ssl
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from backstory.engine.errors import ConfigError, IndexUnavailable, StorageFull
from backstory.engine.settings import OpenSearchSettings

Body = Mapping[str, Any]

# Answers after which the same request may go well a little later, or on another machine.
PASSING = frozenset({0, 408, 429, 500, 502, 503, 504})  # 500: a machine went away meanwhile
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds
ATTEMPTS = 3  # so many requests that hang share the time there is
GREETING = 2.0  # seconds that each machine has to say that it is there
CONNECTIONS = 16  # that are kept to each machine
NOT_LET_IN, MISSING, CONFLICT = 401, 404, 409
FULL = ("flood-stage", "read-only / allow delete", "no space left", "create-index blocked")


class Refused(IndexUnavailable):
    """A request that the cluster understood and refused; repeating it would not help."""

    def __init__(self, place: str, status: int, reason: str) -> None:
        super().__init__(place, f"the cluster refuses ({status}: {reason})")
        self.change_hint("See what its machines are allowed to, and how they are.")
        self.status, self.reason = status, reason


class Patience:
    """How long a request is repeated: until the time is over, with pauses that grow."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._end = time.monotonic() + cluster.settings.timeout
        self._pause = FIRST_PAUSE

    @property
    def for_an_attempt(self) -> float:
        """How long one request may take: one that hangs leaves time to ask another machine."""
        left = max(self._end - time.monotonic(), FIRST_PAUSE)
        return min(left, self._cluster.settings.timeout / ATTEMPTS)

    def wait(self, reason: str) -> None:
        """Pause before the next attempt; raise IndexUnavailable where the time is over."""
        if time.monotonic() + self._pause >= self._end:
            raise self._cluster.unavailable(reason)
        # Of random length, so that clients which failed together do not come back together.
        time.sleep(self._pause * random.uniform(0.5, 1.5))
        self._pause = min(2 * self._pause, LONGEST_PAUSE)


class Cluster:
    """A client of all machines; may be shared by threads."""

    def __init__(self, settings: OpenSearchSettings, root: Path) -> None:
        if not settings.hosts:
            raise ConfigError("opensearch.hosts", "names no machine")
        # What goes wrong is told by us, once; the client would warn of every attempt.
        logging.getLogger("opensearch").setLevel(logging.ERROR)
        self.settings = settings
        self.place = place_of(settings)
        self._options: dict[str, Any] = {"max_retries": 0, "ssl_show_warn": False}
        self._options |= {"pool_maxsize": CONNECTIONS, "http_compress": True}
        self._options |= {"retry_on_timeout": True}  # so that one that hangs is not asked next time
        if settings.user:
            self._options["http_auth"] = settings.user, _password(settings, root)
        if settings.ca:
            self._options["ca_certs"] = _certificates(settings, root)
        self._client = self._client_of(settings.hosts)

    def _client_of(self, hosts: Sequence[str]) -> Any:
        try:
            from opensearchpy import OpenSearch
        except ImportError as error:
            raise ConfigError(
                "index.kind",
                "an index on a cluster needs another package: pip install 'backstory[cluster]'",
            ) from error
        try:
            return OpenSearch(list(hosts), **self._options)
        except (TypeError, ValueError) as error:  # LocationParseError is a ValueError
            shown = ", ".join(map(_shown, hosts))
            raise ConfigError(
                "opensearch.hosts", f"{shown!r} is no address such as https://search1:9200"
            ) from error

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        patience: Patience | None = None,
    ) -> Any:
        """Send a request until it is answered, and return the answer.

        Raises Refused where the cluster will not, StorageFull where it has no room, ConfigError
        where it does not let us in, and IndexUnavailable when the time is over.
        """
        from opensearchpy.exceptions import ConnectionError as Unreachable
        from opensearchpy.exceptions import SerializationError, TransportError

        content = body if body is None or isinstance(body, bytes) else encoded(body)
        patience = patience or Patience(self)
        headers = {"content-type": "application/json"}
        while True:
            options = {**(params or {}), "request_timeout": patience.for_an_attempt}
            try:
                answer = self._client.transport.perform_request(
                    method, path, params=options, body=content, headers=headers
                )
            except Unreachable as error:
                reason = _said(error.error)
                if "certificate verify failed" in reason.lower():
                    said = f"does not vouch for the machines of {self.place} ({reason})"
                    raise ConfigError("opensearch.ca", said) from error
            except SerializationError as error:
                raise self.no_cluster() from error
            except TransportError as error:
                status, reason = _status(error), _reason(error)
                self._check(status, reason)
            else:
                if isinstance(answer, dict | list):
                    return answer
                raise self.no_cluster()
            patience.wait(reason)

    def no_cluster(self) -> ConfigError:
        """Return the error that something else answers there."""
        said = f"what answers at {self.place} is no cluster of OpenSearch"
        return ConfigError("opensearch.hosts", said)

    def _check(self, status: int, reason: str) -> None:
        """Raise what a refusal amounts to, unless it is one that passes."""
        if any(sign in reason for sign in FULL):
            raise StorageFull(self.place, "disk full", "what was committed before still answers")
        if status == NOT_LET_IN:
            who = f"user {self.settings.user}" if self.settings.user else "no user is given"
            said = f"{self.place} lets nobody in with this name and password ({who})"
            raise ConfigError("opensearch.user", said)
        if status not in PASSING:
            raise Refused(self.place, status, reason)

    def unavailable(self, reason: str) -> IndexUnavailable:
        """Return the error that the index cannot be used, with the machines that are gone."""
        hosts = self.settings.hosts
        with ThreadPoolExecutor(len(hosts)) as pool:
            answered = list(pool.map(self._answers, hosts))
        gone = [
            _shown(host) for host, is_there in zip(hosts, answered, strict=True) if not is_there
        ]
        counted = f"{len(gone)} of {len(hosts)} machines do not answer"
        missing = f"{counted} ({', '.join(gone)}); " if gone else ""
        return IndexUnavailable(self.place, f"{missing}{reason}")

    def _answers(self, host: str) -> bool:
        client = self._client_of([host])
        try:
            client.transport.perform_request("GET", "/", params={"request_timeout": GREETING})
        except Exception as error:  # one with a status is an answer, whatever it says
            return bool(_status(error))
        finally:
            client.close()
        return True

    def search(self, index: str, body: Body) -> dict[str, Any]:
        """Return the answer of all shards to a search; never of some."""
        return self.searches(index, [body])[0]

    def searches(
        self, index: str, bodies: Sequence[Body], patience: Patience | None = None
    ) -> list[dict[str, Any]]:
        """Return the answers to several searches, which are sent at once."""
        if not bodies:
            return []
        header = encoded({"index": index, "allow_partial_search_results": False})
        content = b"".join(header + b"\n" + encoded(body) + b"\n" for body in bodies)
        patience = patience or Patience(self)
        while True:
            answers: list[dict[str, Any]]
            answer = self.request("POST", "/_msearch", content, patience=patience)
            answers = answer["responses"]
            problem = next(filter(None, map(_problem, answers)), None)
            if problem is None:
                return answers
            self._check(*problem)
            patience.wait(problem[1])

    def bulk(self, index: str, lines: Sequence[bytes]) -> None:
        """Send actions, each with its content, until every one of them is done.

        They may arrive twice. One that a newer version is in the way of counts as done: only a
        writer that has lost its right sends such.
        """
        waiting, patience = list(lines), Patience(self)
        while waiting:
            content = b"".join(waiting)
            answer = self.request("POST", f"/{index}/_bulk", content, patience=patience)
            failed = [
                (line, result)
                for line, item in zip(waiting, answer["items"], strict=True)
                for kind, result in item.items()
                if not _is_done(kind, result["status"])
            ]
            if not failed:
                return
            waiting = [line for line, _ in failed]
            status, reason = failed[0][1]["status"], json.dumps(failed[0][1].get("error", ""))
            self._check(status, reason)
            patience.wait(reason)

    def refresh(self, index: str) -> None:
        """Make everything that was sent visible to searches, on every shard."""
        patience = Patience(self)
        path = f"/{index}/_refresh"
        while self.request("POST", path, patience=patience)["_shards"]["failed"]:
            patience.wait("not every part of the index answers")

    def exists(self, index: str) -> bool:
        """Tell whether there is an index of this name."""
        try:
            self.request("GET", f"/{index}/_settings")
        except Refused as error:
            if error.status == MISSING:
                return False
            raise
        return True

    def delete(self, index: str) -> None:
        """Delete an index; one that is not there is no error."""
        self.request("DELETE", f"/{index}", params={"ignore_unavailable": "true"})

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def place_of(settings: OpenSearchSettings) -> str:
    """Return where an index is, as it is shown."""
    return f"{settings.index} on {', '.join(map(_shown, settings.hosts))}"


def _shown(host: str) -> str:
    """Return an address without the name and password that may stand in it."""
    scheme, separator, rest = host.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _is_done(kind: str, status: int) -> bool:
    """Tell whether an action of a bulk request needs no repetition.

    What is to be deleted may be gone already. A newer version may have overtaken it.
    """
    return status < 300 or status == CONFLICT or (status == MISSING and kind == "delete")


def encoded(value: Any) -> bytes:
    """Return JSON in ASCII, which takes any text, lone surrogates too."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def action(kind: str, options: Mapping[str, Any], content: Any = None) -> bytes:
    """Return an action of a bulk request with what it writes."""
    line = encoded({kind: options}) + b"\n"
    return line if content is None else line + encoded(content) + b"\n"


def _password(settings: OpenSearchSettings, root: Path) -> str:
    if not settings.password_file:
        return settings.password
    try:
        return (root / settings.password_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("opensearch.password_file", f"cannot be read ({error})") from error


def _certificates(settings: OpenSearchSettings, root: Path) -> str:
    """Return the file with the certificates that vouch for the machines."""
    file = str(root / settings.ca)
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        raise ConfigError("opensearch.ca", f"{file} cannot be used ({_said(error)})") from error
    return file


def _status(error: Any) -> int:
    """Return the status of the answer that an error is about, 0 where there was no answer."""
    status = getattr(error, "status_code", 0)
    return status if isinstance(status, int) else 0


def _reason(error: Any) -> str:
    """Return what the cluster says is wrong, in a line."""
    info = getattr(error, "info", None)
    problem = info.get("error", info) if isinstance(info, dict) else info
    return _causes(problem) if isinstance(problem, dict) else _said(problem or error.error)


def _causes(problem: Mapping[str, Any]) -> str:
    """Return an error with its causes, in a line: of a search the causes alone say what it is."""
    causes = [problem, *problem.get("root_cause", ())]
    for cause in (*causes, *(shard["reason"] for shard in problem.get("failed_shards", ()))):
        while cause := cause.get("caused_by"):
            causes.append(cause)
    return _said("; ".join(dict.fromkeys(f"{c.get('type')}: {c.get('reason')}" for c in causes)))


def _said(error: object) -> str:
    return " ".join(str(error).split())[:300]


def _problem(answer: Mapping[str, Any]) -> tuple[int, str] | None:
    """Return the status and the reason why an answer to a search is not whole, or None."""
    if "error" in answer:
        return answer.get("status", 500), _causes(answer["error"])
    shards = answer["_shards"]
    if shards["failed"] or answer.get("timed_out"):
        return 503, f"{shards['failed']} of {shards['total']} parts of the index do not answer"
    return None
