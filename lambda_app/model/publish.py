"""The command `python -m lambda_app.model.publish`: upload the proved model to S3.

All of it is in `training`, because every file here is sent to Lambda and the package must stay small.
"""

import sys

from training.publish import main

if __name__ == "__main__":
    sys.exit(main())
