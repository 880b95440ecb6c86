"""The command line of the pharmacy: ``python -m scripts.pharmacy --port N --data DIR``."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from scripts.pharmacy.app import pharmacy_app


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m scripts.pharmacy", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for what it keeps")
    chosen = parser.parse_args()
    app = pharmacy_app(chosen.data)
    uvicorn.run(app, host="127.0.0.1", port=chosen.port, log_level="warning")


if __name__ == "__main__":
    main()
