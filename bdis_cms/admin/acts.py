"""Acts of moderators on a listing: suspension, confirmation. One view and form each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page
from wagtail.admin.widgets import AdminDateInput

from bdis_cms import services
from bdis_cms.models import InitiativePage
from bdis_cms.permissions import may_moderate


class SuspensionForm(forms.Form):
    """Why the listing is suspended."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("It stays in the history of the listing; the public does not see it."),
    )


class ConfirmationForm(forms.Form):
    """When the facts were checked."""

    on = forms.DateField(
        label=_("Checked on"),
        widget=AdminDateInput,
        initial=timezone.localdate,
    )

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet: give the day of the check."))
        return self.cleaned_data["on"]


class ModerationActView(ABC, WagtailAdminTemplateMixin, FormView):
    """Confirm an act on a listing, for whoever publishes in its region; others get a refusal."""

    template_name = "bdis_cms/admin/act.html"
    form_class: type[forms.Form] = forms.Form
    explanation: Any = ""
    submit_label: Any = ""
    is_severe = False
    done: Any = ""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_moderate(request.user, self.page):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self) -> InitiativePage:
        return get_object_or_404(InitiativePage, pk=self.kwargs["page_id"])

    @cached_property
    def next_url(self) -> str:
        return get_valid_next_url_from_request(self.request) or reverse(
            "wagtailadmin_pages:edit", args=[self.page.pk]
        )

    @abstractmethod
    def act(self, cleaned: dict[str, Any]) -> None:
        """Do it, with what the form says."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act(form.cleaned_data)
        except (services.AlreadySuspended, services.NotSuspended):
            messages.warning(self.request, _("Somebody did it before you: nothing was changed."))
        else:
            messages.success(self.request, self.done % {"title": self.page.title})
        return redirect(self.next_url)

    def get_page_subtitle(self) -> str:
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *get_breadcrumbs_items_for_page(self.page, self.request.user),
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "page": self.page,
            "media": context["form"].media,
            "explanation": self.explanation,
            "submit_label": self.submit_label,
            "is_severe": self.is_severe,
            "next_url": self.next_url,
        }


class SuspendView(ModerationActView):
    """Hide a listing at once, for a reason."""

    page_title = _("Suspend the listing")
    form_class = SuspensionForm
    explanation = _(
        "The public no longer sees the listing: neither its page, nor search, map and exports. "
        "It stays as it is, and can be reinstated at any time."
    )
    submit_label = _("Suspend")
    is_severe = True
    done = _("“%(title)s” is suspended.")

    def act(self, cleaned: dict[str, Any]) -> None:
        services.suspend(self.page, reason=cleaned["reason"], user=self.request.user)


class ReinstateView(ModerationActView):
    """Lift a suspension."""

    page_title = _("Reinstate the listing")
    explanation = _(
        "The suspension ends now. The public sees the listing if nothing else hides it."
    )
    submit_label = _("Reinstate")
    done = _("“%(title)s” is reinstated.")

    def act(self, cleaned: dict[str, Any]) -> None:
        services.reinstate(self.page, user=self.request.user)


class ConfirmView(ModerationActView):
    """Record that the facts were checked."""

    page_title = _("Confirm that the listing is right")
    form_class = ConfirmationForm
    explanation = _(
        "You checked the facts with the initiative: address, contacts, activities. The public sees "
        "the date."
    )
    submit_label = _("Confirm")
    done = _("“%(title)s” is confirmed.")

    def act(self, cleaned: dict[str, Any]) -> None:
        services.confirm(self.page, user=self.request.user, on=cleaned["on"])
