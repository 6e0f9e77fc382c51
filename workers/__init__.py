"""What happens after a commit: mails go out, PDFs are made, uploads are judged, old things go.

PostgreSQL holds the truth (ADR 0004); arq only carries nudges. Every piece of work here is a row that
somebody claims with a lease, so that a worker may be killed at any moment.
"""
