"""How a region's industries hang together: input–output analysis and chokepoints."""
