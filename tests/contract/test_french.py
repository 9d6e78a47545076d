"""What is written one way in French is found when asked another way, exactly: nothing forgiven."""

from __future__ import annotations

import pytest

from bdis_search.query import Query

from .documents import document

# (as written in a listing, as asked)
FOUND = [
    # Plurals
    ("Atelier vélo", "vélos"),
    ("Ateliers vélos", "vélo"),
    ("Jeu de société", "jeux"),
    ("Jeux en bois", "jeu"),
    ("Réemploi des matériaux", "réemplois"),
    ("Les réemplois du bâtiment", "réemploi"),
    ("Un cheval de trait", "chevaux"),
    ("Des chevaux au champ", "cheval"),
    ("Journal de quartier", "journaux"),
    ("Les journaux du village", "journal"),
    ("Le local commun", "locaux"),
    ("Travaux manuels", "travail"),
    ("Travail partagé", "travaux"),
    ("Vitraux d’art", "vitrail"),
    ("Bateau solidaire", "bateaux"),
    ("Gâteaux maison", "gâteau"),
    ("Bijou recyclé", "bijoux"),
    ("Chou frisé", "choux"),
    ("Tapis tissé", "tapis"),
    ("Noix de la vallée", "noix"),
    ("Prix libre", "prix"),
    ("Repas partagés", "repas"),
    ("Repas partagé", "repas partagés"),
    ("Pays de Redon", "pays"),
    # Feminines and trades
    ("Maraîcher bio", "maraîchère"),
    ("Maraîchère en plaine", "maraîcher"),
    ("Maraîchers réunis", "maraîchère"),
    ("Les maraîchères", "maraîcher"),
    ("Boulanger au levain", "boulangère"),
    ("Boulangère du marché", "boulangers"),
    ("Couturière engagée", "couturier"),
    ("Paysanne boulangère", "paysan"),
    ("Paysan éleveur", "paysannes"),
    ("Coopérative ouvrière", "ouvrier"),
    ("Animateur jeunesse", "animatrice"),
    ("Animatrice nature", "animateurs"),
    ("Formatrice indépendante", "formateur"),
    ("Épicerie participative", "participatif"),
    ("Habitat participatif", "participatives"),
    ("Création textile", "créations"),
    # Accents and case
    ("École à la ferme", "ecole"),
    ("ECOLE DE MUSIQUE", "école"),
    ("Épicerie itinérante", "EPICERIE"),
    ("ÉPICERIE D’ÉTÉ", "épicerie"),
    ("Crèche associative", "creche"),
    ("Creche parentale", "crèches"),
    ("Forêt nourricière", "foret"),
    ("Hôtel solidaire", "hotel"),
    ("Maïs ancien", "mais"),
    ("Ça roule", "ca roule"),
    ("Garçon de café", "garcon"),
    ("Noël pour tous", "noel"),
    ("Où atterrir", "ou atterrir"),
    ("Réparer e\u0301lectro", "électro"),  # decomposed accents
    ("Électroménager", "e\u0301lectrome\u0301nager"),
    # Elision and apostrophes
    ("L’île aux enfants", "l'île"),
    ("L'Île verte", "l’île"),
    ("L’Île verte", "île"),
    ("Ile de paix", "l'île"),
    ("L'île bleue", "L’ÎLE BLEUE"),
    ("D’ici et d’ailleurs", "d'ici"),
    ("Qu’est-ce qu’on mange", "mange"),
    ("Jusqu’aux cimes", "jusqu'aux cimes"),
    ("L`accorderie", "l'accorderie"),
    ("L´herbier", "herbier"),
    ("Lʼatelier", "l’atelier"),
    ("Aujourd’hui demain", "aujourd'hui"),
    ("Rue de l'Abbé", "abbe"),
    # Ligatures
    ("Œuvre commune", "oeuvre"),
    ("Oeuvre sociale", "œuvre"),
    ("Les œuvres vives", "oeuvres"),
    ("Sœurs de lait", "soeur"),
    ("Cœur de village", "coeur"),
    ("Curriculum vitæ", "vitae"),
    ("Ex æquo", "aequo"),
    ("Laetitia couture", "lætitia"),
    # Saints
    ("Fanfare de Saint-Denis", "st denis"),
    ("Cantine de St-Denis", "saint denis"),
    ("Cantine de St Martin", "Saint-Martin"),
    ("Lavoir de Sainte-Foy", "ste foy"),
    ("Lavoir de Ste-Marie", "sainte marie"),
    ("Fête à St. Lô", "saint lo"),
    ("Saints-Pères en commun", "sts pères"),
    # Acronyms, with dots or in full
    ("SCIC des Bois", "S.C.I.C."),
    ("S.C.I.C. du Port", "scic"),
    ("S.C.O.P. Alpha", "SCOP"),
    ("S.E.L. du Lac", "sel"),
    ("AMAP du Lac", "A.M.A.P."),
    ("AMAP des Prés", "association pour le maintien d’une agriculture paysanne"),
    ("AMAP des Prés", "association pour le maintien de l'agriculture paysanne"),
    ("Association pour le maintien d’une agriculture paysanne du Bourg", "amap"),
    ("Association pour le Maintien de l’Agriculture Paysanne en Ville", "AMAP"),
    ("Société coopérative d’intérêt collectif Énergie", "SCIC"),
    ("SCIC Énergie", "société coopérative d'intérêt collectif"),
    ("CAE Ensemble", "coopérative d’activités et d’emploi"),
    ("Monnaie locale du Gers", "MLC"),
    ("Ressourcerie du Nord", "recyclerie"),
    ("Recyclerie du Sud", "ressourceries"),
    # Hyphens and joined prefixes
    ("Éco-construction", "ecoconstruction"),
    ("Écoconstruction paille", "éco-construction"),
    ("Auto-partage rural", "autopartage"),
    ("Autopartage urbain", "auto-partage"),
    ("Micro-crèche", "microcrèche"),
    ("Tiers-lieu", "tiers lieu"),
    ("Tiers lieux nourriciers", "tiers-lieux"),
    ("Bien-être", "bien être"),
    ("Porte-à-porte", "porte à porte"),
    ("Co-working", "coworking"),
    ("Re-création", "recréation"),
    ("Habitat—jardin", "jardin habitat"),
    # Inclusive writing
    ("Habitant·e·s en lien", "habitants"),
    ("Habitant.e.s unis", "habitant"),
    ("Salarié(e)s associés", "salarié"),
    ("Les adhérent·es", "adhérents"),
    # Numbers
    ("Le 104", "104"),
    ("Radio 3e rive", "3e"),
    ("Zone 2.0", "zone 2"),
    ("1901 jardins", "1901"),
    # Small words, order, punctuation
    ("La Maison de la Forêt", "maison forêt"),
    ("La Maison de la Forêt", "forêt de la maison"),
    ("Le Lien", "lien"),
    ("Et si on allait", "si on allait"),
    ("Pain & Vin", "pain et vin"),
    ("Pain/Vin", "pain vin"),
    ("Ici, ensemble !", "ensemble ici"),
    ("« Guillemets »", "guillemets"),
    ("N’ayons pas peur", "ayons peur"),
    ("Chez nous", "chez nous"),
    ("La la la", "la la la"),
    ("C’est l’été…", "été"),
]  # fmt: skip
NOT_FOUND = [
    ("Formation agricole", "forme"),
    ("Animation culturelle", "animal"),
    ("Portail web", "port"),
    ("Cartonnage", "carte"),
    ("Sel marin", "selle"),
    ("Poire du verger", "poireau"),
    ("Ruche école", "rucher commun"),
    ("Maison médicale", "mai"),
    ("104 rue haute", "105"),
    ("Saint-Ouen", "saint denis"),
    ("Vélo école", "vélodrome"),
    ("Association agricole", "AMAP"),
    ("Jardin secret", "jardinet"),
    ("Pain", "vin"),
]
WRITTEN = list(dict.fromkeys(text for text, _ in [*FOUND, *NOT_FOUND]))
# Each word typed is in some listing, so that nothing has to be forgiven.
ASKED = [asked for _, asked in NOT_FOUND]
NUMBER = {text: number for number, text in enumerate([*WRITTEN, *ASKED], 1)}
FIELDS = {
    "title": "Luthiers",
    "acronym": "LUTHIERS",
    "tag_names": ("Les luthiers",),
    "keywords": "Poterie\nLuthiers d’art",
    "summary": "Un collectif de luthiers.",
    "body": "Des luthiers s’installent.",
    "place_names": "Luthiers-sur-Mer",
}


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    documents = [document(number, text) for text, number in NUMBER.items()]
    for number, (field, text) in enumerate(FIELDS.items(), 1001):
        documents.append(document(number, **{"title": f"Autre {number}", field: text}))
    engine.rebuild(documents)
    return engine


