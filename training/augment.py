"""Variation of training crops: orientation, colour, contrast, noise, photobashing.

Knows (N, 3, S, S) batches in 0..1. Does not know where the crops come from.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F


def augment(batch: Tensor, generator: Generator) -> Tensor:
    """Every crop turned, recoloured and roughened at random; (N, 3, S, S) floats in 0..1 in and out."""
    varied = torch.stack([_recolour(_turn(crop, generator), generator) for crop in batch])
    return _roughen(_photobash(varied, generator), generator).clamp(0, 1)


def _chance(probability: float, generator: Generator) -> bool:
    return torch.rand((), generator=generator).item() < probability


def _turn(crop: Tensor, generator: Generator) -> Tensor:
    if _chance(0.5, generator):
        crop = crop.flip(2)
    if _chance(0.2, generator):
        crop = crop.flip(1)
    return crop.transpose(1, 2) if _chance(0.3, generator) else crop


def _recolour(crop: Tensor, generator: Generator) -> Tensor:
    if _chance(0.3, generator):
        return crop
    if _chance(0.3, generator):
        crop = crop[torch.randperm(3, generator=generator)]
    if _chance(0.5, generator):
        mixing = torch.eye(3) + 0.15 * torch.randn(3, 3, generator=generator)
        mixing = mixing / mixing.sum(1, keepdim=True).clamp(min=0.3)
        crop = torch.einsum("ij,jyx->iyx", mixing, crop)
    if _chance(0.7, generator):
        contrast, shift = torch.rand(2, generator=generator).tolist()
        mean = crop.mean()
        crop = (crop - mean) * (0.4 + 1.0 * contrast) + mean + 0.3 * (shift - 0.5)
    if _chance(0.3, generator):
        crop = crop.clamp(0, 1) ** (2.0 ** (2 * torch.rand((), generator=generator).item() - 1))
    return 1 - crop if _chance(0.05, generator) else crop


def _photobash(batch: Tensor, generator: Generator) -> Tensor:
    """Some crops get a part of their neighbour in the batch, behind a soft or a hard edge."""
    count, side = batch.shape[0], batch.shape[-1]
    noise = torch.randn(count, 1, 6, 6, generator=generator)
    field = F.interpolate(noise, size=(side, side), mode="bicubic")
    hardness = 10 ** (2.5 * torch.rand(count, 1, 1, 1, generator=generator))
    mask = torch.sigmoid(field * hardness) * (torch.rand(count, 1, 1, 1, generator=generator) < 0.15)
    return batch + mask * (batch.roll(1, 0) - batch)


def _roughen(batch: Tensor, generator: Generator) -> Tensor:
    """Blurs some crops and lays noise over some: the pixels a style engine optimises are never clean."""
    count = batch.shape[0]
    soft = F.avg_pool2d(F.pad(batch, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    blurred = torch.rand(count, 1, 1, 1, generator=generator) < 0.1
    amount = 0.15 * torch.rand(count, 1, 1, 1, generator=generator) ** 2
    noisy = torch.rand(count, 1, 1, 1, generator=generator) < 0.35
    noise = torch.randn(batch.shape, generator=generator)
    return torch.where(blurred, soft, batch) + noise * amount * noisy
