"""A rule silenced where an analyst said so, until then: counted, shown, and over by itself."""
