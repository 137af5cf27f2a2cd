# Words: the readings of the guide's ambiguities.
