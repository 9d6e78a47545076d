"""A second lock on the admin: what another region keeps to itself does not exist for an editor.

Wagtail refuses to change or open the pages of others, but some of its screens show their draft
titles: choosers, bulk actions, the explorer between two regions of the same editor. This middleware
answers "not found" before such a view runs. It reads the ids that admin addresses carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import AbstractPage, Page

from bdis_cms.permissions import choosable_pages, may_choose, may_explore, works_nationally

#: Keyword arguments of Wagtail's page addresses that hold the id of a page.
PAGE_KWARGS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
EXPLORER = frozenset({"wagtailadmin_explore", "wagtailadmin_explore_results"})
#: Where only choosing is at stake: pages the public sees may be chosen too.
CHOOSERS = frozenset({"wagtailadmin_choose_page_child", "wagtailadmin_choose_page_chosen_multiple"})
#: Reports that show the last draft of anybody, or whose filters name everybody who acted.
REPORTS = ("page_types_usage", "site_history", "workflow", "workflow_tasks", "locked_pages")
NATIONAL = frozenset(name + end for name in REPORTS for end in ("", "_results"))
COPY_TO = "new_parent_page"
COLLECTED = {
    "wagtailimages": (get_image_model, "image_id"),
    "wagtailimages_chooser": (get_image_model, "image_id"),
    "wagtaildocs": (get_document_model, "document_id"),
    "wagtaildocs_chooser": (get_document_model, "document_id"),
}
BULK = "wagtail_bulk_action"
GUARDED = frozenset({"wagtailadmin_pages", BULK, *COLLECTED, *EXPLORER, *CHOOSERS, *NATIONAL})


class AdminGuardMiddleware:
    """Answer 404 to an editor who asks the admin for what their regions do not hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not self._guards(match.namespace, match.url_name or ""):
            return None
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated or user.is_superuser:
            return None
        try:
            self._check(request, match.namespace, match.url_name or "", kwargs)
        except Http404:
            return TemplateResponse(request, "wagtailadmin/404.html", status=404)
        return None

    @staticmethod
    def _guards(namespace: str, url_name: str) -> bool:
        # Asked before the session is read: public pages stay the same for all their visitors.
        return namespace in GUARDED or url_name in GUARDED

    def _check(
        self, request: HttpRequest, namespace: str, url_name: str, kwargs: dict[str, Any]
    ) -> None:
        user = request.user
        if url_name in NATIONAL:
            if not works_nationally(user):
                raise Http404
        elif url_name in CHOOSERS:
            ids = [*_ids(kwargs, ("parent_page_id",)), *_numbers(request.GET.getlist("id"))]
            wanted = Page.objects.filter(pk__in=ids)
            if ids and choosable_pages(wanted, user).count() < wanted.count():
                raise Http404
        elif namespace == "wagtailadmin_pages" or url_name in EXPLORER:
            ids = _ids(kwargs, (*PAGE_KWARGS, "pk"))
            ids += _numbers([request.POST.get(COPY_TO, "")])
            _require(user, Page.objects.filter(pk__in=ids))
        elif namespace in COLLECTED:
            get_model, name = COLLECTED[namespace]
            ids = [*_ids(kwargs, (name, "pk")), *_numbers(request.GET.getlist("id"))]
            _require_collected(user, get_model().objects.filter(pk__in=ids))
        elif url_name == BULK:
            self._check_bulk(request, kwargs)

    @staticmethod
    def _check_bulk(request: HttpRequest, kwargs: dict[str, Any]) -> None:
        kind = kwargs.get("app_label"), kwargs.get("model_name")
        ids = request.GET.getlist("id")
        for model in (get_image_model(), get_document_model()):
            if kind == (model._meta.app_label, model._meta.model_name):
                _require_collected(request.user, _selected(model.objects.all(), ids))
        if kind == (Page._meta.app_label, Page._meta.model_name):
            parents = Page.objects.filter(pk__in=_numbers([request.GET.get("childOf", "")]))
            _require(request.user, parents)
            if "all" in ids:
                _keep_own(request, parents)
            else:
                _require(request.user, Page.objects.filter(pk__in=_numbers(ids)))


def _selected(items: Any, ids: list[str]) -> Any:
    return items if "all" in ids else items.filter(pk__in=_numbers(ids))


def _keep_own(request: HttpRequest, parents: Any) -> None:
    """Replace "everything listed" by what the user may explore of it: Wagtail counts all pages."""
    listed = Page.objects.filter(depth__gt=1)
    for parent in parents:
        listed = listed.child_of(parent)
    own = [str(page.pk) for page in listed.iterator() if may_explore(request.user, page)]
    query: QueryDict = request.GET.copy()
    query.setlist("id", own)
    request.GET = query  # type: ignore[assignment]


def _require(user: Any, pages: Iterable[AbstractPage]) -> None:
    for page in pages:
        if not may_explore(user, page):
            raise Http404


def _require_collected(user: Any, items: Iterable[Any]) -> None:
    for item in items:
        if not may_choose(user, item):
            raise Http404


def _ids(kwargs: dict[str, Any], names: Iterable[str]) -> list[int]:
    return _numbers(str(kwargs[name]) for name in names if name in kwargs)


def _numbers(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 19]
