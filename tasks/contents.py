"""What a paper says, kept beside it as JSON: to be compared with, and written again, whatever changes since."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


def content_bytes(content: object) -> bytes:
    """Return the content, a tree of plain dataclasses, as JSON, pictures included."""
    plain = TypeAdapter(type(content)).dump_python(content)
    return json.dumps(plain, default=_plain, ensure_ascii=False).encode()


def content_from(kind: type[T], stored: bytes) -> T:
    """Return the content of that kind that ``content_bytes`` wrote."""
    return TypeAdapter(kind).validate_python(json.loads(stored, object_hook=_decoded))


def _plain(value: object) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a paper's content")


def _decoded(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"]) if set(value) == {"base64"} else value
