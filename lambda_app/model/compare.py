"""The command `python -m lambda_app.model.compare`: what changes from one model to another. Its code is not part of what Lambda is sent."""

import sys

from training.compare import main

if __name__ == "__main__":
    sys.exit(main())
