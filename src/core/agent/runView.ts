import type { Flags } from '../../shared/flow.ts';
import type { RunView } from '../../shared/runView.ts';
import type { Budget } from './budget.ts';
import type { Conversation } from './conversation.ts';
import { stateOf, type Phase } from './phase.ts';
import type { RunParts } from './runParts.ts';
import type { RunUsage } from './runUsage.ts';
import type { Transcript } from './transcript.ts';

interface Shown {
  parts: RunParts;
  conversation: Conversation;
  transcript: Transcript;
  budget: Budget;
  usage: RunUsage;
  phase: Phase;
  questions: number;
  /** Actions that were not done because nobody was there to approve them. */
  unanswered: number;
  flags: Flags;
  grants: RunView['grants'];
}

/** How a run stands, for whoever looks at it. */
export function runView(shown: Shown): RunView {
  const { parts, conversation, transcript, budget, usage, phase, unanswered } = shown;
  const { model, folder, id } = parts;
  const { plan, waiting } = conversation;
  const queued = waiting.list;
  return {
    ...{ id, task: conversation.task, folder, state: stateOf(phase), reason: phase.reason },
    ...{ model: model.label, destination: model.destination, way: parts.way.now },
    ...{ turn: budget.turns, maxTurns: budget.mostTurns, questions: shown.questions },
    ...(!model.isScripted && { usage: usage.view() }),
    ...(unanswered > 0 && { unanswered }),
    ...{ flags: shown.flags, grants: shown.grants },
    ...(plan.length > 0 && { plan }),
    ...(queued.length > 0 && { queued }),
    ...{ entriesBefore: transcript.before, entries: transcript.entries },
  };
}
