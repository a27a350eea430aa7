import type { HeldLimit, Limits } from '../../core/sandbox/port.ts';
import { mostEntries } from './entryWatch.ts';
import { EVERY_MS } from './watchdog.ts';

/**
 * What holds each limit on this machine: the kernel, or a look every now and then (watchdog.ts). `group` is the name of
 * the control groups in use. Without them a fork bomb is held for everybody but root (RLIMIT_NPROC of setrlimit(2)).
 */
export function heldLimits(
  { limits, timeoutMs, outputCap }: { limits: Limits; timeoutMs?: number; outputCap?: number },
  group: string | undefined,
): HeldLimit[] {
  const look = `looked at every ${EVERY_MS / 1000} s`;
  const isRoot = process.getuid?.() === 0;
  const processes: Pick<HeldLimit, 'how' | 'by'> = group
    ? { how: 'enforced', by: group }
    : isRoot
      ? { how: 'watched', by: look }
      : { how: 'enforced', by: 'RLIMIT_NPROC' };
  const disk = sizeText(limits.diskBytes);
  return [
    {
      name: 'memory',
      value: sizeText(limits.memoryBytes),
      ...(group ? { how: 'enforced', by: group } : { how: 'watched', by: look }),
    },
    { name: 'processes', value: String(limits.processes), ...processes },
    { name: 'CPU time', value: `${limits.cpuSeconds} s`, how: 'watched', by: look },
    { name: 'disk', value: `${disk} written`, how: 'watched', by: look },
    { name: 'files', value: `${mostEntries(limits.diskBytes)} new`, how: 'watched', by: look },
    { name: 'file size', value: disk, how: 'enforced', by: 'RLIMIT_FSIZE' },
    ...(outputCap === undefined
      ? []
      : [{ name: 'output', value: `${sizeText(outputCap)} kept`, how: 'enforced', by: 'Oversign' } as const]),
    ...(timeoutMs === undefined
      ? []
      : [{ name: 'wall time', value: `${timeoutMs / 1000} s`, how: 'enforced', by: 'Oversign' } as const]),
    ...notHeld(group),
  ];
}

/** What a command can take that nothing here counts for it. */
function notHeld(group: string | undefined): HeldLimit[] {
  return [
    ...(group
      ? []
      : [
          {
            name: 'kernel memory',
            value: 'of sockets, pipes, file watches and file locks',
            how: 'not held',
            by: 'that needs control groups',
          } as const,
        ]),
    {
      name: 'inotify instances',
      value: 'and epoll watches of the account',
      how: 'not held',
      by: 'the kernel counts them for the whole account',
    },
  ];
}

export function sizeText(bytes: number): string {
  if (bytes >= 1024 ** 3) return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return bytes >= 1024 ** 2 ? `${Math.round(bytes / 1024 ** 2)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
}
