"""The policy file: what is wrong in it is all told, and what is right is read."""

import pytest

from pipeline.policy import Policy, PolicyFault, read_policy


def test_one_faulty_section_does_not_hide_the_others() -> None:
    text = "quota: {over: block}\nrules: 5\nincidents: {gap_s: soon}\ncommandos: {}\n"
    with pytest.raises(PolicyFault) as told:
        read_policy(text, "p.yaml")
    faults = str(told.value).splitlines()
    assert all(each.startswith("p.yaml: ") for each in faults)
    for of, place in zip(faults, ("$.quota.over", "$.rules", "$.incidents.gap_s"), strict=False):
        assert place in of
    assert "commandos" in faults[3]
    assert len(faults) == 4


@pytest.mark.parametrize("text", ["[]", "5", "1: {}"])
def test_what_is_no_table_of_sections_is_one_fault(text: str) -> None:
    with pytest.raises(PolicyFault, match=r"^p\.yaml: [^\n]+$"):
        read_policy(text, "p.yaml")


def test_an_empty_table_is_the_default() -> None:
    assert read_policy("{}", "p.yaml") == Policy()