def found(engine, text):
    results = engine.search(Query(text=text, page_size=200))
    return {hit.id for hit in results.hits}, results


@pytest.mark.parametrize(("written", "asked"), FOUND)
def test_found(engine, written, asked):
    ids, results = found(engine, asked)
    assert NUMBER[written] in ids
    assert not results.forgiven
    assert not results.relaxed


@pytest.mark.parametrize(("written", "asked"), NOT_FOUND)
def test_not_found(engine, written, asked):
    ids, results = found(engine, asked)
    assert NUMBER[asked] in ids
    assert NUMBER[written] not in ids
    assert not results.forgiven


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("asked", ["luthier", "LUTHIÈRES", "les luthiers"])
def test_every_text_of_a_listing_is_searched(engine, field, asked):
    ids, _ = found(engine, asked)
    assert 1001 + list(FIELDS).index(field) in ids


def test_every_word_must_be_there_wherever_it_is(contract_engine):
    contract_engine.rebuild(
        [
            document(1, "Atelier", summary="Réparation", tag_names=("Vélo",)),
            document(2, "Atelier", summary="Réparation"),
            document(3, "Atelier vélo"),
        ]
    )
    ids, _ = found(contract_engine, "vélo réparation atelier")
    assert ids == {1}


def test_the_name_of_a_place_restricts_like_any_word(contract_engine):
    contract_engine.rebuild(
        [
            document(1, "Épicerie", place_names="Die\nDrôme\n26150"),
            document(2, "Épicerie", place_names="Lyon\nRhône\n69003"),
        ]
    )
    assert found(contract_engine, "épicerie drome")[0] == {1}
    assert found(contract_engine, "69003")[0] == {2}
