"""The wording of remediations, duties and sign-offs."""
