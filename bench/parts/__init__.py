"""What the bench measures, a part each: `run(options)` measures and gives a Report."""
