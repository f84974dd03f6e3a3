"""The parts of the card that an inspection fills: words, tables and two pictures."""
