"""The technician's bench: live states, tests with recorded results, the mat's corners, the readiness report."""
