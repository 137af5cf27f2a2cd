# Words: findings about a certificate.
