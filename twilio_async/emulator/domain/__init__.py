"""What there is, and how it behaves: accounts, numbers, messages on their way. No sockets here."""
