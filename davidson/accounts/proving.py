"""Whether somebody is who they say: the password, compared outside of any transaction."""

from davidson.accounts.passwords import is_password
from davidson.accounts.queries import Proof, proof_of
from davidson.database import db, reading


def proven(email: str, password: str) -> Proof | None:
    """The proof that this person's password was given; None whether it, the address or the account is not good.

    Hashing takes as long in each of these cases. It is done between transactions, for a writer of SQLite would keep
    all others waiting meanwhile; `proven_staff` finds out whether the proof still holds.
    """
    with reading():
        proof = proof_of(email)
        db.session.rollback()
    right = is_password(password, proof.password_hash if proof else None)
    return proof if proof is not None and right and proof.active else None
