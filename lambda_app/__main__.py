"""A command."""

import sys

from lambda_app.local.local_command import main

if __name__ == "__main__":
    sys.exit(main())
