"""A command, a door to `training`."""

import sys

from training.commands.compare import main

if __name__ == "__main__":
    sys.exit(main())
