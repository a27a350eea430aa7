import { placeName } from '../../shared/answered.ts';
import type { Json } from '../../shared/json.ts';

type Data = Readonly<Record<string, Json>>;

/** Whether an answer neither approves nor denies: what was asked is asked anew. */
export function decidesNothing({ choice }: Data): boolean {
  return choice === 'save-first' || choice === 'show-effects';
}

/** Who answered a question, or what took it back, in words; undefined where the event says neither. */
export function answeredWords(data: Data): string | undefined {
  const isNo = data['choice'] === 'deny';
  if (data['choice'] === 'save-first') return `saved first by you${placeWords(data)}`;
  if (data['choice'] === 'show-effects') return `effects first, by you${placeWords(data)}`;
  if (data['choice'] === 'apply') return `effects applied by you${placeWords(data)}`;
  switch (data['by']) {
    case 'person':
      if (data['choice'] === 'approve-edited') return `changed by you${placeWords(data)}`;
      return `${isNo ? 'denied' : 'approved'} by you${placeWords(data)}`;
    case 'input':
      return `${isNo ? 'denied' : 'approved'} by input given beforehand`;
    case 'nobody':
      return 'denied: nobody was there to answer';
    case 'cancelled':
      return `not answered: ${data['at'] === undefined ? 'the run was stopped' : `you stopped the run${placeWords(data)}`}`;
    case 'limit':
      return 'not answered: the run reached a limit';
    case 'interruption':
      return 'not answered: interrupted';
    case 'outdated':
      return 'not answered: it was not as shown any more';
    default: {
      const what = causeWords(data);
      return what === undefined ? undefined : `not answered: ${what}`;
    }
  }
}

/** The last answer that an action's events have: what was taken back to be decided anew was none. */
export function lastAnswer<E extends { type: string; data: Data }>(events: readonly E[]): E | undefined {
  return events.findLast(({ type, data }) => type === 'answered' && data['by'] !== 'outdated');
}

/** What stopped a run, in words; undefined where the event does not say. */
export function stoppedWords(data: Data): string | undefined {
  return data['by'] === 'person' ? `you${placeWords(data)}` : causeWords(data);
}

/** Who said that a run goes on in other folders, in words. */
export function boundByWords(data: Data): string {
  switch (data['by']) {
    case 'person':
      return `as you said${placeWords(data)}`;
    case 'option':
      return 'as the command line said (--folder)';
    default:
      return 'as input given beforehand said';
  }
}

/** Whether a question was taken back before it had an answer, and by no interruption. */
export function wasTakenBack(by: unknown): boolean {
  return typeof by === 'string' && TAKEN_BACK.has(by);
}

const TAKEN_BACK: ReadonlySet<string> = new Set([
  ...['cancelled', 'limit', 'outdated'],
  ...['signal', 'output', 'terminal', 'parent', 'fault'],
]);

function causeWords({ by, signal }: Data): string | undefined {
  switch (by) {
    case 'signal':
      return `${typeof signal === 'string' ? signal : 'a signal'} ended the run`;
    case 'output':
      return 'its output could not be written any more';
    case 'terminal':
      return 'its terminal was gone';
    case 'parent':
      return 'the program that had started it ended';
    case 'fault':
      return 'a fault of Oversign ended the run';
    default:
      return undefined;
  }
}

function placeWords({ at, place }: Data): string {
  const which = placeName(typeof place === 'string' ? place : undefined);
  if (at === 'terminal') return ` at ${which ?? 'a terminal'}`;
  return which === undefined ? '' : ` in ${which}`;
}
