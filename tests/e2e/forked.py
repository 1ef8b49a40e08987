"""The command in a child process: what is done to the child leaves its caller as it was."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable, Sequence

from composer.cli.main import main


def ran(words: Sequence[str], begin: Callable[[], object] = bool) -> dict[str, object]:
    """`composer WORDS` after `begin`; its exit status and what the artist reads."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                begin()
                status = main(words)
            except BaseException as error:
                status, _ = -1, err.write(f"RAISED {error!r}")
        with os.fdopen(writing, "w", closefd=False) as pipe:
            pipe.write(json.dumps({"status": status, "out": out.getvalue(), "err": err.getvalue()}))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = json.loads(pipe.read())
    os.wait()
    assert isinstance(answer, dict)
    return answer
