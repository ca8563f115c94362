"""Tests of each resource: what goes over the wire for a call, and what comes of the answer."""
