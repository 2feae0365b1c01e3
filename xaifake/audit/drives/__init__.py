"""What drives decisions over many pictures: canonical maps, shares, clusters."""
