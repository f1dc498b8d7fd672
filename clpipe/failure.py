"""How a command ends when something is wrong: one clear message, exit code 1, no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reported(what: str) -> Iterator[None]:
    """Turn an expected error inside the block into `clpipe WHAT: message` on stderr and exit code 1.

    Expected are ValueError, LookupError, OSError and RuntimeError, which carry a message for the person.
    With CLPIPE_DEBUG=1 in the environment the traceback is shown instead.
    """
    try:
        yield
    except (ValueError, LookupError, OSError, RuntimeError) as error:
        if os.environ.get("CLPIPE_DEBUG") == "1":
            raise
        message = str(error) if not isinstance(error, KeyError) else f"internal look-up failed: {error}"
        hint = "\n(the traceback: CLPIPE_DEBUG=1)" if isinstance(error, KeyError | IndexError) else ""
        sys.stderr.write(f"\nclpipe {what}: {message or type(error).__name__}{hint}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write(f"\nclpipe {what}: interrupted; what was finished is kept\n")
        sys.exit(130)
