-- The runs each VM took part in, in order, and whether it runs programs for Windows.
with

taking_part as (
    select run, vm from run_vms
    union
    select run, from_vm from names
),

described as (
    select
        vm, bool_or(
            windows is not null
            or regexp_matches(coalesce(program->>0, ''), '^[A-Za-z]:[\\\\/]|[.](exe|com|bat|cmd|msi)$', 'i')
        ) as windows
    from run_vms
    group by vm
)

select taking_part.vm, coalesce(any_value(described.windows), false) as windows, list(run order by run) as runs
from taking_part
left join described on described.vm = taking_part.vm
group by taking_part.vm
