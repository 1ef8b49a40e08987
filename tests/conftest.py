"""What every test runs under: threads that wait soon sleep, as under the command (`composer.cli.main`), and
nothing of the user's own is written."""

import os
import uuid

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
os.environ["COMPOSER_STATE"] = os.devnull  # in which nothing can be kept


@pytest.fixture(autouse=True)
def new_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each test runs on a machine that has not learnt anything yet."""
    own = tmp_path_factory.getbasetemp() / "state" / uuid.uuid4().hex
    monkeypatch.setenv("COMPOSER_STATE", str(own))
