"""Builds what is served but not written: icons, fonts, regions, the voice."""
