"""The wording of verdicts and the pages that show them."""
