-- What each run met that no run before it had: by rule, and by name where no rule has it.
with

met as (
    select distinct names.run, coalesce(rule, concat_ws(' ', from_vm, to_place, op, name)) as what
    from names
    left join rule_names using (run, from_vm, to_place, op, name)
),

firsts as (
    select what, min(run) as run from met group by what
),

fresh as (
    select run, count(*) as fresh from firsts group by run
),

seen as (
    select run, count(*) as seen from met group by run
),

curve as (
    select
        runs.run, coalesce(seen, 0)::bigint as seen, coalesce(fresh, 0)::bigint as fresh,
        sum(coalesce(fresh, 0)) over (order by runs.run)::bigint as known
    from runs
    left join fresh on fresh.run = runs.run
    left join seen on seen.run = runs.run
    where runs.mode <> 'enforce'
)

select * from curve
order by run
