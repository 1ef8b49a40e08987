"""Errors: one tree; each branch has an exit code and a next step for the user.

    ComposerError            message, hint                                 exit 1
    ├── PieceError           mistakes in the piece file (diagnostics)      exit 2
    ├── UsageError           the command line makes no sense               exit 2
    ├── InputError           a file that cannot be read as what it is said to be
    ├── OperationError       an operation cannot do what is asked of it
    ├── MissingWeights       a file of weights is not on this machine
    ├── LockMismatch         a render is not the one that the lock file records
    ├── StoreError           the store cannot be read or written
    ├── BlobMissing          a blob was asked for that the store does not have (any more)
    ├── UnknownExtension     no extension has that name (in `registry`)
    ├── RegistryError        an extension breaks the contract of its kind (in `registry`)
    └── Cancelled            the artist stopped the build                  exit 130

Knows nothing else of ours, except that what is wrong at a place of the piece is a diagnostic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .diagnostics import Diagnostic


class ComposerError(Exception):
    """Something the user can read and act on: what is wrong, and a hint what to do.

    `diagnostics`: where in the piece it stands, told in full in the message; empty when it is not known.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "", diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.diagnostics = tuple(diagnostics)

    def __str__(self) -> str:
        return f"{self.message}\n   hint: {self.hint}" if self.hint else self.message


class PieceError(ComposerError):
    """The piece file has mistakes; all of them are in `diagnostics`."""

    exit_code: ClassVar[int] = 2

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(_shown(diagnostics), diagnostics=diagnostics)


class UsageError(ComposerError):
    """The command line asks for something that does not exist."""

    exit_code: ClassVar[int] = 2


class InputError(ComposerError):
    """A file is missing or is not what the piece says it is; the message names it."""


class OperationError(ComposerError):
    """An operation cannot do what is asked of it with these inputs."""


class MissingWeights(ComposerError):
    """Weights that must be fetched are not here; the hint names the command and the path."""

    @classmethod
    def at(cls, diagnostics: Sequence[Diagnostic]) -> MissingWeights:
        """Told at every place of a piece that needs weights which are not here."""
        return cls(_shown(diagnostics), diagnostics=diagnostics)


class LockMismatch(ComposerError):
    """A render differs from the one that the lock file records; the message says which layers."""


class StoreError(ComposerError):
    """The store cannot be read or written (full disk, no permission)."""


class BlobMissing(ComposerError):
    """The store has no intact blob of this digest: never put, evicted or garbled. To a build, a miss."""


class Cancelled(ComposerError):
    """The artist stopped the work, or it is no longer wanted."""

    exit_code: ClassVar[int] = 130

    def __init__(self, message: str = "stopped") -> None:
        super().__init__(message)


def in_words(error: Exception) -> ComposerError:
    """Whatever was raised, as something the user can read and act on."""
    if isinstance(error, ComposerError):
        return error
    if isinstance(error, UnicodeEncodeError):
        hint = "set LC_ALL=C.UTF-8, or PYTHONUTF8=1, and run it again"
        return ComposerError(f"this system's character set ({error.encoding}) lacks {error.object!r}", hint)
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"{error.filename}: "
        hint = "check the path, its permissions and the space on its disk, and run it again"
        return ComposerError(f"{place}{error.strerror or error}", hint)
    if isinstance(error, MemoryError):
        return ComposerError("there is not enough memory", "build with --jobs 1, or a draft with --scale 0.5")
    if isinstance(error, ImportError):
        hint = "a limit on memory (ulimit -v) may forbid it; or it is damaged: install Composer again"
        return ComposerError(f"a library cannot be loaded: {error}", hint)
    hint = "this is a mistake in Composer; run again with --verbose and report what it prints"
    return ComposerError(f"{type(error).__name__}: {error}", hint)


def _shown(diagnostics: Sequence[Diagnostic]) -> str:
    return "\n".join(str(diagnostic) for diagnostic in diagnostics)
