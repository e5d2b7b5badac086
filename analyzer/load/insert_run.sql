insert into runs
select
    (select count(*) + 1 from runs), $run, $folder, $format, $shuttle, $system, $mode, $started, $duration_ms,
    $outcome, $exit_code, $complete, $kernel, $wine, $machine
