"""What every test runs under: as under the command, waiting threads soon sleep (`composer.cli.main`)."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
