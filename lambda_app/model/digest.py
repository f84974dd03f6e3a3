"""SHA-256, for which hashlib would load all of OpenSSL: three milliseconds of every cold start, more than all else here.

The standard library's own `random` does the same for the same reason. The digests are of files, never of secrets.
"""

from __future__ import annotations

try:
    from _sha2 import sha256  # type: ignore[import-not-found]  # too private for typeshed
except ImportError:  # pragma: no cover – before Python 3.12, or where Python was built without it
    from hashlib import sha256

__all__ = ["sha256"]
