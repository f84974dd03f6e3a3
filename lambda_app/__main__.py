"""The command `python -m lambda_app`: the API on this machine."""

import sys

from lambda_app.local.local_command import main

if __name__ == "__main__":
    sys.exit(main())
