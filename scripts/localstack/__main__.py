import sys

from scripts.localstack.cli import main

sys.exit(main(sys.argv[1:]))
