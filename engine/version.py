"""The version of Backstory, which every index carries."""

VERSION = "0.1.0"
