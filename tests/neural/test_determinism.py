"""Equal inputs give equal bytes by construction: nothing on the way back to the pixels adds in random order.

On CUDA, atomic additions come in any order. torch's notes on `use_deterministic_algorithms` list the
operations that use them; here it is the other way round, and every operation has to be on the list.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd.graph import Node
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from composer.neural.encoder import load_encoder
from composer.neural.frozen import FeatureExtractor
from composer.neural.random_filters import RandomFilters
from composer.neural.reading import Reader
from composer.neural.vgg import load_vgg19

from ..narrow_vgg import write_narrow_vgg

# Views, arithmetic, and means of blocks that do not overlap; the leaf itself; this room's own functions.
NODES = {"AccumulateGrad", "Expand", "Mul", "Sub", "ToCopy"}
NODES |= {"_Convolution", "_Halved", "_Halving", "_Responses"}
# What the nodes call. Convolutions are deterministic as cuDNN is asked to be; the rest writes values once.
CALLS = {"add", "add_", "clone", "copy_", "detach", "div", "empty_like", "expand", "gt", "mul", "neg"}
CALLS |= {"new_empty", "select", "slice", "split", "sum", "to_copy", "transpose", "where"}
CALLS |= {"convolution_backward", "threshold_backward", "upsample_nearest2d"}


class Calls(TorchDispatchMode):
    """Notes the name of every operation that is called."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.names.add(func.overloadpacket.__name__.removeprefix("_"))
        return func(*args, **(kwargs or {}))


@pytest.fixture(scope="module")
def vgg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "vgg19.safetensors"
    write_narrow_vgg(path)
    return path


@pytest.fixture(params=["moments", "draft", "vgg19"])
def load(request: pytest.FixtureRequest, vgg: Path) -> Callable[[torch.dtype], FeatureExtractor]:
    """How each engine's encoder is loaded in a precision."""
    return {
        "moments": lambda dtype: load_encoder("cpu", dtype),
        "draft": lambda dtype: RandomFilters("cpu", dtype),
        "vgg19": lambda dtype: load_vgg19(vgg, "cpu", dtype),
    }[request.param]


def nodes(features: list[Tensor]) -> Iterator[str]:
    """The names of all nodes between features and pixels."""
    todo, seen = [feature.grad_fn for feature in features], set[Node]()
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.add(node)
            todo += [before for before, _ in node.next_functions]
            yield node.name().removeprefix("torch::autograd::").split("Backward")[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["fp32", "bf16"])
@pytest.mark.parametrize("channels", [1, 3], ids=["greys", "colours"])
def test_the_graph_to_the_pixels_has_no_random_way_back(
    channels: int, dtype: torch.dtype, load: Callable[[torch.dtype], FeatureExtractor]
) -> None:
    encoder = load(dtype)
    pixels = torch.rand(1, channels, 64, 48).requires_grad_()
    features = Reader(encoder, len(encoder.levels), dtype).features(pixels)
    assert set(nodes(features)) <= NODES
    rises = [torch.ones_like(feature) for feature in features]
    with Calls() as calls:
        torch.autograd.grad(features, pixels, rises)
    assert "convolution_backward" in calls.names
    assert calls.names <= CALLS


def padded(pixels: Tensor) -> Tensor:
    return F.pad(pixels, (1, 1, 1, 1), mode="replicate")


def enlarged(pixels: Tensor) -> Tensor:
    return F.interpolate(pixels, scale_factor=2, mode="bicubic")


def gathered(pixels: Tensor) -> Tensor:
    return pixels[..., torch.tensor([1, 1, 2])]


@pytest.mark.parametrize("operation", [padded, enlarged, gathered])
def test_the_lists_tell_what_is_random(operation: Callable[[Tensor], Tensor]) -> None:
    pixels = torch.rand(1, 3, 16, 16).requires_grad_()
    result = operation(pixels)
    rise = torch.ones_like(result)
    assert not set(nodes([result])) <= NODES
    with Calls() as calls:
        torch.autograd.grad(result, pixels, rise)
    assert not calls.names <= CALLS


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["fp32", "bf16"])
def test_gradients_are_the_same_each_time(
    dtype: torch.dtype, load: Callable[[torch.dtype], FeatureExtractor]
) -> None:
    def once() -> Tensor:
        lots = torch.Generator().manual_seed(1)
        pixels = torch.rand(1, 3, 96, 80, generator=lots).requires_grad_()
        features = Reader(load(dtype), 4, dtype).features(pixels)
        return torch.autograd.grad(features, pixels, [feature.detach() for feature in features])[0]

    assert torch.equal(once(), once())
