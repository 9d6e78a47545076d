"""The form behind the editing views of every page of the directory.

The models' editing forms import this module: it imports models inside functions only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import ForeignKey, Model
from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

Reference = tuple[type[Model], str]  # a model and the key of one of its objects
# What a stream field posts of each block besides its value.
_BOOKKEEPING = {"count", "deleted", "id", "order", "type"}


class EditorialPageForm(WagtailAdminPageForm):
    """Refuses images, documents and pages that the choosers would not have offered.

    Posted keys may be of another region, in a field or deep in a text: the form, when it comes
    back, and the page would show their titles. What the page already shows may stay.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Now: cleaning writes on the instances.
        self._already = {
            reference
            for form in self._forms()
            for name in form.fields
            for reference in _references(form, name, getattr(form.instance, name, None))
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self._refuse(self, cleaned)
        for formset in self.formsets.values():
            formset.is_valid()
            for form in formset.forms:
                self._refuse(form, getattr(form, "cleaned_data", {}))
        return cleaned

    def _forms(self) -> Iterator[ModelForm]:
        yield self
        for formset in self.formsets.values():
            yield from formset.forms

    def _refuse(self, form: ModelForm, cleaned: dict[str, Any]) -> None:
        from bdis_cms.permissions import may_show

        if self.for_user is None:
            return
        for name, value in list(cleaned.items()):
            refused = {
                key
                for model, key in set(_references(form, name, value)) - self._already
                if not may_show(self.for_user, model, key)
            }
            if refused:
                form.add_error(name, _("You cannot choose this one: choose another."))
                form.data = _without(form.data, form.add_prefix(name), refused)


def _references(form: ModelForm, name: str, value: Any) -> Iterator[Reference]:
    """Yield what the field ``name`` of ``form`` shows when it holds ``value``."""
    fields = {field.name: field for field in form._meta.model._meta.get_fields()}
    field = fields.get(name)
    if not value or field is None:
        return
    if isinstance(field, ForeignKey):
        yield field.related_model, str(value.pk)
    elif hasattr(field, "extract_references"):
        for model, key, _model_path, _content_path in field.extract_references(value):
            yield model, str(key)


def _without(data: Any, prefix: str, keys: set[str]) -> Any:
    """Return what was posted without ``keys``, in the fields and blocks under ``prefix``."""
    kept: Any = data.copy()
    for name in data:
        inside = name.startswith(f"{prefix}-") and name.rpartition("-")[2] not in _BOOKKEEPING
        if name != prefix and not inside:
            continue
        if kept[name] in keys:
            kept[name] = ""
        elif '"entityMap"' in kept[name]:
            text = json.loads(kept[name])
            for entity in text["entityMap"].values():
                if str(entity["data"].get("id")) in keys:
                    entity["data"] = {"url": ""}
            kept[name] = json.dumps(text)
    return kept
