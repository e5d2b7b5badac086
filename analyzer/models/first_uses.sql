-- Which VM needs which other first, over all runs: in how many runs, how early, and what the other served by then under
-- a name that never changed. Whoever waited for the other in vain certainly comes after it.
with

waits as (
    select from_vm, to_place as to_vm, bool_or(awaited) as awaited from dependencies group by all
),

needs as (
    select from_vm, to_vm, count(distinct run) as runs, min(first_ts) as first_ts
    from edges
    group by all
),

-- Runs in which anybody got through to a VM: only there must it have served what it lastingly serves.
reached as (
    select to_vm, count(distinct run) as runs from edges where worked group by to_vm
),

services as (
    select to_vm, served_op, served_name, count(distinct run) as runs, min(first_ts) as first_ts
    from edges
    where worked and served_op like '%.serve'
    group by all
),

lasting as (
    select services.*
    from services
    inner join reached on reached.to_vm = services.to_vm and reached.runs = services.runs
),

ready as (
    select to_vm, arg_min(served_op || ' ' || served_name, (first_ts, served_op, served_name)) as ready
    from lasting
    group by to_vm
),

first_uses as (
    select needs.*, coalesce(waits.awaited, false) as awaited, ready.ready
    from needs
    left join waits using (from_vm, to_vm)
    left join ready on ready.to_vm = needs.to_vm
)

select * from first_uses
order by awaited desc, runs desc, first_ts, from_vm, to_vm
