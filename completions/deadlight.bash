# bash completion for deadlight
_deadlight() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=scan explicit='' task='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      scan | explain | plan | what-if | diff | apply | confirm | verify | rollback | watch | kb)
        command=$word explicit=1
        [[ $word != kb || $i -ge $((COMP_CWORD - 1)) ]] || task=${COMP_WORDS[i + 1]}
        break
        ;;
    esac
  done

  # "--option=value" reaches us as three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = && $COMP_CWORD -ge 2 ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  COMPREPLY=()
  case $previous in
    --from | --output | -o | --html | --csv | --sarif)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames 2>/dev/null
      return
      ;;
    --knowledge | --state)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      compopt -o filenames 2>/dev/null
      return
      ;;
    --os)
      mapfile -t COMPREPLY < <(compgen -W "winnt4 win2000 winxp win2003 vista server2008 win7 \
        server2008r2 win8 server2012 server2012r2 win10 server2016 server2019 server2022 win11 \
        server2025 linux" -- "$current")
      return
      ;;
    --role)
      mapfile -t COMPREPLY < <(
        compgen -W "closed workstation internal-file-server public-web-server decoy-host domain-member domain-controller sql-server print-server rdp-host hypervisor linux-server linux-domain-member linux-domain-controller linux-database-server linux-print-server linux-remote-desktop linux-hypervisor" -- "$current"
        compgen -f -X '!*.toml' -- "$current"
      )
      return
      ;;
    --owner)
      mapfile -t COMPREPLY < <(compgen -W "process unit" -- "$current")
      return
      ;;
    --keep | --jobs | --stopped | --confirm-within)
      return
      ;;
  esac

  local options="--from --os --knowledge --json --verbose --output --help"
  case $command in
    scan)
      options+=" --role --keep --stopped --jobs --html --csv --sarif --all --why --snapshot --owner --each --no-bpf"
      ;;
    explain) options+=" --role --keep --stopped" ;;
    plan) options+=" --role --keep --stopped --jobs --html --csv --sarif" ;;
    diff) options="--os --role --keep --knowledge --json --output --help" ;;
    apply)
      options="--dry-run --yes --confirm-within --cut-my-session --force --knowledge --state --help"
      ;;
    confirm) options="--state --help" ;;
    verify) options="--state --json --output --help" ;;
    rollback) options="--list --all --yes --force --unconfirmed --knowledge --state --help" ;;
    watch) options="--role --keep --knowledge --json --no-bpf --help" ;;
    kb) options="--knowledge --json --output --help$([[ $task == list ]] && echo ' --os')" ;;
  esac
  if [[ $current == -* ]]; then
    [[ $explicit ]] || options+=" --version"
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ ! $explicit ]]; then
    mapfile -t COMPREPLY < <(compgen -W "scan explain plan what-if diff apply confirm verify rollback watch kb" -- "$current")
  elif [[ $command == what-if ]]; then
    mapfile -t COMPREPLY < <(compgen -W "disable: stop:" -- "$current")
    compopt -o nospace 2>/dev/null
  elif [[ $command == @(diff|apply|verify) ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  elif [[ $command == kb && ! $task ]]; then
    mapfile -t COMPREPLY < <(compgen -W "list show check" -- "$current")
  elif [[ $command == kb && $task == list ]]; then
    mapfile -t COMPREPLY < <(compgen -W "services features closers ports roles capabilities groups \
      rpc netbios smb signs sources" -- "$current")
  elif [[ $command == kb && $task == check ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _deadlight deadlight
