"""A command, a door to `training`."""

import sys

from training.commands.publish import main

if __name__ == "__main__":
    sys.exit(main())
