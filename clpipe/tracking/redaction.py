"""Secrets stay out of what a person reads: addresses lose user and password, known secrets their letters."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

NAMES = re.compile(r"(PASSWORD|TOKEN|SECRET|ACCESS_KEY|ACCESS_KEY_ID|ACCOUNT_KEY|CONNECTION_STRING)$")
"""Ends of the names of environment variables that hold a secret: PGPASSWORD, AWS_SECRET_ACCESS_KEY, ..."""
SHORTEST = 4
"""A shorter value is no secret, and blotting it out would eat the message."""


def redacted(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """`text` without the user and password of any address in it, and without the secrets of the environment.

    >>> redacted("no answer from https://me:secret@host/mlflow", {})
    'no answer from https://***@host/mlflow'
    >>> redacted("postgresql://host/runs?user=me&password=secret&sslmode=require", {})
    'postgresql://host/runs?user=me&password=***&sslmode=require'
    >>> redacted("postgresql+psycopg://me:pa/ss@host/runs; https://s3/x?X-Amz-Signature=abc", {})
    'postgresql+psycopg://***@host/runs; https://s3/x?X-Amz-Signature=***'
    >>> redacted("key tops3cret refused", {"AWS_SECRET_ACCESS_KEY": "tops3cret"})
    'key *** refused'
    """
    for name, value in environ.items():
        if NAMES.search(name) and len(value) >= SHORTEST:
            text = text.replace(value, "***")
    text = re.sub(
        r"((?:postgres|mysql|mssql|oracle)[\w+]*)://[^\s'\"]*@", r"\1://***@", text
    )  # takes a / in a password
    text = re.sub(r"://[^/\s'\"]+@", "://***@", text)
    return re.sub(r"(?i)\b(password|secret|token|signature|sig|api_?key)=[^&\s'\"]+", r"\1=***", text)
