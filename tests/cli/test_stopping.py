"""Stopping: a build whose workers do not listen still says how it ended."""

import io
import os
import sys

import pytest

from composer.cli.progress import Progress
from composer.cli.stopping import leave


def test_a_build_that_is_cut_off_says_that_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    leave(Progress([], io.StringIO()).close, sys.stderr)
    assert ended == [130]
    assert "what was finished is kept" in capsys.readouterr().err
