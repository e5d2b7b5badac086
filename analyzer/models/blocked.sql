-- One row for each thing a VM was refused, and how often.
with

refused as (
    select * from interactions where verdict = 'blocked'
),

counted as (
    select op, "object", vm as "from", peer as "to", count(*) as times
    from refused
    group by all
    order by times desc, op, "object", "from", "to"
)

select * from counted
