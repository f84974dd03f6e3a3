"""A command, a door to `training`."""

import sys

from training.commands.train_model import main

if __name__ == "__main__":
    sys.exit(main())
