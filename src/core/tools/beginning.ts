import type { Action } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { sentence } from '../../shared/named.ts';
import { NotCovered } from '../checkpoint/notCovered.ts';
import type { Checkpoint, CommandPlace } from '../checkpoint/port.ts';
import { REVIEWED } from '../kinds/reviewed.ts';
import { kindOf } from '../kinds/table.ts';
import { ToolFailure } from '../outcome.ts';
import type { CallRun } from './callRun.ts';
import { commandPlace } from './commandPlace.ts';
import type { Step } from './step.ts';
import type { CallContext, Described } from './tool.ts';

export function placeOf(action: Action, context: CallContext): CommandPlace {
  return commandPlace(context, action.kind === 'run' ? action.launch : undefined);
}

/** What is about to happen. */
export interface About {
  /** `applies`: the action whose effects are made exactly as they were shown. */
  described: Described & { applies?: string };
  decision: Decision;
  context: CallContext;
  step: Step;
  run: CallRun;
}

type Begun =
  | { kind: 'begun'; checkpoint: Checkpoint }
  /** It changed meanwhile, or cannot be kept: nothing has happened. */
  | { kind: 'not possible'; why: string }
  /** It was allowed because undo brings all of it back, and that is not so. */
  | { kind: 'uncovered'; why: string };

const NOT_KEPT = 'What stands there now could not be kept, so it cannot be undone whole.';
const NOT_WHOLE = 'Something lies in the workspace now that undo does not cover.';

/** Puts by what stands there now. What is reviewed afterwards is begun only where that is whole; otherwise it is asked. */
export async function begin({ described: { action }, decision, context, step, run }: About): Promise<Begun> {
  const isReviewed = decision.rule === REVIEWED;
  const footprint = kindOf(action).footprint(action);
  const place = placeOf(action, context);
  let checkpoint: Checkpoint;
  try {
    checkpoint = await run.checkpoints.begin({ run: run.id, action: step.id }, footprint, { undo: action.undo, place });
  } catch (error) {
    if (isReviewed) return { kind: 'uncovered', why: error instanceof NotCovered ? sentence(error.what) : NOT_KEPT };
    if (error instanceof ToolFailure) return { kind: 'not possible', why: error.message };
    throw error;
  }
  if (!isReviewed || footprint.kind !== 'anything') return { kind: 'begun', checkpoint };
  // As it stood when this was decided; what has come since must be covered too.
  const foreseen = await run.checkpoints.foreseeAnything({ ...place, anew: true }).catch(() => undefined);
  if (foreseen?.undo.kind === 'whole') return { kind: 'begun', checkpoint };
  await checkpoint.end([]);
  await run.checkpoints.recorded({ run: run.id, action: step.id }).catch(() => undefined);
  return { kind: 'uncovered', why: NOT_WHOLE };
}
