"""Tests of what the pytest plugin is made of; the plugin itself is tested by whole runs of pytest."""
