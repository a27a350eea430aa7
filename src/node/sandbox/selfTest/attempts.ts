/** What the attempts are told: where the things are that they must not reach. */
export interface Targets {
  work: string;
  outside: string;
  data: string;
  home: string;
  /** What stands in the home folder and is no part of a toolchain. */
  inHome: readonly string[];
  port: number;
  /** Folders of the system that must not be writable. */
  system: readonly string[];
  /** This process's namespaces as /proc/self/ns names them, such as "net:[4026531840]". */
  namespaces: readonly string[];
}

/** Names of the attempts, as they are shown; each is a function of the script below. */
const ATTEMPTS: [name: string, script: string][] = [
  ['read the home folder and its keys', 'for name in "$@"; do ! [ -e "$HOME_OUTSIDE/$name" ] || exit 0; done; exit 1'],
  ['read a file beside the workspace', 'grep -q . "$OUTSIDE/secret"'],
  ['read Oversign’s own data', '[ -e "$DATA/sandbox-etc" ]'],
  ['read a denied file in the workspace', 'grep -q . "$WORK/denied.key"'],
  ['write beside the workspace', 'echo x > "$OUTSIDE/new"'],
  ['write to the system', 'for at in $SYSTEM; do touch "$at/oversign-probe" && exit 0; done; exit 1'],
  ['write to settings of the kernel', '[ -w /proc/sys/kernel/core_pattern ]'],
  ['rename .git away', 'mv "$WORK/.git" "$WORK/moved"'],
  ['change what git runs', 'echo x >> "$WORK/.git/config" || echo x > "$WORK/.git/hooks/post-checkout"'],
  ['write the editor’s settings', 'mkdir -p "$WORK/.vscode" && echo x > "$WORK/.vscode/tasks.json"'],
  ['reach a service on this machine', 'exec 9<>"/dev/tcp/127.0.0.1/$PORT" && read -r -t 2 -u 9 word && [ -n "$word" ]'],
  ['reach the metadata address of a cloud', 'exec 9<>/dev/udp/169.254.169.254/80'],
  ['reach a name server', 'exec 9<>/dev/udp/192.0.2.53/53'],
  ['see a network interface', '[ "$(grep -c : /proc/net/dev)" -gt 1 ]'],
  [
    'talk to a socket in the workspace',
    `[ -S "$WORK/socket" ] || python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])' "$WORK/socket"`,
  ],
  ['see the processes outside and their environment', 'set -- /proc/[0-9]*; [ $# -gt 12 ]'],
  [
    'share a namespace with the outside',
    'for ns in user pid mnt net ipc uts; do case " $NAMESPACES " in *" $(readlink "/proc/self/ns/$ns") "*) exit 0;; esac; done; exit 1',
  ],
  ['make a namespace of its own', 'unshare -U true || unshare -m true'],
  ['have a capability', 'grep -Eq "^Cap(Inh|Prm|Eff|Amb):.*[1-9a-f]" /proc/self/status'],
  ['gain privileges by a program', '! grep -Eq "^NoNewPrivs:[[:space:]]*1" /proc/self/status'],
  ['make a program that runs as its owner', 'touch "$WORK/owned" && chmod 4755 "$WORK/owned"'],
  ['call the kernel unfiltered', '! grep -Eq "^Seccomp:[[:space:]]*2" /proc/self/status'],
  [
    'use a descriptor of its starter',
    'for fd in /proc/$$/fd/*; do [ "${fd##*/}" -le 2 ] || [ ! -e "$fd" ] || exit 0; done; exit 1',
  ],
];

/** A bash command line that makes each attempt in a shell of its own and says how it went: "held NAME", "failed NAME". */
export function attemptsScript(
  targets: Targets,
  without: readonly string[] = [],
): {
  argv: string[];
  environment: Record<string, string>;
  names: string[];
} {
  const attempts = ATTEMPTS.filter(([name]) => !without.includes(name));
  const lines = attempts.map(
    ([, script], index) =>
      `if ( ${script.startsWith('!') ? script : `:; ${script}`}; ) >/dev/null 2>&1 </dev/null; then echo "failed ${index}"; else echo "held ${index}"; fi`,
  );
  return {
    argv: ['/bin/bash', '-c', lines.join('\n'), 'self-test', ...targets.inHome],
    names: attempts.map(([name]) => name),
    environment: {
      PATH: '/usr/bin:/bin',
      WORK: targets.work,
      OUTSIDE: targets.outside,
      DATA: targets.data,
      HOME_OUTSIDE: targets.home,
      PORT: String(targets.port),
      SYSTEM: targets.system.join(' '),
      NAMESPACES: targets.namespaces.join(' '),
    },
  };
}
