"""Evaluations: saving answers, what is missing, commitments."""
