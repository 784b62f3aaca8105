"""Every statutory form, by its name on the command line."""

from collections.abc import Mapping
from typing import Final

from pipeline.severity.forms.cac_forms import CAC_FORMS
from pipeline.severity.forms.fields import FormName, Layout
from pipeline.severity.forms.miit_forms import MIIT_FORMS

LAYOUTS: Final[Mapping[FormName, Layout]] = {**MIIT_FORMS, **CAC_FORMS}
