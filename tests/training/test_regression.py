"""Training learns, can be interrupted anywhere, and says what it held out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from composer.neural.encoder import Encoder
from training.batches import Batches
from training.encoder import main, pictures, train
from training.procedural import procedural_images
from training.readout import Readout
from training.regression import Regression, Schedule, start
from training.settings import read_command_line
from training.teacher import Teacher

SMALL = ((6, 6), (8, 8), (8, 8), (8, 8), (8,))
STEPS = 4


@pytest.fixture
def batches() -> Batches:
    return Batches([], procedural_images(6, 48, seed=3), share=1.0, size=2, side=32, late=3, seed=5)


def regression(teacher: Teacher, batches: Batches, steps: int = STEPS) -> Regression:
    encoder = Encoder(SMALL)
    start(encoder, seed=2)
    with torch.no_grad():
        readout = Readout(encoder.channels, [teacher(batches(-1)), teacher(batches(-2))])
    return Regression(encoder, readout, teacher, Schedule(steps, warm_up=2))


def weights(regression: Regression) -> list[Tensor]:
    return [*regression.network.state_dict().values(), *regression.mean.values()]


def test_errors_fall_on_pictures_made_from_nothing(
    teacher: Teacher, batches: Batches, tmp_path: Path
) -> None:
    course = regression(teacher, replace(batches, size=6, late=1000), steps=60)
    first, *_, last = train(course, batches, tmp_path / "checkpoint.pt", every=10)
    assert last.sum() < 0.85 * first.sum()


def test_an_interrupted_training_ends_with_the_same_weights(
    teacher: Teacher, batches: Batches, tmp_path: Path
) -> None:
    whole = regression(teacher, batches)
    list(train(whole, batches, tmp_path / "whole.pt", every=1))
    interrupted = train(regression(teacher, batches), batches, tmp_path / "cut.pt", every=1)
    next(interrupted), next(interrupted)
    resumed = regression(teacher, batches)
    rest = list(train(resumed, batches, tmp_path / "cut.pt", every=1))
    assert len(rest) == STEPS - 2
    assert all(torch.equal(a, b) for a, b in zip(weights(whole), weights(resumed), strict=True))


def test_late_batches_are_fewer_and_larger_crops(batches: Batches) -> None:
    assert batches(2).shape == (2, 3, 32, 32)
    assert batches(3).shape == (1, 3, 56, 56)


def test_workers_see_different_crops_of_the_same_step(batches: Batches) -> None:
    one, other = (replace(batches, worker=w, workers=2)(0) for w in (0, 1))
    assert one.shape == other.shape == (1, 3, 32, 32)
    assert not torch.equal(one, other)


def test_the_rate_rises_stays_and_falls_to_nothing() -> None:
    schedule = Schedule(steps=1000, peak=1.0, warm_up=100, fall=0.4)
    assert [schedule.rate(step) for step in (49, 300, 599, 800, 1000)] == [0.5, 1.0, 1.0, 0.5, 0.0]
    assert schedule.fall_begins == 600


def test_the_averaged_network_lies_between_the_weights_passed(
    teacher: Teacher, batches: Batches, tmp_path: Path
) -> None:
    course = regression(teacher, batches)
    list(train(course, batches, tmp_path / "c.pt"))
    latest = course.encoder.blocks[0].convolutions[0].weight.detach().clone()
    mean = course.averaged()[0].blocks[0].convolutions[0].weight
    assert not torch.equal(latest, mean)
    assert (latest - mean).abs().max() < 0.05


def test_a_held_out_picture_is_not_trained_on_under_another_name(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for name in ("one.png", "two.png", "one.mask.png"):
        Image.fromarray(random.integers(0, 255, (20, 30, 3), np.uint8)).save(tmp_path / name)
    (tmp_path / "copy.png").write_bytes((tmp_path / "one.png").read_bytes())
    line = ["--images", str(tmp_path), "--teacher", "t.safetensors", "--holdout", "one"]
    trained, held_out = pictures(read_command_line(line))
    assert list(held_out) == ["one"]
    small = [image for image in trained if image.shape == (3, 20, 30)]
    assert len(small) == 1
    assert not torch.equal(small[0], held_out["one"])


def test_an_unknown_picture_to_hold_out_is_named(tmp_path: Path) -> None:
    line = ["--images", str(tmp_path), "--teacher", "t.safetensors", "--holdout", "mona_lisa"]
    with pytest.raises(SystemExit, match="mona_lisa"):
        pictures(read_command_line(line))


def test_the_command_writes_weights_that_the_encoder_takes(assets: Path, tmp_path: Path) -> None:
    teacher = assets / "weights" / "vgg19_16x.safetensors"
    line = f"--teacher {teacher} --output {tmp_path} --steps 1 --batch 1 --side 32 --workers 1 --pictures 3"
    main(line.split())
    Encoder().load_state_dict(load_file(tmp_path / "encoder.safetensors"))
    assert "step 1: R2 on crops seen relu1_1" in (tmp_path / "log.txt").read_text()
