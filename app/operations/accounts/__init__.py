"""Accounts: proving who somebody is, and what they carry to prove it again."""
