"""Objectness: trains the small network that says what stands in front, for the segmentation without a model.

    python -m training.objectness --cutouts FOLDER --grounds FOLDER [--whole FOLDER] --output FOLDER

Knows composites (`training.composites`) and the network's shape. The encoder's features and the cues of the
composites are computed once and kept in memory, half a megabyte each; only what follows them is trained.
Writes `objectness.safetensors`, as `composer/masks/_objectness.py` reads it.
"""

import argparse
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from composer.masks._objectness import MAP_SIDE, cues_of, reduced
from composer.neural.encoder import Encoder, load_encoder
from composer.neural.shipped import encoder_digest
from training.composites import Stock, sample

CUES, FINE, MIDDLE, DEEP, POSITIONS = 11, 72, 128, 160, 3
_HELD_OUT = 200  # composites that are only measured
_RATE, _DECAY, _WARMING = 3e-3, 1e-2, 100
_RUNNING = 0.01  # of the running mean of the weights, which is what ships
_DROPPED = 0.1  # of the channels
_COARSE_WEIGHT = 0.4  # of the loss at 12 × 12
_REPORT = 250


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """(N, C, h, w) float16 features at 48, 24 and 12 pixels, (N, 11, 48, 48) cues, (N, 1, 48, 48) truths."""

    features: tuple[Tensor, Tensor, Tensor]
    cues: Tensor
    truth: Tensor

    def part(self, chosen: Tensor | slice) -> "Lesson":
        """Some of them, in single precision."""
        fine, middle, deep = (each[chosen].float() for each in self.features)
        return Lesson((fine, middle, deep), self.cues[chosen].float(), self.truth[chosen].float())


class Normal(nn.Module):
    """Channels less their mean, by their deviation, as measured once."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, values: Tensor) -> None:
        super().__init__()
        deviation, mean = torch.std_mean(values.float(), dim=(0, 2, 3), keepdim=True)
        self.register_buffer("mean", mean[0])
        self.register_buffer("deviation", deviation[0] + 0.02 * deviation.mean())

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, h, w) normalised."""
        normal: Tensor = (values - self.mean) / self.deviation
        return normal


class Objectness(nn.Module):
    """What is decided at 12 × 12, where a position sees all, is refined at 24 and 48."""

    def __init__(
        self, first: Lesson, deep: int = 64, middle: int = 48, fine: int = 32, cues: int = 24
    ) -> None:
        super().__init__()
        self.normal = nn.ModuleDict(
            dict(zip(("fine", "middle", "deep"), map(Normal, first.features), strict=True))
            | {"cues": Normal(first.cues)}
        )
        self.cues = nn.ModuleDict({"first": _near(CUES, cues), "second": _near(cues, cues)})
        self.deep = nn.ModuleDict(
            {
                "reduced": nn.Conv2d(DEEP + POSITIONS + cues, deep, 1),
                "near": _near(deep, deep),
                "far": nn.Conv2d(deep, deep, 3, padding=2, dilation=2),
                "whole": nn.Linear(deep, deep),
                "shown": nn.Conv2d(deep, 1, 1),
            }
        )
        self.middle = nn.ModuleDict(
            {
                "reduced": nn.Conv2d(MIDDLE, middle, 1),
                "joined": _near(deep + middle + cues, middle),
            }
        )
        self.fine = nn.ModuleDict(
            {
                "reduced": nn.Conv2d(FINE, fine, 1),
                "joined": _near(middle + fine + cues, fine),
                "shown": nn.Conv2d(fine, 1, 1),
            }
        )

    def forward(self, lesson: Lesson) -> tuple[Tensor, Tensor]:
        """Logits (N, 1, 48, 48), and (N, 1, 12, 12) that only training looks at."""
        names = ("fine", "middle", "deep")
        fine, middle, deep = (
            F.dropout2d(self.normal[name](each), _DROPPED, self.training)
            for name, each in zip(names, lesson.features, strict=True)
        )
        cues = F.relu(self.cues["first"](self.normal["cues"](lesson.cues)))
        cues = cues + F.relu(self.cues["second"](cues))
        half, quarter = F.avg_pool2d(cues, 2), F.avg_pool2d(cues, 4)
        values = F.relu(self.deep["reduced"](torch.cat((deep, _position(deep), quarter), 1)))
        values = values + F.relu(self.deep["near"](values))
        values = values + F.relu(self.deep["far"](values))
        values = F.relu(values + self.deep["whole"](values.mean((2, 3)))[..., None, None])
        coarse = self.deep["shown"](values)
        middle = F.relu(self.middle["reduced"](middle))
        values = F.relu(self.middle["joined"](torch.cat((_doubled(values), middle, half), 1)))
        fine = F.relu(self.fine["reduced"](fine))
        values = F.relu(self.fine["joined"](torch.cat((_doubled(values), fine, cues), 1)))
        return self.fine["shown"](values), coarse


def _near(inputs: int, outputs: int) -> nn.Module:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def _doubled(values: Tensor) -> Tensor:
    return F.interpolate(values, scale_factor=2, mode="bilinear", align_corners=False)


def _position(values: Tensor) -> Tensor:
    across = torch.linspace(-1, 1, values.shape[3])
    y, x = torch.meshgrid(across, across, indexing="ij")
    return torch.stack((x * x, y, y * y)).expand(len(values), -1, -1, -1)


