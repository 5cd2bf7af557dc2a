# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# fish completion for inlay-lox(1)
complete -c inlay-lox -k -x -a '(__fish_complete_suffix .lox)'
complete -c inlay-lox -n __fish_use_subcommand -a build -d 'Write a program that does what a script does'
complete -c inlay-lox -n __fish_use_subcommand -a explain -d 'Run a script, and tell what was compiled'
complete -c inlay-lox -n __fish_use_subcommand -l version -d 'Show the version'
complete -c inlay-lox -s h -l help -d 'Show the usage'
complete -c inlay-lox -n __fish_use_subcommand -l jit -x -a 'off on always' -d 'What to compile'
complete -c inlay-lox -n __fish_use_subcommand -l gc-statistics -d 'Say what was collected'
complete -c inlay-lox -n __fish_use_subcommand -l gc-stress -d 'Collect at each allocation'
complete -c inlay-lox -n __fish_use_subcommand -s i -l interactive -d 'Read lines and run them'
complete -c inlay-lox -n __fish_use_subcommand -s e -x -d 'A line to run'
complete -c inlay-lox -n '__fish_seen_subcommand_from build' -s o -l output -r -d 'The program to write'
complete -c inlay-lox -n '__fish_seen_subcommand_from explain' -l html -r -d 'Write it as a page'
