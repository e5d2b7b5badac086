insert into run_vms values ($run, $vm, $program, $windows, $exit_code)
