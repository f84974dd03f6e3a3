"""Speed, memory and size beside the real alternatives: `make bench` writes docs/performance.md and its plot."""
