import type { PanelState } from '../../src/shared/runView.ts';
import { underWay } from './sentences.ts';

/** What happens to the text in the box when it is sent. */
export type NextSend =
  | { kind: 'new' }
  | { kind: 'say' }
  /** `run` ended, and goes on; `elsewhere` where the conversation would go then, if not where it was. */
  | { kind: 'continue'; run: string; elsewhere?: { label: string; destination: string } };

export function nextSend({ run, model }: Pick<PanelState, 'run' | 'model'>): NextSend {
  if (run === undefined) return { kind: 'new' };
  const { id, model: began, destination } = run;
  if (underWay(run)) return { kind: 'say' };
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
  }
}
