"""docs/performance.md and its pictures, written from what was measured."""
