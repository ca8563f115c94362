"""The tests. Support modules are imported as ``tests.NAME``."""
