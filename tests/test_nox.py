"""The sessions of nox: every Python is listed, and the oldest libraries are the lower bounds."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def sessions() -> ModuleType:
    """The module of sessions."""
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_oldest_libraries_are_the_lower_bounds(sessions: ModuleType) -> None:
    lowest = sessions.lowest()
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["formats"]]
    assert len(lowest) == len(wanted)
    assert "whoosh3==3.48.1" in lowest
    assert "lxml==6.1.3" in lowest
    assert all("==" in each and "<" not in each and ">" not in each for each in lowest)


def test_every_python_that_is_promised_has_a_session(sessions: ModuleType) -> None:
    assert sessions.PYTHONS[0] == PROJECT["requires-python"].removeprefix(">=")
    assert len(sessions.PYTHONS) >= 3
    assert sessions.is_here("3.99") is False


def test_the_steps_of_a_release_name_the_version_and_the_name_to_be_checked(
    sessions: ModuleType,
) -> None:
    steps = sessions.STEPS.format(version=sessions.version(), files="dist/a.whl")
    assert f"git tag v{sessions.version()}" in steps
    assert "is it ours?" in steps
