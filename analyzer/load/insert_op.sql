insert into ops values ($op, $class)
