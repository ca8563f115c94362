"""How programs without Python steer a running emulator, and its whole state as JSON."""
