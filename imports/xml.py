"""How XML of strangers is read: lxml without network, DTD and entities, and bounded."""

SAFELY = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""What every parser here is made with."""
