insert into run_variables values ($run, $vm, $token, $value)
