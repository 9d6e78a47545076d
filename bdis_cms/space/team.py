"""Pages of the people of an initiative: who they are, inviting, changing, leaving."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bdis_cms import membership
from bdis_cms.membership_errors import MembershipRefused
from bdis_cms.models import InitiativePage
from bdis_cms.permissions import may_sign_for
from bdis_cms.space.access import get_own_initiative, space_page
from bdis_cms.space.forms import InviteForm, RoleForm


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the people of an initiative; its owners invite others."""
    page = get_own_initiative(request, pk)
    is_owner = may_sign_for(request.user, page)
    form = InviteForm(request.POST or None)
    if request.method == "POST":
        _require_owner(is_owner)
        if form.is_valid() and _invite(request, page, form):
            return redirect("bdis_space:team", pk=pk)
    context = {
        "page": page,
        "form": form,
        "is_owner": is_owner,
        "members": page.members.select_related("user")[: membership.MOST_PEOPLE],
        "invitations": page.invitations.waiting()[: membership.MOST_PEOPLE] if is_owner else (),
        "days": membership.INVITATION_HOLDS.days,
    }
    return render(request, "bdis_cms/space/team.html", context)


def _require_owner(is_owner: bool) -> None:
    if not is_owner:
        raise PermissionDenied


def _invite(request: HttpRequest, page: InitiativePage, form: InviteForm) -> bool:
    cleaned = form.cleaned_data
    try:
        sent = membership.invite(
            page, email=cleaned["email"], role=cleaned["role"], by=request.user
        )
    except MembershipRefused as refusal:
        form.add_error("email", str(refusal))
        return False
    messages.success(request, _("The invitation is sent to %(email)s.") % {"email": sent.email})
    return True


@require_POST
@space_page
def change_role(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Make a member an owner or a contributor; for owners."""
    page = get_own_initiative(request, pk)
    _require_owner(may_sign_for(request.user, page))
    member = get_object_or_404(page.members.select_related("initiative", "user"), pk=member_pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the two roles."))
        return redirect("bdis_space:team", pk=pk)
    try:
        membership.change_role(member, role=form.cleaned_data["role"], by=request.user)
    except MembershipRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The role is changed."))
    return redirect("bdis_space:team", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def remove(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Confirm that a member leaves: oneself, or another one for owners."""
    page = get_own_initiative(request, pk)
    member = get_object_or_404(page.members.select_related("initiative", "user"), pk=member_pk)
    is_oneself = member.user_id == request.user.pk
    _require_owner(is_oneself or may_sign_for(request.user, page))
    if request.method != "POST":
        context = {"page": page, "member": member, "is_oneself": is_oneself}
        return render(request, "bdis_cms/space/remove.html", context)
    try:
        membership.remove(member, by=request.user)
    except MembershipRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("bdis_space:team", pk=pk)
    if is_oneself:
        messages.success(request, _("You left the team of %(title)s.") % {"title": page.title})
        return redirect("bdis_space:index")
    messages.success(request, _("This person does not act for the initiative any more."))
    return redirect("bdis_space:team", pk=pk)


@require_POST
@space_page
def revoke(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Take a waiting invitation back; for owners."""
    page = get_own_initiative(request, pk)
    _require_owner(may_sign_for(request.user, page))
    membership.revoke(
        get_object_or_404(page.invitations.waiting(), pk=invitation_pk), by=request.user
    )
    messages.success(request, _("The invitation is revoked: its link opens nothing any more."))
    return redirect("bdis_space:team", pk=pk)
