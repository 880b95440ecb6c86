"""The command line of the payers: ``python -m scripts.payer --port N --data DIR --key KEY``."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from scripts.payer.app import payer_app
from scripts.payer.rules import Rules


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m scripts.payer", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for what they keep")
    parser.add_argument("--key", required=True, help="with which a practice is known here")
    parser.add_argument("--rules", type=Path, help="JSON of the first start, else the defaults")
    parser.add_argument("--sftp-port", type=int, help="for the folders over SFTP, if at all")
    chosen = parser.parse_args()
    rules = Rules.model_validate_json(chosen.rules.read_text()) if chosen.rules else None
    app = payer_app(chosen.data, chosen.key, rules, sftp_port=chosen.sftp_port)
    uvicorn.run(app, host="127.0.0.1", port=chosen.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
