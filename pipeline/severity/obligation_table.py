"""Every duty to tell, as one table."""

from pipeline.severity.duties_cac import CAC_DUTIES
from pipeline.severity.duties_miit import MIIT_DUTIES
from pipeline.severity.duties_other import INTERNET_DUTIES, STATUTE_DUTIES
from pipeline.severity.duty import Duty

DUTIES: tuple[Duty, ...] = (*MIIT_DUTIES, *CAC_DUTIES, *INTERNET_DUTIES, *STATUTE_DUTIES)
"""In the order in which they are told."""

DUTY_OF: dict[str, Duty] = {duty.key: duty for duty in DUTIES}
