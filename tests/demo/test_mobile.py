"""The demo's moving sources: played twice they say the same, and everything of them says that it is simulated."""

from demo import mobile, simulator
from demo.simulator import play_together
from running.platform import Platform


def test_it_can_be_played_again(platform: Platform) -> None:
    batches = mobile.batches(7)
    assert play_together(platform.handler, batches) == sum(map(len, batches))
    assert play_together(platform.handler, batches) == 0
    assert simulator.SOURCE == mobile.SOURCE
    with platform.database.read() as snapshot:
        for sql, expected in (
            ("SELECT count(*) FROM air.vehicle_offender WHERE repeat_offender AND simulated", 2),
            ("SELECT count(*) FROM air.zone_machinery WHERE below_minimum AND simulated", None),
            ("SELECT in_circulation FROM air.coin_total WHERE simulated", 96),
            ("SELECT count(*) FROM base.site WHERE kind = 'vehicle_device'", 4),
        ):
            ((found,),) = snapshot.connection.execute(sql).fetchall()
            assert found == expected or (expected is None and found > 0), sql
