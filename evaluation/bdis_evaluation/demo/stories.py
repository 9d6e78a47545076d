"""What the three initiatives of the demonstration say of themselves; nobody here exists."""

from __future__ import annotations

from bdis_evaluation.evaluating.saving import Given


def not_for_us(reason: str) -> Given:
    """The question does not apply, for a reason."""
    return Given(not_applicable=True, reason=reason)


def percent(number: str, year: int) -> dict[str, object]:
    """A figure of a year."""
    return {"number": number, "year": year}


#: The second version of the grid: new wordings, what was decided of each, and a new question.
REWORDED = {
    "conditions": "Comment parle-t-on du travail et du bénévolat chez vous ?",
    "achats-locaux": "Part de vos achats faits auprès d’initiatives solidaires",
}
DROPPED = "ecart-salaires"
DECIDED = {
    "conditions": ("same", "Le bénévolat était déjà compris : il est maintenant nommé."),
    "achats-locaux": (
        "changed",
        "Les achats de proximité ne sont plus comptés, seuls le sont ceux faits auprès "
        "d’initiatives solidaires.",
    ),
    DROPPED: ("dropped", "Trop peu d’initiatives emploient assez de monde pour que l’écart parle."),
}
CHANGES = (
    "Une question sur la façon de venir chez vous, une autre retirée, deux reformulées : c’est ce "
    "que les premières initiatives ont demandé."
)
NEW_QUESTION = {
    "key": "venir",
    "text": "Comment vient-on chez vous sans voiture ?",
    "guidance": "Bus, vélo, covoiturage, livraison : pensez à celles et ceux qui ne viennent pas.",
    "levels": [
        {"label": "Pas encore", "description": "Chacun se débrouille."},
        {"label": "Premiers pas", "description": "Nous indiquons comment venir autrement."},
        {
            "label": "Bien en place",
            "description": "Nos horaires et nos lieux sont choisis pour cela.",
        },
        {
            "label": "Partagé au-delà",
            "description": "Une solution montée à plusieurs : navette, vélos, livraison.",
        },
    ],
}

_NO_EMPLOYEE = "L’association n’a pas de salarié."

# Two finished cycles.
GERVANNE_FIRST: dict[str, Given] = {
    "besoin": Given(1),
    "utilite-recit": Given(
        "Les paiements d’avance du premier hiver ont permis à un couple de maraîchers d’acheter "
        "ses serres sans emprunter."
    ),
    "modele-economique": Given(1, comment="Tout repose sur les contrats signés en février."),
    "emplois-durables": not_for_us(_NO_EMPLOYEE),
    "excedents": Given(True, comment="Le solde de l’année va à la caisse de solidarité."),
    "prix-et-acces": Given(1),
    "conditions": Given(1, comment="On en parle aux chantiers d’oignons, sans rien noter."),
    "ecart-salaires": not_for_us(_NO_EMPLOYEE),
    "qui-decide": Given(1),
    "renouvellement": Given(0, comment="Même bureau depuis six ans."),
    "comptes-lisibles": Given(False),
    "participation-ag": Given(percent("31", 2024)),
    "partenariats": Given(1),
    "achats-locaux": Given(percent("80", 2024)),
    "environnement": Given(2),
    "engagements-publics": Given(False),
}
GERVANNE_SECOND: dict[str, Given] = {
    "besoin": Given(2, comment="Questionnaire à la distribution, 58 réponses sur 90 foyers."),
    "utilite-recit": Given(
        "Une voisine qui ne sortait plus tient aujourd’hui la table des oublis : elle appelle "
        "chaque foyer qui n’est pas passé prendre son panier."
    ),
    "modele-economique": Given(2, comment="Six mois de trésorerie, et un contrat de plus."),
    "emplois-durables": not_for_us(_NO_EMPLOYEE),
    "excedents": Given(True, comment="Compte rendu de l’assemblée de mars, point 4."),
    "prix-et-acces": Given(3, comment="Douze paniers à moitié prix, avec le centre social."),
    "conditions": Given(2, comment="Un café des bénévoles chaque trimestre."),
    "qui-decide": Given(2),
    "renouvellement": Given(1, comment="Deux nouvelles personnes au bureau, une seule en binôme."),
    "comptes-lisibles": Given(True, comment="Une page affichée sous la halle en avril."),
    "participation-ag": Given(percent("44", 2026)),
    "partenariats": Given(2),
    "achats-locaux": Given(percent("35", 2026)),
    "environnement": Given(2),
    "engagements-publics": Given(True, comment="Affichés près de la balance."),
    "venir": Given(1),
}
#: (theme, aim, measure, owner, days after the end of the cycle)
GERVANNE_PROMISES_FIRST = (
    (
        "democratie",
        "Rendre nos comptes lisibles par tous",
        "Une page, avec un dessin, affichée à la distribution",
        "La trésorerie",
        240,
    ),
    (
        "personne-avant-profit",
        "Ouvrir des paniers à moitié prix",
        "Dix foyers accueillis sur une saison",
        "Le groupe solidarité",
        365,
    ),
    (
        "democratie",
        "Former un binôme pour chaque poste du bureau",
        "Trois binômes à l’assemblée",
        "Le bureau",
        300,
    ),
    (
        "territoire-et-environnement",
        "Acheter une camionnette avec les AMAP voisines",
        "Un véhicule partagé par trois AMAP",
        "Le groupe logistique",
        400,
    ),
)
GERVANNE_KEPT = (
    (0, "Affichés sous la halle depuis avril, et commentés à l’assemblée."),
    (1, "Douze foyers cette saison, avec le centre social."),
)
GERVANNE_MOVED = (
    2,
    "Un seul binôme tient pour l’instant : nous nous donnons jusqu’à la prochaine assemblée.",
)
GERVANNE_DROPPED = (
    3,
    "Les fermes ont regroupé leurs tournées : la camionnette roulerait à moitié vide.",
)
GERVANNE_PROMISES_SECOND = (
    (
        "democratie",
        "Que deux jeunes adhérents prennent une place au bureau",
        "Deux personnes de moins de 35 ans élues en mars",
        "Le bureau",
        210,
    ),
    (
        "territoire-et-environnement",
        "Mettre en place un covoiturage pour la distribution",
        "Quinze foyers inscrits à la rentrée",
        "Le groupe logistique",
        150,
    ),
    (
        "utilite-et-emplois",
        "Refaire le questionnaire des foyers, avec ceux qui sont partis",
        "Vingt anciens adhérents interrogés",
        "L’animation",
        330,
    ),
)

