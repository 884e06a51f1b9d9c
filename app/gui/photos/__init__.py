"""Photos of a feature: small ones in its form, one large, and pictures that were dropped."""
