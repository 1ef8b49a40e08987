"""Device: bf16 where the processor has it, fp32 everywhere else, unless the artist says otherwise."""

from pathlib import Path

import pytest

from composer.build.device import choose_device, choose_precision
from composer.errors import UsageError
from composer.graph.node import Plan

PROCESSORS = {
    "flags\t\t: fpu vme sse avx512f avx512_bf16 amx_tile": "bf16",
    "flags\t\t: fpu amx_bf16 amx_tile": "bf16",
    "Features\t: fp asimd i8mm bf16 dgh": "bf16",
    "flags\t\t: fpu avx2 avx512f": "fp32",
    "Features\t: fp asimd": "fp32",
    "": "fp32",
}


@pytest.fixture(params=PROCESSORS.items(), ids=lambda item: item[0][-12:] or "nothing told")
def processor(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """What Linux says of a processor, and the precision that follows."""
    flags, precision = request.param
    path = tmp_path / "cpuinfo"
    path.write_text(f"processor\t: 0\nmodel name\t: bf16 avx512_bf16\n{flags}\nbugs\t\t: none\n")
    return path, precision


def test_a_processor_that_multiplies_bf16_is_used_so(processor: tuple[Path, str]) -> None:
    cpuinfo, precision = processor
    assert choose_precision("cpu", {}, cpuinfo) == precision


def test_a_graphics_card_computes_in_fp32(processor: tuple[Path, str]) -> None:
    assert choose_precision("cuda", {}, processor[0]) == "fp32"


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("word", ["fp32", "bf16"])
def test_the_artists_word_counts(processor: tuple[Path, str], device: str, word: str) -> None:
    assert choose_precision(device, {"COMPOSER_PRECISION": word}, processor[0]) == word


def test_a_system_that_does_not_tell_computes_in_fp32(tmp_path: Path) -> None:
    assert choose_precision("cpu", {}, tmp_path / "nowhere") == "fp32"


def test_another_word_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_PRECISION", "half")
    with pytest.raises(UsageError, match='COMPOSER_PRECISION is "half"') as told:
        choose_device(Plan("", {}, (), {}, ""), "cpu")
    assert told.value.hint == "set it to fp32 or bf16"


def test_the_precision_is_an_ingredient_of_what_runs_on_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    devices = []
    for word in ("fp32", "bf16"):
        monkeypatch.setenv("COMPOSER_PRECISION", word)
        devices.append(str(choose_device(Plan("", {}, (), {}, ""), "cpu")))
    assert [device.rpartition(", ")[2] for device in devices] == ["fp32", "bf16"]
