"""The machines of a cluster: requests with an end, and errors that say which machines are gone.

This is the only module that knows the client. A request is repeated on other machines, with pauses
of random length, until the time that the settings give is over. Whoever sends one that changes
something makes sure that it may arrive twice.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from backstory.engine.errors import ConfigError, IndexUnavailable, StorageFull
from backstory.engine.settings import OpenSearchSettings

Body = Mapping[str, Any]

# Answers after which the same request may go well a little later, or on another machine.
PASSING = frozenset({0, 408, 429, 502, 503, 504})
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds
ATTEMPTS = 3  # so many requests that hang share the time there is
GREETING = 2.0  # seconds that each machine has to say that it is there
DONE = frozenset({404, 409})  # gone already, or overtaken by a newer version
FULL = ("flood-stage", "read-only / allow delete", "no space left")


class Refused(IndexUnavailable):
    """A request that the cluster understood and refused; repeating it would not help."""

    def __init__(self, place: str, status: int, reason: str) -> None:
        super().__init__(place, f"{status} {reason}")
        self.status, self.reason = status, reason


class Patience:
    """How long a request is repeated: until the time is over, with pauses that grow."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._end = time.monotonic() + cluster.settings.timeout
        self._pause = FIRST_PAUSE

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
        if settings.user:
            self._options["http_auth"] = settings.user, _password(settings, root)
        if settings.ca:
            self._options["ca_certs"] = str(root / settings.ca)
        self._client = self._client_of(settings.hosts)

    def _client_of(self, hosts: Sequence[str]) -> Any:
        try:
            from opensearchpy import OpenSearch
        except ImportError as error:
            raise ConfigError(
                "index.kind",
                "an index on a cluster needs another package: pip install 'backstory[cluster]'",
            ) from error
        return OpenSearch(list(hosts), http_compress=True, **self._options)

    def request(
        self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None
    ) -> Any:
        """Send a request until it is answered, and return the answer.

        Raises Refused where the cluster will not, StorageFull where it has no room, and
        IndexUnavailable when the time is over.
        """
        from opensearchpy.exceptions import ConnectionError as Unreachable
        from opensearchpy.exceptions import TransportError

        content = body if body is None or isinstance(body, bytes) else encoded(body)
        patience = Patience(self)
        # A machine that hangs has a part of the time: then another one is asked.
        options = {**(params or {}), "request_timeout": self.settings.timeout / ATTEMPTS}
        headers = {"content-type": "application/json"}
        while True:
            try:
                return self._client.transport.perform_request(
                    method, path, params=options, body=content, headers=headers
                )
            except Unreachable as error:
                reason = _said(error.error)
            except TransportError as error:
                status, reason = _status(error), _reason(error)
                self._check(status, reason)
            patience.wait(reason)

    def _check(self, status: int, reason: str) -> None:
        """Raise what a refusal amounts to, unless it is one that passes."""
        if any(sign in reason for sign in FULL):
            raise StorageFull(self.place, "disk full", "what was committed before still answers")
        if status not in PASSING:
            raise Refused(self.place, status, reason)

    def unavailable(self, reason: str) -> IndexUnavailable:
        """Return the error that the index cannot be used, with the machines that are gone."""
        gone = [host for host in self.settings.hosts if not self._answers(host)]
        counted = f"{len(gone)} of {len(self.settings.hosts)} machines do not answer"
        missing = f"{counted} ({', '.join(gone)}); " if gone else ""
        return IndexUnavailable(self.place, f"{missing}{reason}")

    def _answers(self, host: str) -> bool:
        client = self._client_of([host])
        try:
            client.transport.perform_request("GET", "/", params={"request_timeout": GREETING})
        except Exception:  # whatever it is, it is no answer
            return False
        finally:
            client.close()
        return True

    def search(self, index: str, body: Body) -> dict[str, Any]:
        """Return the answer of all shards to a search; never of some."""
        return self.searches(index, [body])[0]

    def searches(self, index: str, bodies: Sequence[Body]) -> list[dict[str, Any]]:
        """Return the answers to several searches, which are sent at once."""
        if not bodies:
            return []
        header = encoded({"index": index, "allow_partial_search_results": False})
        content = b"".join(header + b"\n" + encoded(body) + b"\n" for body in bodies)
        patience = Patience(self)
        while True:
            answers: list[dict[str, Any]]
            answers = self.request("POST", "/_msearch", content)["responses"]
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
            answer = self.request("POST", f"/{index}/_bulk", b"".join(waiting))
            results = [next(iter(item.values())) for item in answer["items"]]
            failed = [
                (line, result)
                for line, result in zip(waiting, results, strict=True)
                if result["status"] >= 300 and result["status"] not in DONE
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
        while self.request("POST", f"/{index}/_refresh")["_shards"]["failed"]:
            patience.wait("not every part of the index answers")

    def exists(self, index: str) -> bool:
        """Tell whether there is an index of this name."""
        try:
            self.request("GET", f"/{index}/_settings")
        except Refused as error:
            if error.status == 404:
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
    return f"{settings.index} on {', '.join(settings.hosts)}"


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


def _status(error: Any) -> int:
    return error.status_code if isinstance(error.status_code, int) else 0


def _reason(error: Any) -> str:
    """Return what the cluster says is wrong, in a line."""
    info = getattr(error, "info", None)
    problem = info.get("error", info) if isinstance(info, dict) else info
    if isinstance(problem, dict):
        causes = [problem, *problem.get("root_cause", ())]
        return "; ".join(dict.fromkeys(f"{c.get('type')}: {c.get('reason')}" for c in causes))
    return _said(problem or error.error)


def _said(error: object) -> str:
    return " ".join(str(error).split())[:300]


def _problem(answer: Mapping[str, Any]) -> tuple[int, str] | None:
    """Return the status and the reason why an answer to a search is not whole, or None."""
    if "error" in answer:
        error = answer["error"]
        return answer.get("status", 500), _said(f"{error.get('type')}: {error.get('reason')}")
    shards = answer["_shards"]
    if shards["failed"] or answer.get("timed_out"):
        return 503, f"{shards['failed']} of {shards['total']} parts of the index do not answer"
    return None
