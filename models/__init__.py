"""What things are: sites, terrains, wastes, samples, rules, results, errors, units. Plain Python, no files, no Qt."""
