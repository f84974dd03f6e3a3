"""The command `python -m lambda_app.model.train_model`: data → evaluate → fit → export → model card.

All of it is in `training`, because every file here is sent to Lambda and the package must stay small.
"""

import sys

from training.train_model import main

if __name__ == "__main__":
    sys.exit(main())
