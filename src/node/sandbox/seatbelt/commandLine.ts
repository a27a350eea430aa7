import type { Limits } from '../../../core/sandbox/port.ts';

/** What the first program in the cage says on descriptor 4 once it is there. */
export const STARTED = 'started';

/**
 * The command line that the library starts in the cage: `argv` with exactly `environment`, under the limits that a
 * process can set itself (setrlimit(2)). CPU seconds and file size hold per process. The number of processes is not
 * among them: macOS counts all of the account's, not this command's. Must be understood by bash 3.2, which is what
 * macOS has.
 */
export function cagedCommand(
  limits: Pick<Limits, 'cpuSeconds' | 'diskBytes'>,
  argv: readonly string[],
  environment: Record<string, string>,
): string {
  const blocks = Math.max(1, Math.floor(limits.diskBytes / 1024));
  const script = `
lower() { # option, soft limit, hard limit
  local hard; hard=$(ulimit -H "$1") || exit 125
  [ "$hard" != unlimited ] && [ "$hard" -le "$3" ] || { ulimit -S "$1" "$2" && ulimit -H "$1" "$3"; } || exit 125
}
lower -c 0 0; lower -t ${limits.cpuSeconds} ${limits.cpuSeconds + 1}; lower -f ${blocks} ${blocks}
echo ${STARTED} >&4 || exit 125
exec 3>&- 4>&- 5>&- 6>&-
for fd in /dev/fd/*; do fd=\${fd##*/}; case $fd in [0-2]|*[!0-9]*) ;; *) eval "exec $fd>&-";; esac; done
exec "$@"`;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  // -p: no BASH_ENV, no functions from the environment.
  const words = ['/usr/bin/env', '-i', ...variables, '/bin/bash', '-p', '-c', script, 'limits', ...argv];
  return `exec ${words.map((word) => quoted(word)).join(' ')}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
