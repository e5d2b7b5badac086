-- How much each VM did in each hundred-and-twentieth of each run, by verdict; nanoseconds.
with

spans as (
    select run, greatest(max(ts), 1) as span from interactions group by run
),

binned as (
    select
        i.run, i.vm, i.verdict, least(i.ts * 120 // spans.span, 119)::integer as bin, count(*)::bigint as times,
        any_value(spans.span)::bigint as span
    from interactions as i
    inner join spans on spans.run = i.run
    where i.noise is null
    group by i.run, i.vm, i.verdict, bin
)

select * from binned
order by run, vm, bin, verdict
