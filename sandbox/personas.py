"""Who anybody who tries Loket may sign in as. Names and passwords are invented and the same everywhere."""

from sandbox import plan

STAFF_PASSWORD = "vier molens langs de sloot"
FAMILY_PASSWORD = "een egel eet zeven appels"
INTEGRATOR_PASSWORD = "koppelstuk-7Qv2mXr9-proef"

INTEGRATOR = "koppeling@amstelland.example.org"
MACHINE = "Koppeling leerlingadministratie"

_KNOWN = (
    ("po_editor", "PO_EDITOR", "groep8@dewilg.example.org",
     "De Wilg: leerlingen in elke stand; drie zijn klaar om de ouderinlog te krijgen"),
    ("po_monitor", "PO_MONITOR", "directie@dewilg.example.org", "De Wilg: kijkt mee en wijzigt niets"),
    ("po_editor_oso", "PO_EDITOR", "groep8@detestvlinder.example.org",
     "De Testvlinder, BRIN 00YY: twaalf leerlingen die als OSO-dossier binnenkwamen"),
    ("vo_staff", "VO_STAFF", "vo1@legmeerlyceum.example.org",
     "Legmeerlyceum: open voorrang, en te veel aanmeldingen voor tweetalig vwo"),
    ("vo_staff_other", "VO_STAFF", "vo1@amstelbroncollege.example.org", "Amstelbroncollege: de buren"),
    ("vo_staff_amsterdam", "VO_STAFF", "vo1@sluishavencollege.example.org",
     "Sluishavencollege, in de gekoppelde regio"),
    ("region_admin", "REGION_ADMIN", "beheer@amstelland.example.org",
     "ELK-beheer en helpdesk van Amstelland; vier gezinnen wachten op een besluit over hun inlog"),
    ("project_lead", "PROJECT_LEAD", "projectleider@amstelland.example.org", "Projectleider van Amstelland"),
    ("integrator", "INTEGRATOR", INTEGRATOR,
     "Een systeem dat alle exports leest van de zes VO-scholen van Amstelland"),
    ("parent", "PARENT", plan.elk_number(1), "Ouders van een kind met vijf scholen; nog niets ingevuld"),
    ("parent_enrolled", "PARENT", plan.elk_number(2), "Ouders met een definitieve aanmelding"),
    ("parent_short_list", "PARENT", plan.elk_number(3),
     "Ouders van een kind met twee scholen, met een inlog in beide regio's; nog niets ingevuld"),
    ("parent_started", "PARENT", plan.elk_number(4), "Ouders die zijn begonnen"),
    ("parent_twins", "PARENT", plan.elk_number(20), "Ouders van een tweeling, definitief aangemeld"),
    ("parent_undone", "PARENT", plan.elk_number(19), "Ouders die hun aanmelding ongedaan maakten"),
    ("parent_outside", "PARENT", plan.outside_number(1), "Ouders van een buitenleerling; nog niets ingevuld"),
)  # fmt: skip


def known() -> list[dict[str, str]]:
    """As `/dev/personas.json` gives them."""
    passwords = {"PARENT": FAMILY_PASSWORD, "INTEGRATOR": INTEGRATOR_PASSWORD}
    return [
        {
            "persona": persona,
            "role": role,
            "username": username,
            "password": passwords.get(role, STAFF_PASSWORD),
            "note": note,
        }
        for persona, role, username, note in _KNOWN
    ]
