# Words: findings about an input.
