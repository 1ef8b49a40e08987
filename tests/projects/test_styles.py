"""The style images: what is committed is what the generator and the metrics say it is."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

STYLES = Path(__file__).resolve().parents[2] / "projects" / "styles"
IMAGES = sorted(STYLES.glob("*.jpg"))


@pytest.fixture(scope="module", autouse=True)
def generator_on_path() -> Iterator[None]:
    """The generator is a script's package, not an installed one."""
    sys.path.insert(0, str(STYLES))
    yield
    sys.path.remove(str(STYLES))


@pytest.fixture(scope="module")
def metrics() -> ModuleType:
    return importlib.import_module("metrics")


@pytest.fixture(scope="module")
def painter() -> ModuleType:
    return importlib.import_module("paint.__main__")


def blocks(*colors: tuple[int, int, int]) -> np.ndarray:
    """Squares of 100 pixels in the given colours, no two neighbours alike."""
    rows, columns = np.indices((400, 500)) // 100
    return np.array(colors, np.uint8)[(2 * rows + columns) % len(colors)]


def table() -> dict[str, dict[str, str]]:
    """The README's rows by image name."""
    lines = [line for line in (STYLES / "README.md").read_text().splitlines() if line.startswith("| ")]
    head, *rows = ([cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines)
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows if row[0].endswith(".jpg")}


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.stem)
def test_each_image_opens_as_a_picture_of_the_promised_size(path: Path) -> None:
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert "icc_profile" not in picture.info, "a JPEG without a profile is sRGB"
        assert max(picture.size) == 768
        assert min(picture.size) >= 512
    assert 80_000 < path.stat().st_size < 250_000


def test_there_is_an_image_for_each_technique_and_all_together_stay_small(painter: ModuleType) -> None:
    assert {path.stem for path in IMAGES} == set(painter.TECHNIQUES)
    assert len(IMAGES) >= 8
    assert sum(path.stat().st_size for path in IMAGES) <= 1_600_000


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.stem)
def test_the_readme_shows_the_figures_of_the_files(path: Path, metrics: ModuleType) -> None:
    shown = table()[path.name]
    for column, figure in metrics.figures(path).items():
        assert float(shown[column]) == pytest.approx(float(figure), abs=0.011), column


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.stem)
def test_every_style_is_worth_offering(path: Path, metrics: ModuleType) -> None:
    found = metrics.measure(np.asarray(Image.open(path)))
    assert found.score >= 0.5
    assert found.value_contrast >= 0.45
    assert found.loud < 0.5


@pytest.mark.parametrize("name", ["woodcut", "watercolour", "palette_knife"])
def test_painting_twice_gives_the_same_picture(name: str, painter: ModuleType) -> None:
    assert np.array_equal(painter.picture(name, 0.2), painter.picture(name, 0.2))


@pytest.mark.parametrize("name", ["woodcut", "stained_glass"])
def test_a_small_picture_shows_the_masses_of_the_committed_one(name: str, painter: ModuleType) -> None:
    small = Image.fromarray(painter.picture(name, 0.3)).resize((6, 8), Image.Resampling.BOX)
    whole = Image.open(STYLES / f"{name}.jpg").resize((6, 8), Image.Resampling.BOX)
    gap = np.abs(np.asarray(small.convert("L"), float) - np.asarray(whole.convert("L"), float))
    assert gap.mean() < 30


def test_painting_on_the_command_line_writes_the_named_picture(
    painter: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert painter.main(["woodcut", "--scale", "0.2", "--into", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "woodcut.jpg\n"
    with Image.open(tmp_path / "woodcut.jpg") as picture:
        assert picture.size == (120, 154)


def test_an_unknown_technique_is_named_in_the_complaint(
    painter: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        painter.main(["woodcutt"])
    assert re.search(r"invalid choice: 'woodcutt'.*woodcut", capsys.readouterr().err)


def test_pictures_with_nothing_to_take_score_nothing(metrics: ModuleType) -> None:
    rng = np.random.default_rng(1)
    ramp = np.broadcast_to(np.linspace(0, 255, 500)[None, :, None], (400, 500, 3))
    board = ((np.indices((400, 500)) // 4).sum(0) % 2 * 255)[..., None].repeat(3, -1)
    for name, picture in {
        "noise": rng.integers(0, 256, (400, 500, 3)),
        "gradient": ramp,
        "fine chequers": board,
        "one grey": np.full((400, 500, 3), 128),
    }.items():
        assert metrics.measure(picture.astype(np.uint8)).score < 0.05, name


def test_value_contrast_counts_before_hue(metrics: ModuleType) -> None:
    red, white, blue = (200, 20, 20), (250, 250, 250), (20, 20, 200)
    muddy, clear = metrics.measure(blocks(red, blue)), metrics.measure(blocks(red, white, blue))
    assert clear.score > 0.6
    assert muddy.score < 0.5 * clear.score
    assert muddy.hue_contrast == pytest.approx(clear.hue_contrast, rel=0.2)


def test_big_blocks_score_above_the_same_blocks_shuffled_fine(metrics: ModuleType) -> None:
    picture = blocks((230, 60, 30), (245, 240, 220), (20, 30, 90))
    shuffled = np.random.default_rng(2).permutation(picture.reshape(-1, 3)).reshape(picture.shape)
    assert metrics.measure(picture).score > 0.6
    assert metrics.measure(shuffled).score < 0.1


@pytest.mark.parametrize(("x", "expected"), [(0.0, 0.0), (0.1, 0.0), (0.3, 0.5), (0.5, 1.0), (2.0, 1.0)])
def test_a_ramp_rises_between_its_bounds(x: float, expected: float, metrics: ModuleType) -> None:
    assert metrics.ramp(x, 0.1, 0.5) == pytest.approx(expected)
