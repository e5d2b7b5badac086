-- How much is still unseen, by class and over all ('all'), counted over runs. `unseen_mass` is Good-Turing's missing mass: the share
-- of a next run's rules that no run has shown. `low` and `high` are the 95 % interval (log-normal) of Chao's second
-- estimator (Chao 1987) of how many rules there are in all; one run says nothing of the upper end. `halving` is how many
-- more runs would halve what is unseen (Chao et al. 2014, extrapolation of incidences).
with

runs_counted as (
    select count(*) as m from runs
),

counted as (
    select
        coalesce(class, 'all') as class, count(*) as seen, sum(runs) as total,
        count(*) filter (where runs = 1) as q1, count(*) filter (where runs = 2) as q2
    from incidences
    group by grouping sets ((class), ())
    having count(*) > 0
),

shares as (
    select
        counted.*, m, (m - 1) / m as a,
        if(q2 > 0, q1 * q1 / (2.0 * q2), q1 * (q1 - 1) / 2.0) * (m - 1) / m as missing
    from counted
    cross join runs_counted
),

spread as (
    select
        *,
        case
            when missing = 0 then 0
            when q2 > 0
                then q2 * (a / 2 * pow(q1 / q2, 2) + a * a * pow(q1 / q2, 3) + a * a / 4 * pow(q1 / q2, 4))
            else a * q1 * (q1 - 1) / 2 + a * a * q1 * pow(2 * q1 - 1, 2) / 4
                - a * a * pow(q1, 4) / (4 * (seen + missing))
        end as variance
    from shares
),

ratios as (
    select *, if(missing = 0, 1, exp(1.96 * sqrt(ln(1 + greatest(variance, 0) / (missing * missing))))) as k
    from spread
),

coverage as (
    select
        class, seen, round(q1 / total, 6) as unseen_mass, round(seen + missing / k, 3) as low,
        if(m < 2, null, round(seen + missing * k, 3)) as high,
        if(missing = 0 or q1 = 0, null, ceil(ln(0.5) / ln(1 - q1 / (m * missing + q1)))::integer) as halving
    from ratios
)

select * from coverage
