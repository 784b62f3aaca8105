"""What Faust names after the consumer group."""

TABLE = "ledger"


def changelog_name(group: str) -> str:
    """The topic that holds the changes of the ledger's table."""
    return f"{group}-{TABLE}-changelog"
