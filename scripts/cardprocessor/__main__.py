"""The command line: ``python -m scripts.cardprocessor --port N --data DIR --webhooks URL``."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from scripts.cardprocessor.app import Keys, card_processor
from scripts.localstack.outside import STRIPE_KEY, STRIPE_WEBHOOK_SECRET


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m scripts.cardprocessor", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for what it keeps")
    parser.add_argument("--webhooks", required=True, help="base of the address that is told")
    chosen = parser.parse_args()
    url = f"http://127.0.0.1:{chosen.port}"
    keys = Keys(STRIPE_KEY, STRIPE_WEBHOOK_SECRET)
    app = card_processor(chosen.data, keys, chosen.webhooks, url)
    uvicorn.run(app, host="127.0.0.1", port=chosen.port, log_level="warning")


if __name__ == "__main__":
    main()
