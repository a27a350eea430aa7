import { Failure } from '../core/outcome.ts';
import { WAYS, type Way } from '../shared/wayWords.ts';
import type { ModelOptions } from './modelOptions.ts';
import { taskText } from './taskText.ts';

export interface RunOptions extends Omit<ModelOptions, 'isPersonThere'> {
  workspace?: string | undefined;
  policy?: string | undefined;
  /** `maximum`, and nothing else: a run may only tighten. */
  privacy?: string | undefined;
  resume?: string | undefined;
  /** Where the folder of the resumed run is now. */
  folder?: string | undefined;
  'take-over'?: string | undefined;
  /** A new run begins with the conversation of this one: RUN, or RUN:N for what was said before its message N. */
  fork?: string | undefined;
  /** Lines of standard input answer, where no terminal is there. */
  'answers-from-input': boolean;
  /** Asks for no further message when the work has ended. */
  once: boolean;
  json: boolean;
  'task-file'?: string | undefined;
  'last-message'?: string | undefined;
  'output-format'?: string | undefined;
  quiet: boolean;
  /** Goes on with the last run of the folder. */
  continue: boolean;
  look: boolean;
  ask: boolean;
  review: boolean;
}

/** What is wrong about --privacy, as a sentence. */
export function privacyProblem({ privacy }: Pick<RunOptions, 'privacy'>): string | undefined {
  return privacy === undefined || privacy === 'maximum'
    ? undefined
    : `--privacy ${privacy}: it can only be maximum; to leave that, change the policy that says it`;
}

export const FORMATS = ['text', 'json', 'stream-json'] as const;
export type Format = (typeof FORMATS)[number];

export function formatOf({ json, 'output-format': named }: RunOptions): Format | undefined {
  if (named === undefined) return json ? 'json' : 'text';
  return FORMATS.find((format) => format === named);
}

/** The ways that the options name: more than one is a mistake. */
export function waysIn(options: Pick<RunOptions, Way>): Way[] {
  return WAYS.filter((way) => options[way]);
}

/** What is to be done; nothing, where a run goes on without a message. Throws a sentence where the options do not go together. */
export async function taskOf(words: string, options: RunOptions): Promise<string> {
  const goesOn = options.continue || options.resume !== undefined || options['take-over'] !== undefined;
  const wrong = wrongOptions(options);
  if (wrong !== undefined) throw new Failure(wrong);
  // Nobody has said that a message comes that way: a pipe that never ends would be waited for.
  const isTaken = options['answers-from-input'] || (goesOn && words !== '-');
  const task = await taskText({ words, file: options['task-file'], isTaken });
  if (task.trim() === '' && !goesOn)
    throw new Failure('say what is to be done: oversign run "task", or --task-file FILE, or "-" for standard input');
  if (task.trim() !== '' && options['take-over'] !== undefined)
    throw new Failure('give a task or --take-over, not both; a run that is taken over has its own task');
  return task;
}

function wrongOptions(options: RunOptions): string | undefined {
  const { resume, 'take-over': takeOver, fork, folder, workspace, continue: goesOn } = options;
  if (waysIn(options).length > 1) return 'give one of --look, --ask and --review';
  if ([resume, takeOver, fork, goesOn ? '' : undefined].filter((one) => one !== undefined).length > 1)
    return 'give --resume, --continue, --take-over or --fork, one of them';
  if (fork !== undefined && forkOption(fork) === undefined)
    return '--fork takes RUN or RUN:N: N is the number of your message before which the new run goes on';
  if (folder !== undefined && (resume === undefined || workspace !== undefined))
    return '--folder says where the folder of a resumed run is now: it goes with --resume, without --workspace';
  if (options.json && options['output-format'] !== undefined) return 'give --json or --output-format, not both';
  return undefined;
}

/** RUN, or RUN:N; undefined where it is neither. */
export function forkOption(text: string): { run: string; message?: number } | undefined {
  const [, run, number] = /^([^:]+)(?::([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (run === undefined) return undefined;
  return { run, ...(number !== undefined && { message: Number(number) }) };
}
