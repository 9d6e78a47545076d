"""Acts of moderators on the ledger: a signature on paper, a withdrawal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput

from bdis_cms.admin.acts import ModerationActView
from bdis_cms.templatetags.bdis import long_date
from bdis_evaluation.charter import ledger
from bdis_evaluation.charter.forms import clean_words, statement_for
from bdis_evaluation.models import CharterText, CharterVersion, SigningWay


class PaperForm(forms.Form):
    """Who signed on paper, in which capacity, on which day."""

    name = forms.CharField(label=gettext_lazy("Signed by"), max_length=160)
    capacity = forms.CharField(label=gettext_lazy("In the capacity of"), max_length=160)
    signed_on = forms.DateField(
        label=gettext_lazy("Date of the signature"),
        widget=AdminDateInput,
        initial=timezone.localdate,
    )
    seen = forms.BooleanField(label=gettext_lazy("I have the signed paper, and I keep it."))

    clean_name, clean_capacity = clean_words("name"), clean_words("capacity")

    def clean_signed_on(self) -> Any:
        day = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet: give that of the paper."))
        version = CharterVersion.objects.in_force().first()
        if version and day < version.in_force_on:
            raise forms.ValidationError(
                _("%(version)s was not in force yet: it is signed from %(day)s on.")
                % {"version": version, "day": long_date(version.in_force_on)}
            )
        return day


class WithdrawalForm(forms.Form):
    """Who asked for the withdrawal, and why."""

    name = forms.CharField(label=gettext_lazy("Asked by"), max_length=160)
    capacity = forms.CharField(label=gettext_lazy("In the capacity of"), max_length=160)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("It stays in the ledger: do not name people."),
    )

    clean_name, clean_capacity = clean_words("name"), clean_words("capacity")


class _LedgerActView(ModerationActView):
    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except (ledger.AlreadySigned, ledger.CharterChanged, ledger.NothingToWithdraw) as error:
            messages.warning(self.request, str(error))
            return redirect(self.next_url)

    def by(self, cleaned: dict[str, Any], **facts: Any) -> ledger.Signing:
        """Return the signing that the form tells of."""
        return ledger.Signing(
            name=cleaned["name"],
            capacity=cleaned["capacity"],
            way=SigningWay.PAPER,
            recorded_by=self.request.user,
            **facts,
        )


class PaperSigningView(_LedgerActView):
    """Record a charter signed on paper: the version in force."""

    page_title = gettext_lazy("Record an adhesion signed on paper")
    form_class = PaperForm
    submit_label = gettext_lazy("Record the adhesion")
    done = gettext_lazy("The adhesion of “%(title)s” is recorded.")

    @cached_property
    def text(self) -> CharterText | None:
        version = CharterVersion.objects.in_force().first()
        return version.text_in("fr") if version else None

    @property
    def explanation(self) -> str:  # type: ignore[override]
        version = self.text.version if self.text else ""
        return _(
            "What was signed is %(version)s. The record stands in the ledger for ever; if it was "
            "a mistake, record a withdrawal."
        ) % {"version": version}

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.text is None:
            messages.warning(request, _("No version of the charter is in force yet."))
            return redirect(self.next_url)
        return super().dispatch(request, *args, **kwargs)

    def act(self, cleaned: dict[str, Any]) -> None:
        assert self.text is not None  # noqa: S101 - dispatch asked
        by = self.by(cleaned, signed_on=cleaned["signed_on"], statement=statement_for(self.page))
        ledger.sign(self.page, text=self.text, text_hash=self.text.text_hash, by=by)


class PaperWithdrawalView(_LedgerActView):
    """Record that an initiative withdraws its signature."""

    page_title = gettext_lazy("Record a withdrawal from the charter")
    form_class = WithdrawalForm
    explanation = gettext_lazy(
        "The signature is withdrawn by a new line of the ledger, and the listing leaves the "
        "directory at once: page, search, map, exports. It may sign again at any time."
    )
    submit_label = gettext_lazy("Record the withdrawal")
    is_severe = True
    done = gettext_lazy("The withdrawal of “%(title)s” is recorded.")

    def act(self, cleaned: dict[str, Any]) -> None:
        ledger.withdraw(self.page, reason=cleaned["reason"], by=self.by(cleaned))
