"""What the emulator tells applications, and what it does with their answers."""
