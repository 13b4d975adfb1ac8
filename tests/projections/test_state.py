"""What the write side asks of the tables is never older than what it has waited for."""

from projections import replay
from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import enterprise


def test_the_register_of_sites_is_known_once_it_is_folded(ask: Ask, platform: Platform) -> None:
    assert "a" not in platform.state.sites()
    enterprise(ask, "a")
    assert platform.state.sites()["a"][:2] == ("enforcement", "enterprise")
    assert platform.state.sites() is platform.state.sites()


def test_the_register_of_sites_is_read_anew_from_rebuilt_tables(ask: Ask, platform: Platform) -> None:
    before = platform.state.sites()
    enterprise(ask, "a")
    replay.rebuild(platform.log, platform.database, platform.follower.paused)
    found = {site_id: site[:2] for site_id, site in platform.state.sites().items()}
    assert found == {**{site_id: site[:2] for site_id, site in before.items()}, "a": ("enforcement", "enterprise")}
