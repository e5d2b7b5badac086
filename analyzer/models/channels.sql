-- The channels that were opened across the wall: who opened each, to whom, and by what name. What Shuttle's own rules
-- carry is nobody's message.
select run, channel, vm, peer, op, "object" as name
from interactions
where
    channel is not null and verdict = 'shuttled' and peer is not null and peer <> vm
    and coalesce(not starts_with(rule, 'shuttle:'), true)
