"""The command line of the carrier: ``python -m scripts.carrier --port N --data DIR ...``."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from scripts.carrier.app import carrier_app
from scripts.carrier.setup import Setup


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m scripts.carrier", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for what it keeps")
    parser.add_argument("--webhooks", required=True, help="base URL that replies are posted to")
    parser.add_argument("--account", required=True, help="Twilio account SID that it plays")
    parser.add_argument("--token", required=True, help="that account's auth token")
    parser.add_argument(
        "--topics",
        default="arn:aws:sns:us-east-1:123456789012:caresmith-local-",
        help="what the ARNs of its SNS topics, mail and texts, begin with",
    )
    chosen = parser.parse_args()
    setup = Setup(
        url=f"http://127.0.0.1:{chosen.port}",
        data=chosen.data,
        webhooks=chosen.webhooks.rstrip("/"),
        account=chosen.account,
        token=chosen.token,
        topics=chosen.topics,
    )
    uvicorn.run(carrier_app(setup), host="127.0.0.1", port=chosen.port, log_level="warning")


if __name__ == "__main__":
    main()
