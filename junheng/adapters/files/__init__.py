"""Files: workbooks, archives, evidence, pages."""
