"""Processes are started without a word to Ctrl-C, and end with who started them."""

from __future__ import annotations

import signal
import threading

import pytest

from backstory.indexer.spawning import deaf


def test_ctrl_c_waits_until_processes_are_started() -> None:
    done = []

    def start() -> None:
        with deaf():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # others may not be deaf
            done.append("started")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert done == ["started"]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
