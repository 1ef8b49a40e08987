"""Commands on a disk with so much room and no more, or on one that cannot be written: a program for its test.

    python -m tests.e2e.tight_disk HOME SPECIFICATION

HOME/disk is a small file system of its own, HOME/project what is copied there for each command.
SPECIFICATION, in JSON: `commands`, lists of words for `composer`, and `rooms`, the bytes that are left to
them; null makes the disk read-only instead. What each comes to, and what it comes to once there is room
again, is printed as one line of JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from composer import weights

from .forked import ran

NETWORK = b"weights of a network, as published" * 4000


def files(disk: Path) -> dict[str, str]:
    """Every file of the disk but those of stores and of git, by its digest."""
    found = {path.relative_to(disk): path for path in sorted(disk.rglob("*")) if path.is_file()}
    hidden = {".composer", ".git", "tmp", "filler"}
    return {
        str(name): hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in found.items()
        if not hidden & set(name.parts)
    }


def prepared(home: Path) -> Path:
    disk = home / "disk"
    os.chdir(home)
    for path in disk.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(home / "project", disk / "project")
    (disk / "tmp").mkdir()
    os.chdir(disk / "project")
    return disk


def refuse(disk: Path, room: int | None) -> None:
    if room is None:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        return
    free = os.statvfs(disk)
    with (disk / "filler").open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, max(1, free.f_bavail * free.f_bsize - room))


def relent(disk: Path, room: int | None) -> None:
    if room is None:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    else:
        (disk / "filler").unlink()


if __name__ == "__main__":
    home, specification = Path(sys.argv[1]), json.loads(sys.argv[2])
    disk = home / "disk"
    os.environ |= {"TMPDIR": str(disk / "tmp"), "COMPOSER_WEIGHTS": str(disk / "weights")}
    pin = hashlib.sha256(NETWORK).hexdigest()
    served = (home / "project/network").as_uri()
    weights.KNOWN["vgg19"] = weights.replace(weights.KNOWN["vgg19"], pin=f"sha256:{pin}", url=served)
    for words in specification["commands"]:
        for room in specification["rooms"]:
            prepared(home)
            before = files(disk)
            refuse(disk, room)
            answer = {"words": words, "room": room, "before": before, **ran(words), "after": files(disk)}
            answer["scratch"] = [path.name for path in (disk / "tmp").iterdir()]
            relent(disk, room)
            again = ran(words)
            answer |= {"again": again["status"], "told": again["err"], "whole": files(disk)}
            sys.stdout.write(json.dumps(answer) + "\n")
