# fish completion for shuttle: shuttle completion fish | source
function __shuttle_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    # A quote that is still open is no part of the word.
    set -l asked (string replace -r '^[\'"]' '' -- $current)
    for line in ($before[1] completion --words -- $before[2..-1] "$asked" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path $asked
            case ':folders'
                __fish_complete_directories $asked
            case ':system files'
                __fish_complete_directories $asked
                string match -r '.*\.ya?ml(?:\t.*)?$' -- (__fish_complete_path $asked)
            case '*'
                echo -- $line
        end
    end
end
complete -c shuttle -f -a '(__shuttle_complete)'
