"""The people of an initiative, as its regional team sees them: who may act, inviting an owner."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page

from bdis_cms import membership
from bdis_cms.membership_errors import MembershipRefused
from bdis_cms.models import InitiativePage, MemberRole
from bdis_cms.permissions import editable_initiatives
from bdis_cms.space.forms import InviteForm


class _OfOwnRegion:
    """The page of the address, for whoever edits it; it does not exist for the others."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def page(self) -> InitiativePage:
        pages = editable_initiatives(self.request.user)
        return get_object_or_404(pages, pk=self.kwargs["page_id"])

    def back(self) -> HttpResponse:
        return redirect("bdis_team_admin:team", page_id=self.page.pk)


class TeamView(_OfOwnRegion, WagtailAdminTemplateMixin, FormView):
    """List the people of an initiative and invite others."""

    template_name = "bdis_cms/admin/team.html"
    page_title = _("Team of the initiative")
    header_icon = "group"
    form_class = InviteForm
    initial = {"role": MemberRole.OWNER}

    def form_valid(self, form: InviteForm) -> HttpResponse:
        cleaned = form.cleaned_data
        try:
            sent = membership.invite(
                self.page, email=cleaned["email"], role=cleaned["role"], by=self.request.user
            )
        except MembershipRefused as refusal:
            form.add_error("email", str(refusal))
            return self.form_invalid(form)
        messages.success(
            self.request, gettext("The invitation is sent to %(email)s.") % {"email": sent.email}
        )
        return self.back()

    def get_page_subtitle(self) -> str:
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *get_breadcrumbs_items_for_page(self.page, self.request.user),
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        most = membership.MOST_PEOPLE
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "members": self.page.members.select_related("user")[:most],
            "invitations": self.page.invitations.waiting()[:most],
        }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.page  # noqa: B018 - a page of another region does not exist, whatever is asked of it
        return super().dispatch(request, *args, **kwargs)


class RemoveView(_OfOwnRegion, View):
    """Take a person off the team, be it the last owner: the region invites another one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, member_pk: int, **kwargs: Any) -> HttpResponse:
        members = self.page.members.select_related("initiative")
        member = get_object_or_404(members, pk=member_pk)
        membership.remove(member, by=request.user, even_last_owner=True)
        messages.success(request, gettext("This person does not act for the initiative any more."))
        return self.back()


class RevokeView(_OfOwnRegion, View):
    """Take a waiting invitation back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, invitation_pk: int, **kwargs: Any) -> HttpResponse:
        invitation = get_object_or_404(self.page.invitations.waiting(), pk=invitation_pk)
        membership.revoke(invitation, by=request.user)
        messages.success(
            request, gettext("The invitation is revoked: its link opens nothing any more.")
        )
        return self.back()
