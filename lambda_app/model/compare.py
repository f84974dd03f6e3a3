"""A command. Its code is in `training`, which Lambda is never sent."""

import sys

from training.commands.compare import main

if __name__ == "__main__":
    sys.exit(main())
