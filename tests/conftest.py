"""What every test runs under: threads that wait sleep, as under the command (see `composer.cli.main`)."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
