"""Every PDF: what it says as plain blocks, examples, one layout, letters that are really embedded.

xhtml2pdf is imported by `documents.printing` alone, in the processes of the pool.
"""

from documents.paper import Paper, examples

__all__ = ["Paper", "examples"]
