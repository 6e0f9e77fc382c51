"""Invented people and streets, of every kind of letter that schools meet."""

# ruff: noqa: SIM905 - words in a row are read more easily than a list of strings

GIRLS = tuple(
    "Noor Zoë Fenna Yara Sanne Lotte Maud Amira Elif Zuzanna Saar Julia Nora Mila Tess Jasmijn Roos Evi Liv "
    "Esmée Anouk Fleur Selin Hafsa Aaliyah Naomi Ise Chloé Renée Maëlle Inès Aukje Nienke Ayşe Çağla Małgorzata "
    "Siân Bodil Ngọc Xiu".split()
)
BOYS = tuple(
    "Daan Sem Levi Finn Luuk Bram Mees Yiğit Emre Łukasz Jayden Noah Lucas Milan Jesse Thijs Gijs Adam Rayan "
    "Ilyas Kjell Joël André Raphaël Stanisław Björn Siem Tygo Boaz Quinten Damián Çınar Øyvind Thiago Wei "
    "Jurriën Séan Fedde Tjeerd Mohammed".split()
)
MOTHERS = tuple(
    "Marieke Fatima Agnieszka Ingrid Wilma Sevgi Annelies Priya Linda Esther Li Hélène Judith Nadia Carla Eva".split()
)
FATHERS = tuple(
    "Joost Mehmet Pieter Karim Ronald Patrick Hans Björn Mustafa Jeroen Tomasz Erik Bas Dennis Wouter Samir".split()
)
FAMILIES: tuple[tuple[str, str], ...] = (
    ("van der", "Berg"), ("", "Jansen"), ("de", "Vries"), ("", "Yılmaz"), ("", "Doğan"), ("van", "Dijk"),
    ("", "O'Neill"), ("", "Łukasiewicz"), ("", "李"), ("van den", "Heuvel"), ("", "Bakker"), ("", "El Amrani"),
    ("", "Coëlho"), ("van 't", "Hof"), ("", "Müller"), ("", "Şahin"), ("de", "Graaf-Smit"), ("", "Öztürk"),
    ("ter", "Horst"), ("", "Søndergård"), ("", "Kowalczyk"), ("in 't", "Veld"), ("", "Nguyễn"), ("", "Visser"),
    ("von", "Weiß"), ("", "Ramdin"), ("van de", "Ven"), ("", "D'Souza"), ("", "Benali"), ("", "Smit"),
    ("op den", "Kamp"), ("", "Wójcik"), ("", "Mulder"), ("", "Pinas"), ("de", "Boer"), ("", "Chen"),
    ("", "Hoekstra"), ("el", "Khattabi"), ("", "Meijer"), ("van der", "Zee-Peters"), ("", "García Núñez"),
    ("", "Brouwer"), ("", "Kaya"), ("den", "Ouden"), ("", "Wiśniewska"), ("", "Martina"), ("", "Prins"),
    ("", "Schouten"), ("", "Tahiri"), ("van", "IJzendoorn"), ("", "Fernandes"), ("", "Kuipers"), ("", "Žižek"),
    ("", "Dekker"), ("", "Peeters"), ("de", "Jong"), ("", "Osei"), ("", "Verhoeven"), ("", "Çelik"), ("", "Groen"),
)  # fmt: skip
STREETS = tuple(
    "Zilverreigerlaan,Turfstekerspad,Waterlelieweg,Lindepad,Oude Trekvaart,Meester Pennestraat,Dauwlaan,"
    "Laan van de Vrijheid,Kikkerbeetstraat,Hooischuur,Zonnehof,De Schans,Rietvink,Molenpad,Tulpenveld,"
    "Gemaalstraat,Bovenlanden,Veenbes,Poldermeent,Snoekplein".split(",")
)
# No post office has given out the letters SA, SD or SS.
PLACES: tuple[tuple[str, int], ...] = (
    ("Amstelveen", 1181), ("Aalsmeer", 1431), ("Uithoorn", 1421), ("Ouderkerk aan de Amstel", 1191),
    ("Diemen", 1111), ("Amstelveen", 1186),
)  # fmt: skip
CITY: tuple[tuple[str, int], ...] = (("Amsterdam", 1055), ("Amsterdam", 1093), ("Amsterdam", 1079))
LETTERS = ("SA", "SD", "SS")
PRIMARY_SCHOOLS = tuple(
    "De Wilg,De Kleine Kapitein,Het Palet,De Zonnebloem,De Regenboogvis,Het Kompas,De Vuurvogel,De Klaproos,"
    "Het Water,De Sterrenkijker,De Kameleon,De Bijenkorf,De Windroos,Het Tangram,De Zevensprong".split(",")
)
