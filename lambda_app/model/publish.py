"""The command `python -m lambda_app.model.publish`: upload the proved model to S3. Its code is not part of what Lambda is sent."""

import sys

from training.publish import main

if __name__ == "__main__":
    sys.exit(main())
