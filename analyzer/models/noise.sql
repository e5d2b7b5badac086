-- Which interactions are the doing of the loader, of Wine or of a language's runtime, and not of the program. One row
-- for each (op, object, image) that a pattern of noise.json meets; in codes, so that joining it to the rows is cheap.
with

ops as (
    select code, word from interactions_words where field = 'op'
),

objects as (
    select code, word from interactions_words where field = 'object'
),

images as (
    select code, word from interactions_words where field = 'image'
),

seen as (
    select distinct op, "object", image from interactions_coded
),

-- A backslash is itself, not an escape.
patterns as (
    select noise, op, replace("object", '\', '\\') as "object", replace(image, '\', '\\') as image from noise_patterns
),

met as (
    select seen.op, seen."object", seen.image, patterns.noise
    from seen
    inner join ops on ops.code = seen.op
    inner join objects on objects.code = seen."object"
    left join images on images.code = seen.image
    inner join patterns
        on ops.word glob patterns.op
        and objects.word glob patterns."object"
        and coalesce(images.word, '') glob patterns.image
),

first_met as (
    select op, "object", image, min(noise) as noise
    from met
    group by all
)

select * from first_met
