-- What each VM made that others can look for by name, and which of its processes made it first.
with

makers as (
    select run, vm, op, "object" as name, seq, ts, pid
    from interactions
    where status = 0 and verdict in ('passed', 'redirected', 'shuttled')
        and (op like '%.serve' or op like '%.create' or op in ('dbus.own', 'atom.add'))
),

first_made as (
    select run, vm, op, name, arg_min(pid, seq) as pid, min(seq) as seq, min(ts) as ts
    from makers
    group by run, vm, op, name
)

select * from first_made
