-- From when to when each VM did something in each run: what phases are measured against.
with

began as (
    select run, vm, min(started) as ts from processes group by run, vm
),

active as (
    select run, vm, min(ts) as first_ts, max(ts) as last_ts from interactions group by run, vm
)

select active.run, active.vm, least(active.first_ts, coalesce(began.ts, active.first_ts)) as began, active.last_ts as ended
from active
left join began using (run, vm)
