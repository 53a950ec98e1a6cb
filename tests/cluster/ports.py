"""Ports that no other run of these tests takes, and that nothing listens on."""

from __future__ import annotations

import fcntl
import random
import socket
from itertools import islice
from pathlib import Path
from typing import IO

from tests.cluster.installing import NodesError

# Below those that systems give to clients: from 32768 on Linux, from 49152 on macOS.
FREE = range(20_000, 30_000)


class Ports:
    """Ports that are reserved until `close`, or until this process ends.

    A node binds its port seconds after the port was chosen. Until then, a lock on a file in
    `folder` keeps the port from other runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[IO[str]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def reserve(self, count: int, first: int | None = None) -> list[int]:
        """Reserve `count` ports: from `first` on, or any. Raises NodesError if one is taken."""
        if first is None:
            shuffled = random.sample(FREE, len(FREE))
            ports = list(islice(filter(self._is_reserved, shuffled), count))
            if len(ports) < count:
                raise NodesError(f"No free ports: none can be reserved in {self._folder}")
            return ports
        for port in range(first, first + count):
            if not self._is_reserved(port):
                raise NodesError(
                    f"Port {port} of 127.0.0.1 is taken by something else."
                    " Give another one, or none to have free ones chosen."
                )
        return list(range(first, first + count))

    def close(self) -> None:
        """Give all ports back."""
        while self._files:
            self._files.pop().close()

    def _is_reserved(self, port: int) -> bool:
        """Reserve a port if it can be had, and say whether."""
        try:
            file = (self._folder / str(port)).open("w")
        except OSError:  # another user's
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(("127.0.0.1", port))
        except OSError:
            file.close()
            return False
        self._files.append(file)
        return True
