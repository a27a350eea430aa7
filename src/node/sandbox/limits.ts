import type { HeldLimit, Limits } from '../../core/sandbox/port.ts';

/** What holds each limit on this machine: the kernel, or a look every now and then (watchdog.ts). */
export function heldLimits(limits: Limits): HeldLimit[] {
  const size = (bytes: number): string =>
    bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
  return [
    { name: 'memory', value: size(limits.memoryBytes), how: 'watched' },
    { name: 'CPU time', value: `${limits.cpuSeconds} s`, how: 'watched' },
    { name: 'processes', value: String(limits.processes), how: process.getuid?.() === 0 ? 'watched' : 'enforced' },
    { name: 'size of one file', value: size(limits.diskBytes), how: 'enforced' },
    { name: 'bytes written', value: size(limits.diskBytes), how: 'watched' },
  ];
}