# A joint evaluation: opinions were gathered, the meeting is still to come.
UBAYE: dict[str, Given] = {
    "besoin": Given(2, comment="Réunion ouverte chaque mois de mars."),
    "utilite-recit": Given(
        "Après le gel de mai 2024, les soixante foyers ont payé leur panier comme convenu : la "
        "ferme de Jausiers a tenu."
    ),
    "modele-economique": Given(1),
    "emplois-durables": not_for_us(_NO_EMPLOYEE),
    "excedents": Given(True, comment="Versés à la caisse de solidarité, décision d’assemblée."),
    "prix-et-acces": Given(3, comment="Paniers à moitié prix depuis cinq ans."),
    "conditions": Given(1),
    "qui-decide": Given(3, comment="Prix et cultures sont fixés ensemble en mars."),
    "renouvellement": Given(0),
    "comptes-lisibles": Given(True, comment="Une page jointe à la convocation."),
    "participation-ag": Given(percent("52", 2026)),
    "partenariats": Given(1),
    "achats-locaux": Given(percent("20", 2026)),
    "environnement": Given(2),
    "engagements-publics": Given(False),
    "venir": Given(0, comment="La vallée est longue : presque tout le monde vient en voiture."),
}
#: What guests answered: (group, {question: level}, {question: comment}).
UBAYE_GUESTS: tuple[tuple[str, dict[str, int], dict[str, str]], ...] = (
    (
        "users",
        {"besoin": 2, "prix-et-acces": 1, "qui-decide": 1, "partenariats": 2, "venir": 1},
        {"prix-et-acces": "Il faut oser demander : rien ne le dit à la distribution."},
    ),
    (
        "users",
        {"besoin": 3, "prix-et-acces": 1, "qui-decide": 2, "environnement": 2, "venir": 0},
        {"prix-et-acces": "Je l’ai appris au bout de trois ans."},
    ),
    (
        "users",
        {"besoin": 2, "prix-et-acces": 2, "qui-decide": 1, "partenariats": 1, "venir": 1},
        {},
    ),
    (
        "partners",
        {"besoin": 3, "prix-et-acces": 1, "partenariats": 3, "environnement": 2},
        {"prix-et-acces": "Le centre social ne savait pas que ces paniers existaient."},
    ),
    ("partners", {"besoin": 2, "partenariats": 2, "qui-decide": 2, "environnement": 1}, {}),
    (
        "partners",
        {"besoin": 2, "prix-et-acces": 2, "partenariats": 3, "environnement": 2},
        {"partenariats": "La cantine du collège compte sur vous depuis deux ans."},
    ),
)

# Just begun, and stopped in the second theme.
REMOULEUR: dict[str, Given] = {
    "besoin": Given(2, comment="Le cahier dit ce que les gens apportent, mois après mois."),
    "utilite-recit": Given(
        "Un grille-pain de 1974 est reparti sous les applaudissements, avec son propriétaire qui "
        "sait maintenant changer une résistance."
    ),
    "modele-economique": Given(1, comment="La boîte à dons et une aide de la ville."),
    "emplois-durables": not_for_us("Tout le monde est bénévole."),
    "prix-et-acces": Given(2, comment="Prix libre, sans minimum."),
}
REMOULEUR_NOTES = (
    "Premier rendez-vous à Crest, trois bénévoles autour de la table. Envie d’avancer, peu de "
    "temps : viser un thème par mois, avant l’ouverture du samedi.",
    "Bloqués sur la question des excédents : ils n’en ont pas et ne savent pas quoi répondre. "
    "Leur rappeler qu’un « non » se commente, et que l’on peut revenir dessus.",
)
