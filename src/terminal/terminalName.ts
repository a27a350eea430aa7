import { readlinkSync } from 'node:fs';

/** The device of the terminal that this process is at, as ttyname(3) says it: the first standard stream that is one. */
export function terminalName(): string | undefined {
  for (const descriptor of [0, 1, 2])
    try {
      const name = readlinkSync(`/proc/self/fd/${descriptor}`);
      if (/^\/dev\/(pts\/\d+|tty\w+|console)$/.test(name)) return name;
    } catch {
      // a system without /proc, or a stream that is closed
    }
  return undefined;
}
