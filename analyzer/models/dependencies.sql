-- What each VM needs to be there: services, files, libraries, endpoints. `needed` tells apart what every run used
-- (`required`), what a run did well without (`optional`), and what no run found though none did well (`missing`).
-- `awaited`: some run tried in vain until it appeared, so whoever makes it has to start first.
with

vain as (
    select run, vm as from_vm, op, "object" as name, min(ts) as first_ts, max(ts) as last_ts
    from interactions
    where verdict = 'absent' and op in (select op from ops where class = 'dependency' or op like '%.connect' or op like '%.open')
    group by all
),

found as (
    select run, from_vm, to_place, op, name, bool_or(worked) as worked, min(first_ts) as first_ts, max(last_ts) as last_ts
    from names
    where op in (select op from ops where class = 'dependency' or op like '%.connect' or op like '%.open')
    group by all
),

tried as (
    select
        coalesce(found.run, vain.run) as run, coalesce(found.from_vm, vain.from_vm) as from_vm, found.to_place,
        coalesce(found.op, vain.op) as op, coalesce(found.name, vain.name) as name,
        coalesce(found.worked, false) as worked, coalesce(found.worked and vain.first_ts < found.last_ts, false) as awaited
    from found
    full join vain using (run, from_vm, op, name)
),

taking_part as (
    select vm as from_vm, count(distinct run) as runs from run_vms group by vm
),

-- Runs that went well, for each VM.
well as (
    select run_vms.vm as from_vm, count(distinct runs.run) as runs
    from run_vms
    inner join runs on runs.run = run_vms.run and runs.outcome = 'ok'
    group by run_vms.vm
),

counted as (
    select
        tried.from_vm, any_value(tried.to_place) as to_place, tried.op, tried.name,
        count(distinct tried.run) filter (where tried.worked) as worked,
        count(distinct tried.run) filter (where tried.worked and runs.outcome = 'ok') as worked_well,
        bool_or(tried.awaited) as awaited
    from tried
    inner join runs on runs.run = tried.run
    group by tried.from_vm, tried.op, tried.name
),

dependencies as (
    select
        from_vm, to_place, op, name,
        case
            when worked > 0 and worked >= taking_part.runs then 'required'
            when coalesce(well.runs, 0) > worked_well then 'optional'
            when worked > 0 then 'required'
            else 'missing'
        end as needed,
        awaited
    from counted
    left join taking_part using (from_vm)
    left join well using (from_vm)
)

select * from dependencies
