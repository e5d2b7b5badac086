-- Every name with what it holds of its run, in an order that depends on nothing but the runs' contents.
with

held as (
    select
        run, from_vm, to_place, op, name, list(token order by token, value) as tokens,
        list(value order by token, value) as "values"
    from bindings
    group by all
),

named as (
    select names.*, held.tokens, held."values"
    from names
    left join held using (run, from_vm, to_place, op, name)
)

select * from named
order by from_vm, to_place, op, name, run
