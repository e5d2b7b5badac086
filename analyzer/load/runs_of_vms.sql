-- The runs each VM took part in, in order.
with

taking_part as (
    select run, vm from run_vms
    union
    select run, from_vm from names
)

select vm, list(run order by run) as runs from taking_part group by vm
