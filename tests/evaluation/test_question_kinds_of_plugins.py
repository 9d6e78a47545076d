"""A plug-in brings a kind of question: in files, in the admin, in answers."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from wagtail import hooks
from wagtail.blocks import StructBlockValidationError

from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.grids.blocks import OtherQuestionBlock
from bdis_evaluation.grids.checking import problems
from bdis_evaluation.grids.documents import read_document
from bdis_evaluation.grids.importing import export_version, import_document
from bdis_evaluation.grids.kinds import HOOK, InvalidAnswer, InvalidQuestion, QuestionKind
from bdis_evaluation.grids.publishing import enter_into_force
from bdis_evaluation.grids.writing import to_yaml
from bdis_evaluation.grids.yaml_reading import GridRefused
from tests.factories.evaluations import EvaluationFactory

GRID = """\
bdis_grid: 1
code: liens
title: Nos liens
themes:
  - title: Liens
    questions:
      - key: partenaires
        kind: share
        text: Comment se partagent vos achats ?
        among: [Ici, Ailleurs]
        strict: false
"""


class ShareKind(QuestionKind):
    """A hundred, shared. Value: a whole number for each of ``among``."""

    code = "share"
    label = "Partage"
    template = "their/share.html"

    def clean_options(self, options):
        among = options.get("among")
        if not isinstance(among, list) or len(among) < 2:
            raise InvalidQuestion("among", "name two at least")
        return {"among": [str(one) for one in among], "strict": bool(options.get("strict"))}

    def from_form(self, question, data, name):
        return data.getlist(name) or None

    def clean(self, question, value):
        if not isinstance(value, list) or sum(value) != 100:
            raise InvalidAnswer(question.key, "It makes 100.")
        return value

    def display(self, question, value):
        pairs = zip(question.options["among"], value, strict=True)
        return ", ".join(f"{name} {share}" for name, share in pairs)


@pytest.fixture(autouse=True)
def _with_the_plugin():
    with override("en"), hooks.register_temporarily(HOOK, ShareKind):
        yield


def test_a_file_holds_the_kind_of_a_plugin_with_its_options():
    document = read_document(GRID.encode())
    question = document.content.questions["partenaires"]
    assert question.options == {"among": ["Ici", "Ailleurs"], "strict": False}
    assert read_document(to_yaml(document).encode()) == document


def test_the_kind_says_what_is_wrong_with_its_options():
    with pytest.raises(GridRefused, match=r"line 10, .*\.among: name two at least"):
        read_document(GRID.replace("[Ici, Ailleurs]", "[Ici]").encode())


@pytest.mark.parametrize(
    ("options", "said"),
    [("{", "Expecting"), ("[]", "between"), ('{"among": []}', "name two"), ("[" * 9_999, "")],
)
def test_the_admin_asks_the_plugin_too(options, said):
    block = OtherQuestionBlock()
    assert block.child_blocks["kind"].field.choices[1:] == [("share", "Partage")]
    value = block.to_python({"key": "k", "text": "?", "kind": "share", "options": options})
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)
    assert said in str(refused.value.block_errors["options"].message)
    value["options"] = '{"among": ["a", "b"]}'
    assert block.clean(value)["kind"] == "share"


@pytest.mark.django_db
def test_an_answer_of_the_kind_is_saved_as_the_plugin_cleans_it(site_tree):
    document = read_document(GRID.encode())
    draft = import_document(document, user=None)
    enter_into_force(draft, user=None)
    assert export_version(draft) == read_document(to_yaml(export_version(draft)).encode())
    evaluation = EvaluationFactory(version=draft, grid=draft.grid)
    with pytest.raises(InvalidAnswer, match="It makes 100"):
        save_answer(evaluation, "partenaires", Given([50, 20]), base=0, user=None)
    saved = save_answer(evaluation, "partenaires", Given([60, 40]), base=0, user=None)
    assert saved.answer.value == [60, 40]
    question = draft.content.questions["partenaires"]
    assert ShareKind().display(question, saved.answer.value) == "Ici 60, Ailleurs 40"


@pytest.mark.django_db
def test_a_grid_whose_plugin_was_removed_says_so():
    draft = import_document(read_document(GRID.encode()), user=None)
    with hooks.register_temporarily(HOOK, lambda: ShareKind()):
        assert problems(draft.content) == []
    ShareKind.code = "gone"
    try:
        assert "is its plug-in there?" in str(problems(draft.content)[0])
    finally:
        ShareKind.code = "share"
