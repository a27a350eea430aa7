import { DENIED_FILES, READS } from './attacks/files.ts';
import { KERNEL, MACHINE_CODE } from './attacks/kernel.ts';
import { group, type Attack } from './attacks/kinds.ts';
import { NETWORK, SOCKETS } from './attacks/network.ts';
import { PRIVILEGES } from './attacks/privileges.ts';
import { PROCESSES } from './attacks/processes.ts';
import { PROTECTED_FILES, WRITES } from './attacks/writes.ts';

export { argvOf, attempt, type Attack, type Hostile } from './attacks/kinds.ts';
export { endOf, GREEDY, type Greedy } from './attacks/resources.ts';
export { SURVIVORS } from './attacks/survival.ts';
export { TRAPS, type Trap } from './attacks/traps.ts';

/** Attacks that are over when their code ends; what takes too much, outlives its call, or waits for later is above. */
export const ATTACKS: Attack[] = [
  ...group('read', READS),
  ...group('denied', DENIED_FILES),
  ...group('write', WRITES),
  ...group('protected', PROTECTED_FILES),
  ...group('network', NETWORK),
  ...group('socket', SOCKETS),
  ...group('process', PROCESSES),
  ...group('privilege', PRIVILEGES),
  ...group('kernel', [...KERNEL, ...MACHINE_CODE]),
];