def read_lesson(stock: Stock, count: int, seed: int) -> Lesson:
    """Features, cues and truths of that many composites."""
    encoder = load_encoder("cpu")
    found: list[Tensor] = []
    for first in range(0, count, 8):
        parts = _read(encoder, stock, seed + first, min(8, count - first))
        # Room for all at once: joined at the end they would lie in memory twice.
        found = found or [torch.empty((count, *part.shape[1:]), dtype=part.dtype) for part in parts]
        for whole, part in zip(found, parts, strict=True):
            whole[first : first + len(part)] = part
    fine, middle, deep, cues, truth = found
    return Lesson((fine, middle, deep), cues, truth)


def _read(encoder: Encoder, stock: Stock, seed: int, count: int) -> tuple[Tensor, ...]:
    pictures, truths = zip(*(sample(stock, seed + k) for k in range(count)), strict=True)
    rgb = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    opaque = np.ones((MAP_SIDE, MAP_SIDE), bool)
    cues = np.stack([cues_of(reduced(picture), opaque) for picture in pictures])
    with torch.no_grad():
        features = [each.half() for each in encoder(rgb)[2:]]
    truth = torch.from_numpy(np.stack(truths))[:, None]
    return (*features, torch.from_numpy(cues).permute(0, 3, 1, 2).half(), truth.half())


def loss_of(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross entropy, and one less the soft intersection over union of each picture."""
    shown = torch.sigmoid(logits)
    both = (shown * truth).sum((1, 2, 3))
    either = (shown + truth - shown * truth).sum((1, 2, 3))
    return F.binary_cross_entropy_with_logits(logits, truth) + (1 - (both + 1) / (either + 1)).mean()


def trained(lesson: Lesson, steps: int, batch: int, seed: int) -> Iterator[tuple[int, Objectness]]:
    """The network with the running mean of its weights, every 250 steps and at the end."""
    torch.manual_seed(seed)
    learnt = len(lesson.truth) - min(_HELD_OUT, len(lesson.truth) // 4)
    network = Objectness(lesson.part(slice(0, 150))).train()
    mean = deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=_DECAY)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1, step / _WARMING, 2 * (1 - step / steps))
        part = lesson.part(torch.randint(learnt, (batch,)))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits, coarse = network(part)
        loss = loss_of(logits.float(), part.truth)
        loss = loss + _COARSE_WEIGHT * loss_of(coarse.float(), F.avg_pool2d(part.truth, 4))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        _keep(mean, network)
        if (step + 1) % _REPORT == 0 or step + 1 == steps:
            yield step + 1, mean


def _keep(mean: nn.Module, network: nn.Module) -> None:
    with torch.no_grad():
        for kept, new in zip(mean.parameters(), network.parameters(), strict=True):
            kept.lerp_(new, _RUNNING)


def held_out_overlap(network: Objectness, lesson: Lesson) -> float:
    """Mean intersection over union on the composites that were not trained on."""
    part = lesson.part(slice(-min(_HELD_OUT, len(lesson.truth) // 4), None))
    network.eval()
    with torch.no_grad():
        shown, truth = network(part)[0] > 0, part.truth > 0.5
    network.train()
    both, either = (shown & truth).sum((1, 2, 3)), (shown | truth).sum((1, 2, 3))
    return float((both / either.clamp(min=1)).mean())


def exported(network: Objectness) -> dict[str, Tensor]:
    """Weights by name in half precision; what features are normalised by is folded into what reads them."""
    found: dict[str, Tensor] = {}
    for room in ("cues", "deep", "middle", "fine"):
        for name, layer in cast(nn.ModuleDict, getattr(network, room)).items():
            weight, bias = (cast(Tensor, each).detach().clone() for each in (layer.weight, layer.bias))
            if name == "reduced":
                normal = cast(Normal, network.normal[room])
                mean, deviation = normal.mean.flatten(), normal.deviation.flatten()
                weight[:, : len(mean), 0, 0] /= deviation
                bias -= weight[:, : len(mean), 0, 0] @ mean
            found |= {f"{room}.{name}.weight": weight, f"{room}.{name}.bias": bias}
    del found["deep.shown.weight"], found["deep.shown.bias"]
    cues = cast(Normal, network.normal["cues"])
    found |= {"cues.mean": cues.mean.flatten(), "cues.deviation": cues.deviation.flatten()}
    return {name: values.half().contiguous() for name, values in found.items()}


def main() -> None:
    """Train and write what ships."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--cutouts",
        type=Path,
        required=True,
        help="pictures with transparency, or a folder of them for each kind: people, photographs, rendered",
    )
    parser.add_argument("--grounds", type=Path, required=True, help="pictures that figures are put before")
    parser.add_argument("--whole", type=Path, help="pictures, each with its truth NAME.mask.png")
    parser.add_argument("--output", type=Path, default=Path("training/runs/objectness"))
    parser.add_argument("--composites", type=int, default=9000)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)  # sums are then taken in one order, and a second run makes the same file
    stock = Stock.read(options.cutouts, options.grounds, options.whole)
    lesson = read_lesson(stock, options.composites, options.seed)
    options.output.mkdir(parents=True, exist_ok=True)
    for step, network in trained(lesson, options.steps, options.batch, options.seed):
        print(f"{step}: IoU {held_out_overlap(network, lesson):.3f} on composites held out")
        save_file(exported(network), options.output / "objectness.safetensors", {"encoder": encoder_digest()})


if __name__ == "__main__":
    main()
