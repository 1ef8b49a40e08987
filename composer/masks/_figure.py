"""Figure: who stands in front, found without a model of others, and how sure that is.

Knows small images (320 px). A small network of our own says about where the figure is (`_objectness`), and
faces say it of people (`_people`). On a still smaller copy many outlines are tried (`_candidates`) and
weighed by how plausible each is (`_plausible`); what they agree on starts a last GrabCut at full size. With
hints, which say where the figure is, neither is asked, and five readings of the picture vote alike. No
extension of its own.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ..pixels.color import srgb_to_oklab
from ..pixels.gaussian import float32
from ..pixels.raster import Array, FloatArray
from ._candidates import Cues, candidates
from ._cutting import cut_out, labels_of, overlap, tidied
from ._frame import inside_frame
from ._hints import Hints, pointed_parts
from ._objectness import objectness
from ._people import people_in, with_people
from ._place import Place
from ._plausible import plausibility

WORK_SIDE = 320
TRIAL_SIDE = 128  # GrabCut's time grows with the area, and what it tells of an outline does not
_VOTE_SIDE = 160
_DECISION = 20.0  # how much more a candidate has to say for being more plausible
_PEOPLE = 0.4  # how much of a say where people are has, by the rest of what is plausible
_ROUNDS, _LAST_ROUNDS = 5, 2
_FULL_CONTRAST = 0.6  # of the strongest evidence: figures that stand out wholly


@dataclass(frozen=True, eq=False, slots=True)
class Figure:
    """`shown` (H, W) bool; `confidence` 0…1."""

    shown: Array
    confidence: float


def find_figure(rgb: Array, opaque: Array, hints: Hints) -> Figure:
    """(H, W, 3) uint8 and (H, W) bool, where the picture is opaque, to the figure in it."""
    box = inside_frame(rgb)
    inner = hints.seen_from(box.left, box.top)
    found = _found(np.ascontiguousarray(rgb[box.slices]), opaque[box.slices], inner)
    shown = np.zeros_like(opaque)
    shown[box.slices] = found.shown
    return Figure(shown, found.confidence)


def _found(rgb: Array, opaque: Array, hints: Hints) -> Figure:
    if hints.given:
        shares, confidence = _voted(*small_copy(rgb, opaque, hints, _VOTE_SIDE))
    else:
        copy = small_copy(rgb, opaque, hints, TRIAL_SIDE)
        people = people_in(rgb, opaque, copy[0].shape[:2])
        shares, confidence = _tried(*copy, likely_figure(rgb, opaque, people), people)
    shown = pointed_parts(_settled(rgb, shares, Place.of(opaque, hints)), hints)
    return Figure(shown, confidence if shown.any() else 0.0)


def small_copy(rgb: Array, opaque: Array, hints: Hints, side: int) -> tuple[Array, FloatArray, Place]:
    """A smaller copy: colours, OKLab and where the figure may be."""
    scale = min(1.0, side / max(opaque.shape))
    size = (max(3, round(opaque.shape[1] * scale)), max(3, round(opaque.shape[0] * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    small_opaque = cv2.resize(opaque.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    ratio = size[0] / opaque.shape[1], size[1] / opaque.shape[0]
    place = Place.of(small_opaque, hints.seen_from(0, 0, *ratio))
    return small, srgb_to_oklab(small.astype(np.float32) / np.float32(255)), place


def likely_figure(rgb: Array, opaque: Array, people: Array) -> FloatArray:
    """The objectness of `rgb`, at the size of the (h, w) bool where people are in it."""
    height, width = people.shape
    likely = cv2.resize(objectness(rgb, opaque), (width, height), interpolation=cv2.INTER_LINEAR)
    return with_people(float32(likely), people)


def _tried(
    rgb: Array, lab: FloatArray, place: Place, likely: FloatArray, people: Array
) -> tuple[FloatArray, float]:
    """(H, W) 0…1 how many candidates show a pixel, by what they have to say; and how sure that is.

    Sure is what is plausible, and agreed upon by all that have something to say.
    """
    nothing = np.zeros(place.opaque.shape, np.float32)
    if not place.possible.any():
        return nothing, 0.0
    cues = Cues.of(lab, place)
    tried = candidates(rgb, lab, cues, likely, place)
    foretold = plausibility(tried, lab, cues.evidence(), likely)
    if np.isneginf(foretold).all():
        return nothing, 0.0
    trust = np.float32(_PEOPLE if people.any() else 0)
    met = (tried & people).sum(axis=(1, 2)) / np.float32(max(1, people.sum()))
    worth = foretold + trust * met
    weights = np.exp(np.float32(_DECISION) * (worth - worth.max()))
    shares = float32(np.tensordot(weights / weights.sum(), tried.astype(np.float32), 1))
    agreed = np.array([overlap(one, shares > 0.5) for one in tried])
    agreement = float((weights * agreed).sum() / weights.sum())
    plausible = min(max(float(worth.max() / (1 + trust)), 0.0), 1.0)
    return shares, round(plausible * agreement, 4)


def _voted(rgb: Array, lab: FloatArray, place: Place) -> tuple[FloatArray, float]:
    """The same by readings that know of hints."""
    readings = list(Cues.of(lab, place).readings(place))
    votes = np.array([tidied(cut_out(rgb, labels_of(reading, place), _ROUNDS)) for reading in readings])
    return votes.mean(axis=0, dtype=np.float32), _confidence(votes, readings[-1], place.opaque)


def pointed_out(rgb: Array, found: FloatArray, hints: Hints) -> FloatArray:
    """(H, W, 3) uint8 and (h, w) 0…1 that a network found, to (h, w) 0…1 that also keeps to the points.

    The network's edges stay where the points have no quarrel with it.
    """
    height, width = found.shape
    scale = min(1.0, WORK_SIDE / max(rgb.shape[:2]))
    size = (max(3, round(rgb.shape[1] * scale)), max(3, round(rgb.shape[0] * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    share = float32(cv2.resize(found, size, interpolation=cv2.INTER_AREA))
    seen = hints.seen_from(0, 0, size[0] / rgb.shape[1], size[1] / rgb.shape[0])
    shown = pointed_parts(_settled(small, share, Place.of(np.ones(size[::-1], bool), seen)), seen)
    changed = (shown != (share > 0.5)).astype(np.float32)
    trust = float32(cv2.resize(changed, (width, height), interpolation=cv2.INTER_LINEAR))
    settled = float32(cv2.resize(shown.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR))
    return found + trust * (settled - found)


def _settled(rgb: Array, votes: FloatArray, place: Place) -> Array:
    """The votes at the size of `rgb`: GrabCut decides what is not unanimous."""
    height, width = place.opaque.shape
    share = cv2.resize(votes, (width, height), interpolation=cv2.INTER_LINEAR)
    labels = np.where(share > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[share > 0.95] = cv2.GC_FGD
    labels[(share < 0.05) | ~place.possible] = cv2.GC_BGD
    labels[place.sure] = cv2.GC_FGD
    return tidied(cut_out(rgb, labels, _LAST_ROUNDS))


def _confidence(votes: Array, evidence: FloatArray, opaque: Array) -> float:
    """How far the votes agree, times how much more the picture speaks for the result than for the rest."""
    figure = votes.sum(axis=0) * 2 > len(votes)
    ground = opaque & ~figure
    if not figure.any() or not ground.any():
        return 0.0
    pairs = zip(votes, np.roll(votes, 1, axis=0), strict=True)
    agreement = float(np.mean([overlap(a, b) for a, b in pairs]))
    contrast = float(evidence[figure].mean() - evidence[ground].mean()) / max(float(evidence.max()), 1e-6)
    return round(agreement * min(max(contrast / _FULL_CONTRAST, 0.0), 1.0), 4)
