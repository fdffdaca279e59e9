"""The tree's arithmetic is that of RFC 9162: against its own recursive definition and the published vectors."""

import datetime as dt
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.journal import rules

# The leaves and roots that implementations of certificate transparency are tested with.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaf_hashes(count):
    return [rules.leaf_hash(str(number).encode()) for number in range(count)]


def grown(hashes):
    """The tree over ``hashes`` and every node that it completed, leaves included."""
    tree, nodes = rules.GrowingTree(), {}
    for index, leaf in enumerate(hashes):
        nodes[0, index] = leaf
        nodes.update(tree.add(leaf))
    return tree, nodes


# RFC 9162, word for word.


def split(count):
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def mth(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return rules.node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*path(index, leaves[:k]), mth(leaves[k:])]
    return [*path(index - k, leaves[k:]), mth(leaves[:k])]


def subproof(first, leaves, whole):
    if first == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if first <= k:
        return [*subproof(first, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(first - k, leaves[k:], False), mth(leaves[:k])]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size):
    tree, _ = grown([rules.leaf_hash(each) for each in LEAVES[:size]])
    assert tree.root().hex() == ROOTS[size]


@given(st.integers(0, 300))
def test_a_growing_tree_has_the_root_of_the_definition(size):
    hashes = leaf_hashes(size)
    assert grown(hashes)[0].root() == mth(hashes)


@given(st.integers(0, 200), st.integers(0, 100))
def test_a_tree_that_goes_on_from_its_peaks_is_the_same_tree(size, more):
    hashes = leaf_hashes(size + more)
    _, nodes = grown(hashes[:size])
    resumed = rules.GrowingTree(size, [nodes[node] for node in rules.complete_subtrees(0, size)])
    for leaf in hashes[size:]:
        list(resumed.add(leaf))
    assert resumed.root() == mth(hashes)


@given(st.data(), st.integers(1, 300))
def test_inclusion_is_proved_from_stored_nodes(data, size):
    index = data.draw(st.integers(0, size - 1))
    hashes = leaf_hashes(size)
    tree, nodes = grown(hashes)
    ranges = rules.inclusion_ranges(index, size)
    proof = rules.roots_of(ranges, nodes)
    assert proof == path(index, hashes)
    assert rules.root_from_inclusion(index, size, hashes[index], proof) == tree.root()
    assert len(rules.nodes_of(ranges)) <= 2 * size.bit_length()


@given(st.data(), st.integers(2, 200))
def test_a_wrong_leaf_place_or_path_does_not_lead_to_the_root(data, size):
    index = data.draw(st.integers(0, size - 1))
    hashes = leaf_hashes(size)
    tree, nodes = grown(hashes)
    proof = rules.roots_of(rules.inclusion_ranges(index, size), nodes)
    root = tree.root()
    elsewhere = data.draw(st.integers(0, size - 1).filter(lambda each: each != index))
    assert rules.root_from_inclusion(index, size, rules.leaf_hash(b"other"), proof) != root
    assert rules.root_from_inclusion(elsewhere, size, hashes[index], proof) != root
    assert rules.root_from_inclusion(index, size, hashes[index], proof[:-1]) != root
    assert rules.root_from_inclusion(index, size, hashes[index], [*proof, rules.EMPTY_ROOT]) is None
    assert rules.root_from_inclusion(size, size, hashes[index], proof) is None


@given(st.data(), st.integers(1, 200))
def test_consistency_is_proved_from_stored_nodes(data, second):
    first = data.draw(st.integers(1, second))
    hashes = leaf_hashes(second)
    _, nodes = grown(hashes)
    proof = rules.roots_of(rules.consistency_ranges(first, second), nodes)
    assert proof == subproof(first, hashes, True)
    old, new = mth(hashes[:first]), mth(hashes)
    assert rules.is_consistent(first, second, old, new, proof)
    assert not rules.is_consistent(first, second, rules.leaf_hash(b"other"), new, proof)
    assert not rules.is_consistent(first, second, old, rules.leaf_hash(b"other"), proof)
    if first < second:
        assert not rules.is_consistent(first, second, old, new, proof[:-1])
        assert not rules.is_consistent(first, second, old, new, [*proof, old])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (3, 3)])
def test_there_is_no_inclusion_outside_the_tree(index, size):
    with pytest.raises(ValueError, match="not in a tree"):
        rules.inclusion_ranges(index, size)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 3), (4, 3)])
def test_there_is_no_consistency_with_nothing_or_with_the_future(first, second):
    with pytest.raises(ValueError, match="consistency"):
        rules.consistency_ranges(first, second)


def test_an_unknown_leaf_makes_what_is_above_it_unknown():
    tree = rules.GrowingTree()
    assert list(tree.add(None)) == []
    ((node, value),) = tree.add(rules.leaf_hash(b"1"))
    assert node == (1, 0)
    assert value is None
    assert tree.root() is None


def test_a_checkpoint_survives_being_written_down():
    head = rules.Head("egov/JZ/journal", 42, rules.leaf_hash(b"root"), dt.datetime(2026, 11, 24, 8, 0, 0, 17, dt.UTC))
    note = rules.Note(head, b"\x01\x02\x03\x04", b"s" * 64)
    assert rules.Note.parse(str(note)) == note
    assert str(note).splitlines()[:2] == ["egov/JZ/journal", "42"]


@pytest.mark.parametrize("text", ["", "a\nb\n", "a\nb\nc\nd\n\n— x y", "a\n1\nAA==\n2026-01-01\n\n— \n"])
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        rules.Note.parse(text)


def test_the_bytes_of_an_entry_do_not_depend_on_the_time_zone():
    moment = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
    elsewhere = moment.astimezone(dt.timezone(dt.timedelta(hours=8)))
    row = [1, moment, "act", "case.accept", 2, 3, "p-7", None, 9, "", ["case:JZ"], b"\x00\x01", "r"]
    assert rules.entry_bytes(row) == rules.entry_bytes([1, elsewhere, *row[2:]])
    assert b'"at":"2026-11-24T08:00:00.000000+00:00"' in rules.entry_bytes(row)
