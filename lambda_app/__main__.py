"""The command `python -m lambda_app`: the API on this machine. Its server is not part of what Lambda is sent."""

import sys

from deployment.local_server import main

if __name__ == "__main__":
    sys.exit(main())
