-- One row for each outside file that a VM changed in its own copy; not for what it made and took away again.
with

written as (
    select
        run, seq, vm, op, coalesce(effective, "object") as "object",
        coalesce(json_valid(detail) and try_cast(json_extract(detail, '$.existed') as boolean), false) as existed
    from interactions
    where verdict = 'redirected' and status = 0 and op in ('file.write', 'file.create', 'file.delete')
),

files as (
    select vm, "object", arg_max(op, row(run, seq)) as last_op, arg_min(existed, row(run, seq)) as existed
    from written
    group by all
)

select vm, "object" from files
where existed or last_op <> 'file.delete'
order by vm, "object"
