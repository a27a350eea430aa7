import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import { startProcess } from '../process/spawn.ts';
import { explainFailure, type Refusal } from './probe.ts';
import { optionBytes } from './runInCage.ts';

/** bubblewrap says "bwrap: …" on standard error when it cannot build the cage. */
const REFUSED = /^bwrap: /;

/**
 * Proves a cage before anything else runs in one: no network interface but loopback, no way to write outside, no
 * sight of `hidden` (Oversign's own data). Undefined when it held. Each probe says its name when it got through.
 */
export async function selfTest(program: string, cage: Cage, hidden: string): Promise<Refusal | undefined> {
  const proof = `
    if [ "$(grep -c : /proc/net/dev)" -gt 1 ]; then echo "a network interface"; exit 1; fi
    for place in /usr /etc /; do if touch "$place/oversign-probe" 2>/dev/null; then echo "writing to $place"; exit 1; fi; done
    if [ -e "$1" ]; then echo "seeing $1"; exit 1; fi
    echo confined`;
  const child = await startProcess({
    file: program,
    args: ['--args', '3', '--', '/bin/bash', '-c', proof, 'self-test', hidden],
    cwd: '/',
    environment: {},
    onDescriptor3: optionBytes(cage),
    outputCap: 10_000,
  });
  const timer = setTimeout(() => {
    child.kill();
  }, 10_000);
  const ended = await child.ended;
  clearTimeout(timer);
  const output = ended.output.toString('utf8');
  if (ended.code === 0 && output.trim() === 'confined') return undefined;
  if (REFUSED.test(output)) return explainFailure(output);
  return {
    works: false,
    cause: `Commands cannot be confined: the sandbox did not hold in its self-test (${output.trim().split('\n')[0] ?? ''}).`,
    fix: 'Please report this: a sandbox that does not hold is never used.',
  };
}
