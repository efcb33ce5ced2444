"""Responsibilities: the duty list, recurring duties and standing duties."""
