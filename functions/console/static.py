"""Static files, each under a path that never changes its meaning."""

from __future__ import annotations

import mimetypes
from base64 import b64encode
from functools import lru_cache
from gzip import compress
from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.errors import NotFound
from caresmith.web.assets import asset_manifest, assets_dir

FOREVER: Final = "public, max-age=31536000, immutable"
_COMPRESSED: Final = ("text/", "application/javascript", "application/json", "image/svg")
_TYPES: Final = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


def static_file(path: str, *, accepts_gzip: bool) -> Response[str]:
    """The file at a path of the manifest. Raises NotFound for any other."""
    if path not in _known():
        raise NotFound
    kind = _type_of(path)
    text = kind.startswith(_COMPRESSED)
    zipped = text and accepts_gzip
    headers = {
        "Cache-Control": FOREVER,
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
        **({"Content-Encoding": "gzip"} if zipped else {}),
    }
    answer = Response(200, content_type=kind, headers=headers, body=_body(path, zipped=zipped))
    answer.base64_encoded = True
    return answer


@lru_cache(maxsize=64)
def _body(path: str, *, zipped: bool) -> str:
    content = (assets_dir() / path).read_bytes()
    return b64encode(compress(content, mtime=0) if zipped else content).decode()


def _known() -> frozenset[str]:
    return frozenset(asset_manifest().values())


def _type_of(path: str) -> str:
    suffix = "." + path.rpartition(".")[2]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
