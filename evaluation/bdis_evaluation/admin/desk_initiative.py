"""One initiative on the desk of its region: states, commitments, accompanist, notes, a message."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdis_cms.models import InitiativePage, RegionPage
from bdis_evaluation.accompanying.access import (
    reads_answers_of,
    region_page_of,
    team_of,
    works_in_region_of,
)
from bdis_evaluation.accompanying.helping import (
    HelpRefused,
    assign,
    note,
    owners_of,
    write_to_owners,
)
from bdis_evaluation.accompanying.rows import desk_rows
from bdis_evaluation.accompanying.states import with_desk
from bdis_evaluation.evaluating.showing import ask
from bdis_evaluation.models import Commitment, Evaluation, EvaluationState

_NOTES_ON_A_PAGE = 20
_MOST_EVALUATIONS = 20
_MOST_COMMITMENTS = 60


class NoteForm(forms.Form):
    """A note for the team."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The team of the region alone reads it."),
    )


class MessageForm(forms.Form):
    """A message to the owners."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 8})
    )


class _OfTheRegion(View):
    """What bears on an initiative of a region where the user works; others get a refusal."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not works_in_region_of(request.user, self.page):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self) -> InitiativePage:
        return get_object_or_404(InitiativePage, pk=self.kwargs["page_id"])

    @cached_property
    def region(self) -> RegionPage | None:
        return region_page_of(self.page)

    @cached_property
    def is_of_the_team(self) -> bool:
        """Whether the user is of the team of the region: its notes are its own."""
        team = team_of(self.region) if self.region else None
        return team is not None and team.filter(pk=self.request.user.pk).exists()

    def back(self) -> HttpResponse:
        """Return to the page of the initiative."""
        return redirect("bdis_desk:initiative", self.page.pk)

    def evaluation(self, pk: Any) -> Evaluation:
        """Return an evaluation of the initiative; 404 for any other."""
        evaluations = Evaluation.objects.select_related("version", "grid", "accompanist")
        evaluation = get_object_or_404(evaluations, pk=pk, initiative=self.page)
        evaluation.initiative = self.page
        return evaluation


class _Screen(WagtailAdminTemplateMixin, _OfTheRegion):
    """A screen about an initiative."""

    header_icon = "tasks"
    index_url: Any = reverse_lazy("bdis_desk:index")
    _show_breadcrumbs = True
    label: Any = ""

    def get_page_title(self) -> str:
        return str(self.label or self.page.title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [{"url": self.index_url, "label": _("Progress approach")}]
        if self.label:
            url = reverse("bdis_desk:initiative", args=[self.page.pk])
            items.append({"url": url, "label": self.page.title})
        return [*self.breadcrumbs_items, *items, {"url": "", "label": self.get_page_title()}]


class InitiativeView(_Screen, TemplateView):
    """Where an initiative is: its evaluations, its commitments, the notes of the team."""

    template_name = "bdis_evaluation/admin/desk_initiative.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        (row,) = desk_rows(list(with_desk(InitiativePage.objects.filter(pk=self.page.pk))))
        commitments = Commitment.objects.filter(
            evaluation__initiative=self.page, evaluation__state=EvaluationState.CLOSED
        )
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "row": row,
            "evaluations": self._evaluations(),
            "team": list(team_of(self.region)) if self.region else [],
            "commitments": commitments.order_by("-evaluation__closed_at", "due_on")[
                :_MOST_COMMITMENTS
            ],
            "today": timezone.localdate(),
            "owners": len(owners_of(self.page)),
            "notes": self._notes() if self.is_of_the_team else None,
            "note_form": NoteForm(),
        }

    def _evaluations(self) -> list[tuple[Evaluation, bool]]:
        found = self.page.evaluations.select_related("version__grid", "accompanist")
        rows = list(found.order_by("-started_at", "-pk")[:_MOST_EVALUATIONS])
        for one in rows:
            one.initiative = self.page
        return [(one, reads_answers_of(self.request.user, one)) for one in rows]

    def _notes(self) -> Any:
        notes = self.page.accompanist_notes.select_related("author")
        return Paginator(notes, _NOTES_ON_A_PAGE).get_page(self.request.GET.get("p"))


class AssignView(_OfTheRegion):
    """Have somebody of the team accompany an evaluation."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        evaluation = self.evaluation(_key(request.POST.get("evaluation")))
        chosen = request.POST.get("accompanist", "")
        team = team_of(self.region) if self.region else None
        accompanist = team.filter(pk=_key(chosen)).first() if team is not None and chosen else None
        if chosen and accompanist is None:
            messages.error(request, _("Choose somebody of the team of the region."))
            return self.back()
        assign(evaluation, accompanist=accompanist, user=request.user)
        messages.success(request, _("The accompanist is recorded."))
        return self.back()


class NoteView(_OfTheRegion):
    """Write a note for the team of the region, which alone writes them."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_of_the_team:
            raise PermissionDenied
        form = NoteForm(request.POST)
        if form.is_valid():
            note(self.page, text=form.cleaned_data["text"], author=request.user)
            messages.success(request, _("The note is kept."))
        else:
            messages.error(request, _("Write a note, of 4,000 characters at most."))
        return self.back()


class WriteView(_Screen, FormView):
    """Write to the owners of an initiative, through the platform."""

    template_name = "bdis_evaluation/admin/desk_write.html"
    form_class = MessageForm
    label = gettext_lazy("Write to its owners")

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            sent = write_to_owners(self.page, user=self.request.user, **form.cleaned_data)
        except HelpRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("Sent to %(count)d owner(s).") % {"count": sent})
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "owners": len(owners_of(self.page)),
            "back_url": reverse("bdis_desk:initiative", args=[self.page.pk]),
        }


class AnswersView(_Screen, TemplateView):
    """The answers of an assisted or joint evaluation, read by its accompanist."""

    template_name = "bdis_evaluation/admin/desk_answers.html"
    label = gettext_lazy("Answers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        evaluation = self.evaluation(self.kwargs["evaluation_pk"])
        if not reads_answers_of(self.request.user, evaluation):
            raise Http404
        content = evaluation.version.content
        asked = {one.question.key: one for one in ask(evaluation, content.questions.values())}
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "evaluation": evaluation,
            "themes": [(theme, [asked[one.key] for one in theme.questions]) for theme in content],
        }


def _key(typed: Any) -> int:
    text = str(typed)
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)
