import type { Engine } from '../core/engine/engine.ts';
import { Failure } from '../core/outcome.ts';
import type { NodeParts } from '../node/engineParts.ts';
import { proposeAlways } from '../node/policy/alwaysProposal.ts';
import { writePolicy } from '../node/policy/writePolicy.ts';
import type { Approval } from '../shared/approval.ts';
import type { Always } from '../terminal/alwaysAsked.ts';

const WAITS_NO_MORE = 'this question waits no more';

/** The rule that "always" writes for a call that waits, into the user's policy; while it waits, and no longer. */
export function alwaysIn(
  engine: Engine,
  { userPolicy: file, parts: { roots, home } }: Pick<NodeParts, 'userPolicy' | 'parts'>,
  { id, digest }: Pick<Approval, 'id' | 'digest'>,
): Always {
  return {
    propose: (reach) =>
      orProblem(async () => {
        const action = engine.desk.action(id, digest);
        if (!action) throw new Failure(WAITS_NO_MORE);
        return proposeAlways(action, reach, { file, roots, home });
      }),
    write: ({ file: shown, before, after }) =>
      orProblem(async () => {
        if (!engine.desk.action(id, digest)) throw new Failure(WAITS_NO_MORE);
        await writePolicy(shown, before, after);
        await engine.notePolicy();
        return undefined;
      }),
  };
}

async function orProblem<T>(work: () => Promise<T>): Promise<T | { problem: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) return { problem: error.message.replace(/\.$/, '') };
    throw error;
  }
}
