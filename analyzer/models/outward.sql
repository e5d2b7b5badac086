-- What crosses the wall, or would have to: one row for each interaction that speaks for a rule, told from the user's
-- side (from, to). Carried rows do; refused ones do where learning refused them; a changed host file speaks for reading
-- it, if it was the host's and not made by the program before, and never for writing it; something new made in a folder
-- of the host speaks for that folder, without which it could not be made; a folder of the host that was only looked at
-- speaks for itself where nothing in it was used. What no rule can carry (another's process) is
-- left out.
with

crossings as (
    select *, op as allow, coalesce(peer, if(op = 'dns.resolve', 'net', null)) as place
    from interactions
    where
        verdict = 'shuttled'
        -- what Shuttle's own rules carry, a program to the proxy of its bus, asks nobody's leave
        and coalesce(not starts_with(rule, 'shuttle:'), true)
),

refused as (
    select interactions.*, op as allow, peer as place
    from interactions
    inner join runs on runs.run = interactions.run and runs.mode = 'deny'
    where verdict = 'blocked' and not (peer = 'host' and op in ('file.write', 'file.create', 'file.delete'))
),

made as (
    select run, vm, "object", min(seq) as seq
    from interactions
    where op = 'file.create' and verdict in ('passed', 'redirected') and status = 0
    group by all
),

copied as (
    select *, if(json_valid(detail), try_cast(json_extract(detail, '$.existed') as boolean), null) as existed
    from interactions
    where (
            verdict = 'redirected' and status = 0
            or verdict = 'blocked' and peer = 'host' and run in (select run from runs where mode = 'deny')
        )
        -- a file opened to be written, or taken away; not a folder made where one is
        and (op in ('file.write', 'file.delete') or op = 'file.create' and access & 3 <> 0)
),

-- Rows of older engines do not say whether the file was there: then what the program had not made before was.
changed as (
    select copied.* exclude (existed), 'file.read' as allow, 'host' as place
    from copied
    where coalesce(
        existed,
        op <> 'file.create' and not exists (
            select 1 from made
            where made.run = copied.run and made.vm = copied.vm and made."object" = copied."object" and made.seq < copied.seq
        )
    )
),

-- The engine says in which folder of the host something was made. The home is there in every VM.
filled as (
    select interactions.*, 'file.list' as allow, 'host' as place, json_extract_string(detail, '$.folder') as folder
    from interactions
    where verdict = 'redirected' and status = 0 and op = 'file.create' and json_valid(detail)
),

rooms as (
    select filled.* exclude (folder) replace (folder as "object", 1::uinteger as access)
    from filled
    where folder is not null and not exists (
        select 1 from run_variables as v
        where v.run = filled.run and v.vm = filled.vm and v.token = 'home' and v.value = filled.folder
    )
),

-- A folder that was only looked at is there in a VM as soon as anything in it is shown.
looked as (
    select run, vm, seq, "object" from crossings where op = 'file.list' and detail = '{"call":"lookup"}'
),

inhabited as (
    select distinct run, vm, unnest([left(name, i) for i in range(1, length(name)) if substr(name, i + 1, 1) = '/']) as folder
    from (select distinct run, vm, "object" as name from crossings where place = 'host' and starts_with("object", '/'))
    where exists (select 1 from looked)
),

idle_looks as (
    select looked.run, looked.seq
    from looked
    inner join inhabited on inhabited.run = looked.run and inhabited.vm = looked.vm and inhabited.folder = looked."object"
),

outward as (
    select * from crossings anti join idle_looks using (run, seq)
    union all
    select * from refused
    union all
    select * from changed
    union all
    select * from rooms
)

select
    run, seq, ts, vm as from_vm, place as to_place, allow as op, "object" as name, access, pid, noise,
    -- Unknown where it was refused; 115 (EINPROGRESS) is a connection under way.
    if(verdict = 'blocked', null, status in (0, 115)) as worked
from outward
where place is not null and place <> vm and op not like 'process.%'
