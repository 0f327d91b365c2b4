# fish completion for deadlight
set -l commands scan explain plan what-if kb
set -l needs_command "not __fish_seen_subcommand_from $commands"
set -l is_scan "$needs_command; or __fish_seen_subcommand_from scan"
set -l takes_role "not __fish_seen_subcommand_from what-if kb"
set -l is_of_host 'not __fish_seen_subcommand_from kb'
set -l takes_os "$is_of_host; or __fish_seen_subcommand_from list"

complete -c deadlight -f
complete -c deadlight -n $needs_command -a scan -d 'What is open, who opened it, what is not needed'
complete -c deadlight -n $needs_command -a explain -d 'What a port is, who holds it, how to close it'
complete -c deadlight -n $needs_command -a plan -d 'The smallest set of changes that closes the rest'
complete -c deadlight -n $needs_command -a what-if -d 'The listing after a change'

complete -c deadlight -n $is_of_host -l from -r -F -d 'Listing to read: file, folder or -'
complete -c deadlight -n $takes_os -l os -x -d 'System of the listings' -a 'winnt4 win2000 winxp win2003 vista server2008 win7 server2008r2 win8 server2012 server2012r2 win10 server2016 server2019 server2022 win11 server2025 linux'
complete -c deadlight -l knowledge -x -a '(__fish_complete_directories)' -d 'Folder laid over the knowledge base'
complete -c deadlight -l json -d 'Print JSON for programs'
complete -c deadlight -n $is_of_host -l verbose -d 'Name every line that was not read'
complete -c deadlight -s o -l output -r -F -d 'Write to this file'
complete -c deadlight -s h -l help -d 'Print a short help'
complete -c deadlight -n $needs_command -l version -d 'Print the version'

complete -c deadlight -n $takes_role -l role -x -d 'What the host is for' -a '(__fish_complete_suffix .toml) closed workstation internal-file-server public-web-server decoy-host domain-member domain-controller sql-server print-server rdp-host hypervisor linux-server linux-domain-member linux-domain-controller linux-database-server linux-print-server linux-remote-desktop linux-hypervisor'
complete -c deadlight -n $takes_role -l keep -x -d 'Keep this port: 443/tcp'

complete -c deadlight -n $takes_role -l stopped -x -d 'What was stopped before the next --from'
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
complete -c deadlight -n '__fish_seen_subcommand_from kb; and __fish_seen_subcommand_from list' -a 'services features closers ports roles capabilities groups rpc netbios smb sources'
complete -c deadlight -n '__fish_seen_subcommand_from kb; and __fish_seen_subcommand_from check' -F
