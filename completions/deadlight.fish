# fish completion for deadlight
set -l commands scan explain plan what-if diff apply confirm verify rollback watch kb
set -l needs_command "not __fish_seen_subcommand_from $commands"
set -l is_scan "$needs_command; or __fish_seen_subcommand_from scan"
set -l is_of_host "$needs_command; or __fish_seen_subcommand_from scan explain plan what-if"
set -l takes_stopped "$needs_command; or __fish_seen_subcommand_from scan explain plan"
set -l takes_role "$takes_stopped; or __fish_seen_subcommand_from diff watch"
set -l changes_host '__fish_seen_subcommand_from apply rollback'
set -l has_journal '__fish_seen_subcommand_from apply confirm verify rollback'
set -l prints_json "not __fish_seen_subcommand_from apply confirm rollback"
set -l writes_file "$prints_json; and not __fish_seen_subcommand_from watch"
set -l takes_knowledge "not __fish_seen_subcommand_from confirm verify"
set -l takes_os "$is_of_host; or __fish_seen_subcommand_from list diff"

complete -c deadlight -f
complete -c deadlight -n $needs_command -a scan -d 'What is open, who opened it, what is not needed'
complete -c deadlight -n $needs_command -a explain -d 'What a port is, who holds it, how to close it'
complete -c deadlight -n $needs_command -a plan -d 'The smallest set of changes that closes the rest'
complete -c deadlight -n $needs_command -a what-if -d 'The listing after a change'
complete -c deadlight -n $needs_command -a diff -d 'What opened and closed between two listings'
complete -c deadlight -n $needs_command -a apply -d 'Carry a plan out on this host'
complete -c deadlight -n $needs_command -a confirm -d 'Let stand what --confirm-within did'
complete -c deadlight -n $needs_command -a verify -d 'Is closed what was to close?'
complete -c deadlight -n $needs_command -a rollback -d 'Take back what apply did'
complete -c deadlight -n $needs_command -a watch -d 'Tell what opens on this host'

complete -c deadlight -n '__fish_seen_subcommand_from diff apply verify' -F
complete -c deadlight -n $has_journal -l state -x -a '(__fish_complete_directories)' -d 'Folder of the journal'
complete -c deadlight -n $changes_host -l yes -d 'Do not ask'
complete -c deadlight -n $changes_host -l force -d 'Also where something is not as expected'
complete -c deadlight -n '__fish_seen_subcommand_from apply' -l dry-run -d 'Show what would be done'
complete -c deadlight -n '__fish_seen_subcommand_from apply' -l confirm-within -x -d 'Take all back unless confirmed: 5m'
complete -c deadlight -n '__fish_seen_subcommand_from apply' -l cut-my-session -d 'Also close the port of your session'
complete -c deadlight -n '__fish_seen_subcommand_from rollback' -l list -d 'Show what was done'
complete -c deadlight -n '__fish_seen_subcommand_from rollback' -l all -d 'Every run that stands'
complete -c deadlight -n '__fish_seen_subcommand_from rollback' -l unconfirmed -d 'Only a run that waits to be confirmed'

complete -c deadlight -n $is_of_host -l from -r -F -d 'Listing to read: file, folder or -'
complete -c deadlight -n $takes_os -l os -x -d 'System of the listings' -a 'winnt4 win2000 winxp win2003 vista server2008 win7 server2008r2 win8 server2012 server2012r2 win10 server2016 server2019 server2022 win11 server2025 linux'
complete -c deadlight -n $takes_knowledge -l knowledge -x -a '(__fish_complete_directories)' -d 'Folder laid over the knowledge base'
complete -c deadlight -n $prints_json -l json -d 'Print JSON for programs'
complete -c deadlight -n $is_of_host -l verbose -d 'Name every line that was not read'
complete -c deadlight -n $writes_file -s o -l output -r -F -d 'Write to this file'
complete -c deadlight -s h -l help -d 'Print a short help'
complete -c deadlight -n $needs_command -l version -d 'Print the version'

complete -c deadlight -n $takes_role -l role -x -d 'What the host is for' -a '(__fish_complete_suffix .toml) closed workstation internal-file-server public-web-server decoy-host domain-member domain-controller sql-server print-server rdp-host hypervisor linux-server linux-domain-member linux-domain-controller linux-database-server linux-print-server linux-remote-desktop linux-hypervisor'
complete -c deadlight -n $takes_role -l keep -x -d 'Keep this port: 443/tcp'

complete -c deadlight -n $takes_stopped -l stopped -x -d 'What was stopped before the next --from'
set -l writes_report "$is_scan; or __fish_seen_subcommand_from plan"
complete -c deadlight -n $writes_report -l jobs -x -d 'Hosts at a time'
complete -c deadlight -n $writes_report -l html -r -F -d 'Write a page to read and print'
complete -c deadlight -n $writes_report -l csv -r -F -d 'Write lines for a spreadsheet'
complete -c deadlight -n $writes_report -l sarif -r -F -d 'Write findings for code scanning tools'

complete -c deadlight -n $is_scan -l all -d 'List connections and phantoms as well'
complete -c deadlight -n $is_scan -l why -d 'Say how each owner is known'
complete -c deadlight -n $is_scan -l snapshot -d 'Print what was read as one snapshot'
complete -c deadlight -n $is_scan -l owner -x -a 'process unit' -d 'How far to look for owners'
complete -c deadlight -n $is_scan -l each -d 'List each socket, however many are alike'
complete -c deadlight -n $is_scan -l no-bpf -d 'Find processes by /proc alone'

complete -c deadlight -n '__fish_seen_subcommand_from what-if' -a 'disable: stop:' -d 'SERVICE'

complete -c deadlight -n $needs_command -a kb -d 'What is known of services, ports and how to close them'
set -l needs_task '__fish_seen_subcommand_from kb; and not __fish_seen_subcommand_from list show check'
complete -c deadlight -n $needs_task -a list -d 'How much is known; with a kind, its rows'
complete -c deadlight -n $needs_task -a show -d 'All that is known of one thing'
complete -c deadlight -n $needs_task -a check -d 'Check a folder or a role file'
complete -c deadlight -n '__fish_seen_subcommand_from kb; and __fish_seen_subcommand_from list' -a 'services features closers ports roles capabilities groups rpc netbios smb signs sources'
complete -c deadlight -n '__fish_seen_subcommand_from kb; and __fish_seen_subcommand_from check' -F
