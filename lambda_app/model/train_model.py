"""The command `python -m lambda_app.model.train_model`: data → evaluate → fit → export → model card. Its code is not part of what Lambda is sent."""

import sys

from training.train_model import main

if __name__ == "__main__":
    sys.exit(main())
