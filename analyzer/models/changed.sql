-- One row for each outside file that a VM changed in its own copy.
with

written as (
    select * from interactions
    where verdict = 'redirected' and op in ('file.write', 'file.create', 'file.delete')
),

files as (
    select distinct vm, coalesce(effective, "object") as "object" from written
    order by vm, "object"
)

select * from files
