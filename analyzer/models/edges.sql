-- Both ends: who reached whom by what, and what the other end had made for it. A wildcard server serves every address.
with

reached as (
    select run, from_vm, to_place as to_vm, op, name, first_ts, worked
    from names
    where to_place not in ('host', 'net')
),

served_ports as (
    select *, regexp_extract(name, ':([0-9]+)$', 1) as port, regexp_matches(name, '^(0[.]0[.]0[.]0|\[::\]|[*]):') as wildcard
    from served
),

edges as (
    select
        reached.*, s.op as served_op, s.name as served_name, s.ts as served_ts
    from reached
    left join served_ports as s
        on s.run = reached.run and s.vm = reached.to_vm
        and split_part(s.op, '.', 1) = split_part(reached.op, '.', 1)
        and (
            s.name = reached.name
            or (s.wildcard and s.port <> '' and s.port = regexp_extract(reached.name, ':([0-9]+)$', 1))
        )
)

select * from edges
