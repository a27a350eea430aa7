import type { RunView } from '../../src/shared/runView.ts';

/** Whether the run waits for its model: it is at work, and neither words nor an action are under way. */
export function isAtModel({ state, entries }: Pick<RunView, 'state' | 'entries'>): boolean {
  if (state !== 'running') return false;
  const last = entries.at(-1);
  switch (last?.kind) {
    case 'assistant':
      return !last.streaming;
    case 'action':
      return last.goesOn === true || !['deciding', 'waiting', 'running'].includes(last.status);
    case 'user':
    case 'notice':
    case undefined:
      return true;
  }
}

/** Less is no wait that anybody wonders about. */
const SHOWN_AFTER = 3;
/** From here on a person may think that nothing will come. */
const LONG = 20;

/** What is said of a wait of so many seconds; undefined where it is not worth a line. */
export function waitWords(
  seconds: number,
  { model, destination }: Pick<RunView, 'model' | 'destination'>,
): string | undefined {
  if (seconds < SHOWN_AFTER) return undefined;
  const words = `Waiting for ${model}: nothing has come for ${seconds} s.`;
  if (seconds < LONG) return words;
  const isNear = / are sent to .* on (this machine|your network)/.test(destination);
  return isNear
    ? `${words} It may be loading the model, or reading the conversation.`
    : `${words} Stop ends it; nothing is lost.`;
}
