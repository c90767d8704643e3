"""Carries out what the screen may only ask for (kiosk/errands): the stick, the kiosk's identity, the move to another desa."""
