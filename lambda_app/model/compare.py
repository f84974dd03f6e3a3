"""The command `python -m lambda_app.model.compare`: what changes from one model to another.

All of it is in `training`, because every file here is sent to Lambda and the package must stay small.
"""

import sys

from training.compare import main

if __name__ == "__main__":
    sys.exit(main())
