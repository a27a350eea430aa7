import type { MessagePoint, PanelState } from '../../src/shared/runView.ts';
import { underWay } from './sentences.ts';

/** Where the conversation would go then, if not where it was. */
interface Elsewhere {
  label: string;
  destination: string;
}

/** What happens to the text in the box when it is sent. */
export type NextSend =
  | { kind: 'new' }
  | { kind: 'say' }
  /** `run` ended, and goes on. */
  | { kind: 'continue'; run: string; elsewhere?: Elsewhere }
  /** A new run begins with what was said in another one before that message. */
  | { kind: 'fork'; point: MessagePoint };

export function nextSend({ run, model }: Pick<PanelState, 'run' | 'model'>, fork?: MessagePoint): NextSend {
  const active: boolean = underWay(run);
  if (active) return { kind: 'say' };
  if (fork !== undefined) return { kind: 'fork', point: { run: fork.run, message: fork.message } };
  if (run === undefined) return { kind: 'new' };
  const { id, model: began, destination } = run;
  return began === model.label && destination === model.destination
    ? { kind: 'continue', run: id }
    : { kind: 'continue', run: id, elsewhere: { label: model.label, destination: model.destination } };
}

export function sendWords(next: NextSend): string {
  switch (next.kind) {
    case 'new':
      return 'Run';
    case 'say':
      return 'Send to the run';
    case 'continue':
      return 'Continue this run';
    case 'fork':
      return 'Begin a new run from there';
  }
}
