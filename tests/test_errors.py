"""What the artist reads of errors that are not ours."""

import pytest

from composer.errors import OperationError, in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("libtorch_cpu.so: failed to map segment"), ["libtorch_cpu.so", "ulimit -v"]),
        (MemoryError(), ["not enough memory", "--scale 0.5"]),
        (PermissionError(13, "Permission denied", "a.psd"), ["a.psd: Permission denied", "permissions"]),
        (KeyError("oops"), ["KeyError: 'oops'", "mistake in Composer"]),
    ],
)
def test_whatever_is_raised_is_told_with_what_to_do(error: Exception, words: list[str]) -> None:
    told = str(in_words(error))
    for word in words:
        assert word in told
    assert "hint: " in told


def test_our_own_errors_come_as_they_are() -> None:
    error = OperationError("no face was found", "say where it is")
    assert in_words(error) is error
