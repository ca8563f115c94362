"""Twilio's API: from a request to what it does, and to the answer."""
