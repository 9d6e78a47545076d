"""Dates are typed and read the day first, in both languages of the admin."""

import datetime

import pytest
from django import forms
from django.utils import translation
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_date_typed_is_the_one_kept(language):
    with translation.override(language):
        assert forms.DateField().clean("05/06/2026") == datetime.date(2026, 6, 5)
        assert forms.DateField().clean("2026-06-05") == datetime.date(2026, 6, 5)
        moment = forms.DateTimeField().clean("05/06/2026 14:30")
        assert (moment.day, moment.month, moment.hour) == (5, 6, 14)
        # The picker takes what is not in its format for today: both have the same one.
        day = datetime.date(2026, 6, 5)
        assert "d/m/Y" in AdminDateInput().render("day", day)
        assert 'value="05/06/2026"' in AdminDateInput().render("day", day)
        assert "d/m/Y H:i" in AdminDateTimeInput().render("moment", None)
