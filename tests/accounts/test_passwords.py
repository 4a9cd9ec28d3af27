"""Which passwords are taken, and what becomes of them."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from davidson.accounts.passwords import WeakPassword, hash_new, is_password, rehashed


def take(password: str) -> str:
    return hash_new(password, email="tobias@example.org", site_name="Davidson News")


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "password1234",
        "P@ssw0rd!2024",
        "  welcome2024  ",
        "Summer2024!!",
        "iloveyou1234!",
        "qwertyuiop12",
        "123456789012",
        "passwordpassword",
        "administrator",
        "aaaaaaaaaaaa",
        "abcabcabcabcabc",
        "Tobias2024!!",
        "davidsonnews1",
        "Davidson News 1",
        "x" * 257,
    ],
)
def test_a_password_that_is_short_or_common_or_a_known_name_is_refused(password):
    with pytest.raises(WeakPassword):
        take(password)


@pytest.mark.parametrize(
    "password",
    ["lettuce-violin-42", "tobias and the grey heron", "größere Bäume im Wald", "纸飞机在河边等待夏天的第一场雨"],
)
def test_a_long_password_is_taken_whatever_characters_it_is_made_of(password):
    assert is_password(password, take(password))


def test_the_hash_is_argon2id_with_46_mebibytes():
    assert take("lettuce-violin-42").startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_two_hashes_of_one_password_differ():
    assert take("lettuce-violin-42") != take("lettuce-violin-42")


def test_another_password_and_nobody_and_a_broken_hash_do_not_match():
    encoded = take("lettuce-violin-42")
    assert not is_password("lettuce-violin-43", encoded)
    assert not is_password("lettuce-violin-42", None)
    assert not is_password("lettuce-violin-42", "")


def test_a_password_typed_on_another_keyboard_is_the_same_password():
    assert is_password("cafe\u0301 con leche y pan", take("caf\u00e9 con leche y pan"))


def test_a_hash_with_older_parameters_is_made_anew_and_todays_is_kept():
    older = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash("lettuce-violin-42")
    fresh = rehashed("lettuce-violin-42", older)
    assert fresh is not None and is_password("lettuce-violin-42", fresh)
    assert rehashed("lettuce-violin-42", fresh) is None


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_is_either_taken_or_refused_with_a_sentence(password):
    try:
        take(password)
    except WeakPassword as fault:
        assert str(fault).endswith(".")
