import type { SandboxSpec } from '../../../core/sandbox/port.ts';

/** What is to happen in a view never happens in place, whoever asks. */
export function refuseView({ view }: Pick<SandboxSpec, 'view'>): void {
  if (view.kind !== 'in-place') throw new Error('a command for a copy-on-write view was to run in place');
}
