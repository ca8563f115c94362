"""The version, in one place that pyproject.toml reads."""

__version__ = "0.1.0"
