-- The runs, in order, with how much each recorded and lost.
with

counted as (
    select run, count(*)::bigint as interactions, count(*) filter (where verdict = 'blocked')::bigint as blocked
    from interactions
    group by run
),

losses as (
    select run, sum(lost)::bigint as lost from ledger group by run
)

select
    runs.run, runs.mode, runs.started, runs.duration_ms, runs.outcome, runs.complete, coalesce(losses.lost, 0) as lost,
    coalesce(counted.interactions, 0) as interactions, coalesce(counted.blocked, 0) as blocked
from runs
left join counted on counted.run = runs.run
left join losses on losses.run = runs.run
order by runs.run
