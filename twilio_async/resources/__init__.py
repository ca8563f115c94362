"""Twilio's resources: in each file the Structs that answers are read into, then the operations on them."""
