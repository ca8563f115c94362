"""How fast this library is, beside the official client and what one could write by hand. Run ``python -m benchmarks``."""
