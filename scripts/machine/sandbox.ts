import { explainFailure, findBubblewrap, type Refusal } from '../../src/node/sandbox/probe.ts';
import { runQuietly } from '../progress.ts';

/** Why commands cannot be confined on this machine, and what to do about it; undefined where nothing is in the way. */
export async function sandboxProblem(): Promise<Refusal | undefined> {
  if (process.platform !== 'linux') return undefined;
  const found = await findBubblewrap();
  if (typeof found !== 'string') return found;
  const cage = ['--unshare-all', '--unshare-user', '--disable-userns', '--ro-bind', '/', '/', '--proc', '/proc'];
  const { code, output } = await runQuietly([found, ...cage, '--', '/bin/true']);
  return code === 0 ? undefined : explainFailure(output);
}
