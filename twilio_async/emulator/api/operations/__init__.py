"""Twilio's operations: a file holds how its records are written, then what can be done with them."""
