"""What a worker keeps stays within its budget, the least recently used page goes first."""

import threading

import pytest

from davidson.pagecache.store import OVERHEAD, Entry, PageStore

FOREVER = float("inf")


def entry(size: int = 1000) -> Entry:
    return Entry(
        body=b"x" * size, content_type="text/html; charset=utf-8", route="/", tags=(), versions=0, until=FOREVER
    )


def test_the_least_recently_used_page_goes_first():
    store = PageStore(3 * (1000 + OVERHEAD))
    pages = {name: entry() for name in "abcd"}
    for name in "abc":
        store.keep(name, pages[name])
    store.get("a")
    store.keep("d", pages["d"])
    assert {name for name in "abcd" if store.get(name)} == {"a", "c", "d"}
    assert store.size == 3 * (1000 + OVERHEAD)


def test_what_compressing_adds_counts_and_may_cost_another_page_its_place():
    store = PageStore(2 * (1000 + OVERHEAD) + 5)
    first, second = entry(), entry()
    store.keep("first", first)
    store.keep("second", second)
    second.variant("gzip")
    store.grown("second", second)
    assert store.get("first") is None
    assert store.size == second.size > 1000 + OVERHEAD


def test_a_page_larger_than_the_budget_is_not_kept_and_costs_no_other_its_place():
    store = PageStore(2 * OVERHEAD)
    store.keep("small", entry(10))
    store.keep("large", entry(3 * OVERHEAD))
    assert store.get("large") is None
    assert store.get("small") is not None
    nothing = PageStore(0)
    nothing.keep("any", entry(10))
    assert nothing.get("any") is None
    assert nothing.size == 0


def test_a_page_that_was_replaced_meanwhile_is_not_dropped():
    store = PageStore(10 * OVERHEAD)
    old, new = entry(), entry()
    store.keep("page", old)
    store.keep("page", new)
    store.drop("page", old)
    assert store.get("page") is new
    store.drop("page", new)
    assert (store.get("page"), store.size) == (None, 0)


def test_one_thread_makes_a_page_while_the_others_wait():
    store = PageStore(10 * OVERHEAD)
    barrier, made = threading.Barrier(8), []

    def ask() -> None:
        barrier.wait()
        with store.making("page"):
            if store.get("page") is None:
                made.append(threading.get_ident())
                store.keep("page", entry())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


@pytest.mark.parametrize("coding", ["identity", "zstd", "br", "gzip"])
def test_each_coding_has_an_etag_of_its_own_and_is_made_once(coding: str):
    page = entry(5000)
    variant = page.variant(coding)
    assert page.variant(coding) is variant
    assert dict(variant.headers)["ETag"] == variant.etag
    assert dict(variant.headers)["Content-Length"] == str(len(variant.body))
    assert dict(variant.headers).get("Content-Encoding", "identity") == coding
    others = {page.variant(other).etag for other in ("identity", "zstd", "br", "gzip") if other != coding}
    assert variant.etag not in others


def test_a_body_too_small_to_gain_is_sent_as_it_is():
    assert entry(100).variant("gzip").body == b"x" * 100
