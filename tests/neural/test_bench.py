"""The device: threads come back as they were, a missing GPU is said, memory is a plausible number."""

import pytest
import torch

from composer.errors import OperationError
from composer.neural.bench import available_memory, reproducible


def test_threads_hold_inside_and_come_back_outside() -> None:
    before = torch.get_num_threads()
    with reproducible("cpu", 1) as device:
        assert torch.get_num_threads() == 1
        assert device.type == "cpu"
    assert torch.get_num_threads() == before


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_missing_gpu_is_said_with_a_way_out() -> None:
    with pytest.raises(OperationError, match=r'no device "cuda:0"') as refusal, reproducible("cuda:0", 1):
        pass
    assert "--device cpu" in refusal.value.hint


def test_available_memory_is_more_than_this_test_and_less_than_a_data_centre() -> None:
    assert 10**8 < available_memory(torch.device("cpu")) < 10**14
