"""`python -m composer` is the command `composer`."""

import sys

from .cli.main import main

sys.exit(main())
