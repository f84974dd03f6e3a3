"""Where rows come from, and the one reader of CSV files."""
