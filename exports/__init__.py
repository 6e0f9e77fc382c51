"""Every export: its columns, declared once; one CSV and one XLSX writer."""
