"""What every test runs under: threads that wait soon sleep, as under the command (see `composer.cli.main`)."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
