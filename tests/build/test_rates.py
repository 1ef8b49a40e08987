"""What a build is said to take, by what earlier builds on this machine took."""

from dataclasses import replace
from pathlib import Path

import pytest

from composer.build import rates
from composer.build.rates import Rates
from composer.graph.action import Fill
from composer.graph.manifest import Device
from composer.graph.node import Node, Plan
from composer.pixels.geometry import Extent

CPU = Device("cpu", 2)


def paper(width: int, height: int) -> Node:
    return Node("paper", Fill((0.0, 0.0, 0.0, 1.0), Extent(width, height)))


def known(node: Node, device: Device = CPU) -> Rates:
    return Rates(Plan("", {node.name: node}, (), {}, ""), device)


def ran(node: Node, *seconds: float, device: Device = CPU, patched: bool = False) -> None:
    known(node, device).record([(node, each, patched) for each in seconds])


def predicted(node: Node, device: Device = CPU) -> float | None:
    return known(node, device).seconds(node)


def test_nothing_is_known_of_what_never_ran() -> None:
    assert predicted(paper(1000, 1000)) is None


def test_the_middle_one_of_the_last_five_is_expected() -> None:
    ran(paper(1000, 1000), 90, 90, 90, 3, 1, 2, 50, 1.5)
    assert predicted(paper(1000, 1000)) == 2


def test_more_pixels_take_longer_in_proportion() -> None:
    ran(paper(1000, 1000), 2.0)
    assert predicted(paper(2000, 1000)) == pytest.approx(4.0)
    assert predicted(paper(500, 500)) == pytest.approx(0.5)


def test_the_runs_of_the_nearest_size_count() -> None:
    ran(paper(500, 500), *[0.1] * 5)
    ran(paper(2000, 2000), *[8.0] * 5)
    assert predicted(paper(500, 500)) == pytest.approx(0.1)
    assert predicted(paper(2000, 1500)) == pytest.approx(6.0)


def test_a_tiny_picture_tells_nothing_of_a_large_one() -> None:
    ran(paper(100, 60), 0.05)
    assert predicted(paper(4000, 3000)) is None


@pytest.mark.parametrize("other", [Device("cpu", 16), replace(CPU, threads=1)])
def test_another_number_of_threads_is_another_machine(other: Device) -> None:
    ran(paper(1000, 1000), 2.0)
    assert predicted(paper(1000, 1000), other) is None


def test_a_graphics_card_does_not_change_what_the_processor_does() -> None:
    ran(paper(1000, 1000), 2.0)
    assert predicted(paper(1000, 1000), Device("cuda", 2, "H100")) == 2.0


def test_another_processor_is_another_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran(paper(1000, 1000), 2.0)
    other = tmp_path / "cpuinfo"
    other.write_text("processor : 0\nmodel name : Another One\n")
    monkeypatch.setattr(rates, "_CPUINFO", other)
    assert predicted(paper(1000, 1000)) is None


def test_a_patch_is_not_expected_to_take_what_all_of_it_takes() -> None:
    ran(paper(1000, 1000), 2.0, patched=True)
    assert predicted(paper(1000, 1000)) is None
    assert known(paper(1000, 1000)).seconds(paper(1000, 1000), is_patch=True) == 2.0


def test_what_ran_long_ago_is_known_after_a_thousand_saves(tmp_path: Path) -> None:
    slow = Node("slow", Fill((0.0, 0.0, 0.0, 1.0), Extent(3000, 2000)))
    ran(slow, 60.0, patched=True)
    for _ in range(1000):
        ran(paper(1000, 1000), *[0.5] * 8)
    assert known(slow).seconds(slow, is_patch=True) == 60.0
    files = [path for path in tmp_path.parent.rglob("seconds.jsonl") if path.stat().st_size > 256 * 1024]
    assert files == []


@pytest.mark.parametrize("line", ['["a"]', '["a", "b", "c", "d", 1]', "[1, 2, 3, 4, 5]", '{"a": 1}'])
def test_a_line_that_is_no_sample_is_passed_over(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COMPOSER_STATE", str(tmp_path))
    ran(paper(1000, 1000), 2.0)
    with (tmp_path / "seconds.jsonl").open("a") as file:
        file.write(f"{line}\n")
    assert predicted(paper(1000, 1000)) == 2.0


@pytest.mark.parametrize("sample", ["[1, NaN]", "[-1, 2]", "[1, Infinity]"])
def test_a_number_that_is_none_is_passed_over(
    sample: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COMPOSER_STATE", str(tmp_path))
    ran(paper(1000, 1000), 2.0)
    file = tmp_path / "seconds.jsonl"
    head = file.read_text().strip().rpartition(",1.0,")[0]
    file.write_text(file.read_text() + f"{head},{sample[1:]}\n")
    assert predicted(paper(1000, 1000)) == 2.0
