"""`python -m backstory` is the command."""

from backstory.cli import main

if __name__ == "__main__":
    main()
