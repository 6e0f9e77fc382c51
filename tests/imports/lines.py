"""Lines of a pupils' file, as the tests of files write them."""

from imports import KINDS, Problem, Row, read

PUPILS = KINDS["pupils"]
HEADER = "ELK-nummer;BSN;Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;BRIN;Postcode"
NOOR = "10001;111222333;Noor;van der;Berg;03-02-2015;91AA;1181 SA"


def pupils(*lines: str, encoding: str = "utf-8") -> tuple[list[Row], list[Problem]]:
    return read(kind=PUPILS, content="\r\n".join(lines).encode(encoding))


def reasons(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems]
