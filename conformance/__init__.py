"""The suite: cases, laws, pitfalls and claims, and the tests that join them."""
