"""Run the commands with ``python -m xinzhi.cli``."""

from xinzhi.cli import main

if __name__ == "__main__":
    main()
