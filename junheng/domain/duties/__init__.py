"""Who is responsible: the duty list, and the duties that return or stand."""
