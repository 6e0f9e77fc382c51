"""Every PDF: what it says as plain blocks, one layout, letters that are really embedded.

xhtml2pdf is imported by `documents.printing` alone, in the processes of the pool.
"""
