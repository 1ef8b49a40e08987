"""Trains the compact encoder and writes what ships: `python -m training.encoder --images DIR...`.

Knows the files read and the files written. Does not know how a step works (`regression`).
"""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from composer.neural.encoder import LAYERS, Encoder
from training.batches import Batches
from training.photographs import bundled_images, find_images, read_rgb, read_unlike
from training.procedural import procedural_images
from training.readout import Readout, r_squared
from training.regression import Regression, Schedule, Teacher, start
from training.scaling import scale_by_use
from training.settings import Settings, read_command_line
from training.teacher import load_teacher
from training.team import in_team

REVIVE = 400  # steps between revivals of dead units, as long as crops are small

log = logging.getLogger("training.encoder")


def pictures(settings: Settings) -> tuple[list[Tensor], dict[str, Tensor]]:
    """Images to train on, and held-out images by stem; none of these is trained on under another name."""
    files = find_images(settings.images)
    held_out = {f.stem: read_rgb(f) for f in files if f.stem in settings.holdout}
    if missing := set(settings.holdout) - set(held_out):
        raise SystemExit(f"No such image to hold out: {', '.join(sorted(missing))}")
    rest = [f for f in files if f.stem not in held_out]
    return read_unlike([*rest, *bundled_images()], list(held_out.values())), held_out


def central_crop(image: Tensor, side: int = 256) -> Tensor:
    """The middle of a (3, H, W) uint8 image: (1, 3, side, side) floats in 0..1, less where it is smaller."""
    top, left = max(0, (image.shape[1] - side) // 2), max(0, (image.shape[2] - side) // 2)
    return image[None, :, top : top + side, left : left + side].float() / 255


@torch.no_grad()
def judge(encoder: Encoder, readout: Readout, teacher: Teacher, images: Iterable[Tensor]) -> Tensor:
    """R squared by layer over the images' central crops, in single precision."""
    crops = map(central_crop, images)
    return r_squared(readout, ((encoder(crop), teacher(crop)) for crop in crops))


def prepare(settings: Settings, photographs: list[Tensor], worker: int = 0) -> tuple[Regression, Batches]:
    """A regression at its random start, the same for every worker, and the batches this worker will see."""
    schedule = Schedule(settings.steps)
    made_up = procedural_images(settings.pictures, 224, settings.seed)
    batches = Batches(
        photographs,
        made_up,
        settings.procedural,
        settings.batch,
        settings.side,
        schedule.fall_begins,
        settings.seed,
    )
    teacher = load_teacher(settings.teacher, settings.gain)
    encoder = Encoder()
    start(encoder, settings.seed)
    with torch.no_grad():
        readout = Readout(encoder.channels, (teacher(batches.typical(i)) for i in range(20)))
    laid_out = encoder.to(memory_format=torch.channels_last)
    mine = replace(batches, worker=worker, workers=settings.workers)
    return Regression(laid_out, readout, teacher, schedule), mine


def train(regression: Regression, batches: Batches, checkpoint: Path, every: int = 200) -> Iterator[Tensor]:
    """Runs to the schedule's end, going on from the checkpoint when there is one.

    Yields the mean errors of every so many steps; worker 0 keeps the checkpoint.
    """
    if checkpoint.exists():
        regression.load(checkpoint)
        log.info("going on from step %d", regression.step)
    errors: list[Tensor] = []
    while regression.step < regression.schedule.steps:
        if 0 < regression.step < batches.late and regression.step % REVIVE == 0:
            regression.revive([batches.typical(i) for i in range(4)])
        errors.append(regression.advance(batches(regression.step)))
        if regression.step % every == 0 or regression.step == regression.schedule.steps:
            if batches.worker == 0:
                regression.save(checkpoint)
            yield torch.stack(errors).mean(0)
            errors.clear()


def export(encoder: Encoder, path: Path) -> None:
    """Writes the encoder's weights in half precision, as they ship."""
    save_file({name: tensor.half().contiguous() for name, tensor in encoder.state_dict().items()}, path)


def main(arguments: list[str]) -> None:
    """Trains, judges, exports."""
    settings = read_command_line(arguments)
    settings.output.mkdir(parents=True, exist_ok=True)
    in_team(settings.workers, partial(work, settings))


def work(settings: Settings, worker: int) -> None:
    """What each worker does; number 0 also keeps the log."""
    torch.set_num_threads(1)
    with _log_kept(settings.output / "log.txt") if worker == 0 else nullcontext():
        _work(settings, worker)


def _work(settings: Settings, worker: int) -> None:
    photographs, held_out = pictures(settings)
    log.info("%s; %d images, held out %s", settings, len(photographs), ", ".join(held_out) or "none")
    regression, batches = prepare(settings, photographs, worker)
    for errors in train(regression, batches, settings.output / "checkpoint.pt"):
        log.info("step %d: R2 on crops seen %s", regression.step, _figures(1 - errors))
    if worker == 0:
        encoder, readout = regression.averaged()
        scale_by_use(encoder, readout)
        export(encoder, settings.output / "encoder.safetensors")
        report(encoder, readout, regression.teacher, held_out)


def report(encoder: Encoder, readout: Readout, teacher: Teacher, held_out: dict[str, Tensor]) -> None:
    """Logs R squared by layer, over all held-out images together and for each."""
    if held_out:
        log.info("held out: %s", _figures(judge(encoder, readout, teacher, held_out.values())))
    for name, image in held_out.items():
        log.info("%s: %s", name, _figures(judge(encoder, readout, teacher, [image])))


def _figures(values: Tensor) -> str:
    return ", ".join(f"{layer} {v:.4f}" for layer, v in zip(LAYERS, values.tolist(), strict=True))


@contextmanager
def _log_kept(path: Path) -> Iterator[None]:
    """Log lines go to `path`, after those already there, and to the terminal."""
    handlers = (logging.FileHandler(path), logging.StreamHandler())
    log.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        log.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            log.removeHandler(handler)
            handler.close()


if __name__ == "__main__":
    main(sys.argv[1:])
