"""From stored views to what a model receives: changed at random, through the contract's domain, in batches."""
