-- What crosses the wall, or would have to: one row for each interaction that speaks for a rule, told from the user's
-- side (from, to). Carried rows do; refused ones do where learning refused them; a changed host file speaks for reading
-- it, if it was the host's and not made by the program before. What no rule can carry (another's process) is left out.
with

crossings as (
    select *, op as allow, coalesce(peer, if(op = 'dns.resolve', 'net', null)) as place
    from interactions
    where verdict = 'shuttled'
),

refused as (
    select interactions.*, op as allow, peer as place
    from interactions
    inner join runs on runs.run = interactions.run and runs.mode = 'deny'
    where verdict = 'blocked'
),

made as (
    select run, vm, "object", min(seq) as seq
    from interactions
    where op = 'file.create' and verdict in ('passed', 'redirected') and status = 0
    group by all
),

changed as (
    select i.*, 'file.read' as allow, 'host' as place
    from interactions as i
    where verdict = 'redirected' and op in ('file.write', 'file.delete') and status = 0
        and not exists (
            select 1 from made
            where made.run = i.run and made.vm = i.vm and made."object" = i."object" and made.seq < i.seq
        )
),

outward as (
    select * from crossings
    union all
    select * from refused
    union all
    select * from changed
)

select
    run, seq, ts, vm as from_vm, place as to_place, allow as op, "object" as name, access, pid, noise,
    -- Unknown where it was refused; 115 (EINPROGRESS) is a connection under way.
    if(verdict = 'blocked', null, status in (0, 115)) as worked
from outward
where place is not null and place <> vm and op not like 'process.%'
