"""Signed content for kiosks (TUF): keys kept apart, releases published in stages, the repository served and kept fresh."""
