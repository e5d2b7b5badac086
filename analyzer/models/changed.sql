-- One row for each outside file that a VM changed in its own copy; not for what it made and took away again.
with

written as (
    select
        row(run, seq) as turn, vm, op, coalesce(effective, "object") as "object",
        coalesce(json_valid(detail) and try_cast(json_extract(detail, '$.existed') as boolean), false) as existed
    from interactions
    where verdict = 'redirected' and status = 0 and op in ('file.write', 'file.create', 'file.delete')
),

files as (
    select vm, "object", arg_max(op, turn) as last_op, arg_min(existed, turn) as existed, max(turn) as last_turn
    from written
    group by all
),

-- With a folder goes what was made in it.
folders_gone as (
    select vm, "object" || '/' as folder, max(turn) as turn
    from written
    where op = 'file.delete'
    group by all
)

select vm, "object" from files
where
    existed
    or last_op <> 'file.delete'
    and not exists (
        select 1 from folders_gone as gone
        where gone.vm = files.vm and starts_with(files."object", gone.folder) and gone.turn > files.last_turn
    )
order by vm, "object"
