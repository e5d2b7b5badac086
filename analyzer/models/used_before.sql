-- When each VM first used a name that it is said to have handed over (the table `handed_names`).
select interactions.run, interactions.vm, interactions."object" as name, min(interactions.ts) as ts
from interactions
inner join handed_names
    on handed_names.run = interactions.run and handed_names.vm = interactions.vm and handed_names.name = interactions."object"
group by all
