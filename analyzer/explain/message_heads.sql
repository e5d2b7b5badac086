-- How the messages of one channel begin.
select ts, direction, size, bytes
from payloads
where run = $run and channel = $channel
order by ts
limit $most
