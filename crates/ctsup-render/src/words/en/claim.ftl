# Words: facts, claims, conditions.
