"""Quality: our default against plain Gram and W2 in the same loop, by judges that are not our encoder.

    python -m benchmarks.quality [--assets DIR] [--size 384] [--pairs N] [--tuning] [--out DIR] [--brief]
    python -m benchmarks.quality --seams --size 768 --pairs 3
    python -m benchmarks.quality --defects 0.85 [--out DIR]

Prints for each pair how near each method comes to the style at the content distance of our default (1: the
untouched photograph, 0: the painting), and what is wrong with our picture; writes contact sheets to `--out`.
Bar: ours nearer than both baselines on eight pairs in ten. At 384 pixels a pair takes some minutes.
Paints in the precision that a build here would take; COMPOSER_PRECISION says another.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
import torch

from composer.build.device import choose_precision
from composer.operation import PlainBench

from .judge import Judge, judges
from .methods import DEFAULT, Method, Ours, methods
from .networks import DEPTH, HEADS
from .pairs import ASSETS, PAIRS, TUNING, missing
from .report import Row, curve_lines, defect_line, summary
from .seams import seams
from .sheet import Tile, write_sheet
from .trial import Defects, Subject, Trial, identity, restlessness, tried


def main() -> int:
    """Run the pairs asked for; 0 also where the assets are not there, which is said."""
    given = _arguments()
    pairs = (TUNING if given.tuning else PAIRS)[given.skip : given.skip + given.pairs]
    if absent := missing(pairs, (HEADS, DEPTH), given.assets):
        print(f"left out: no {absent[0].name} at {absent[0].parent}; --assets says where the pictures lie")
        return 0
    torch.set_num_threads(given.threads)
    bench = PlainBench(threads=given.threads, precision=choose_precision("cpu"))
    if given.seams:
        for pair in pairs:
            print(pair.name, seams(Subject.of(pair, given.assets, given.size), bench), flush=True)
        return 0
    if given.defects is not None:
        _look_for_defects([Subject.of(pair, given.assets, given.size) for pair in pairs], bench, given)
        return 0
    painters, panel = methods(bench), judges(given.assets)
    rows: list[Row] = []
    for pair in pairs:
        subject = Subject.of(pair, given.assets, given.size)
        rows += _examined(subject, painters, panel, given)
    print("\n".join(summary(rows)))
    return 0


def _look_for_defects(subjects: Sequence[Subject], bench: PlainBench, given: argparse.Namespace) -> None:
    """Ours alone at one strength, each picture's figures and their geometric mean; at 1:1 in `--out`."""
    found: list[Defects] = []
    for subject in subjects:
        picture = Ours(bench).paint(subject.content, subject.style, given.defects)
        found.append(Defects.of(picture, subject))
        print(subject.pair.name, defect_line(f"ours {given.defects:g}", found[-1]), sep="\n", flush=True)
        if given.out:
            write_sheet([Tile(subject.pair.name, picture)], _sheet(given.out, subject))
    means = np.exp(np.log([astuple(each) for each in found]).mean(axis=0))
    print("geometric mean", defect_line("", Defects(*means.tolist())), sep="\n")


def _sheet(folder: Path, subject: Subject) -> Path:
    return folder / f"{subject.pair.name.replace(' · ', '-').replace(' ', '_')}.jpg"


def _examined(
    subject: Subject, painters: tuple[Method, ...], panel: tuple[Judge, ...], given: argparse.Namespace
) -> list[Row]:
    told = (lambda line: print(f"  … {line}", file=sys.stderr, flush=True)) if given.verbose else _silent
    trial = tried(subject, painters, panel, told)
    rows = [Row.of(trial, judge.name, [p.name for p in painters[1:]]) for judge in panel]
    print(subject.pair.name, *rows, *(curve_lines(trial) if given.verbose else ()), sep="\n", flush=True)
    shown = _shown(trial, painters, panel[0].name)
    for tile in shown[2:]:
        print(defect_line(tile.caption, Defects.of(tile.picture, subject)), flush=True)
    if not given.brief:
        _print_steadiness(trial, painters[0])
    if given.out:
        write_sheet(shown, _sheet(given.out, subject))
    return rows


def _shown(trial: Trial, painters: tuple[Method, ...], judge: str) -> list[Tile]:
    """The photograph, the painting, ours from weak to full, and each baseline nearest to our default."""
    ours, baselines = painters[0], painters[1:]
    tiles = [Tile("photograph", trial.subject.content), Tile("painting", trial.subject.style)]
    for knob in ours.knobs:
        tiles.append(Tile(f"ours {knob:g}", trial.pictures[ours.name, knob]))
    at = trial.curves[judge, ours.name].point(DEFAULT.strength).verdict.content
    for method in baselines:
        knob, picture = trial.matching(judge, method.name, at)
        tiles.append(Tile(f"{method.name} {knob:g}", picture))
    return tiles


def _print_steadiness(trial: Trial, ours: Method) -> None:
    picture = trial.pictures[ours.name, DEFAULT.strength]
    same, moved = identity(trial.subject, ours), restlessness(trial.subject, ours, picture)
    print(f"  identity {same:.1f} dB  shifted by a pixel: mean ΔE {moved:.4f}", flush=True)


def _silent(_line: str) -> None:
    """Tells no one."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.quality", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--assets", type=Path, default=ASSETS, help="where photographs, paintings and judges lie"
    )
    parser.add_argument("--size", type=int, default=384, help="long side of the pictures in pixels")
    parser.add_argument("--pairs", type=int, default=len(PAIRS), help="how many pairs")
    parser.add_argument("--skip", type=int, default=0, help="how many pairs to leave out first")
    parser.add_argument("--tuning", action="store_true", help="the pairs for trying things out on")
    parser.add_argument("--seams", action="store_true", help="only: ours in the smallest tiles, its seams")
    parser.add_argument(
        "--defects", type=float, metavar="STRENGTH", help="only: ours at that strength, its defects"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, help="folder for contact sheets")
    parser.add_argument("--brief", action="store_true", help="without identity and shift, two renders a pair")
    parser.add_argument("--verbose", action="store_true", help="every render and every curve")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
