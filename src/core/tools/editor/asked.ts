import * as z from 'zod';
import { cutVisibly } from '../../../shared/cut.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { LanguageServices } from '../../editor/languages.ts';
import { reasonText, throwIfStopped, ToolFailure } from '../../outcome.ts';
import type { ToolPorts } from '../ports.ts';

/** A large project is read in by its language service before it answers. */
const TIME_MS = 30_000;
/** So many items are looked at. */
export const MOST_ITEMS = 5000;
const MOST_WORDS = 300;

/** What tools of this kind are told where there is no editor. */
export const WITHOUT_EDITOR = 'it is not available without the editor: use search_files, or a command';

const Whole = z.int().min(1).max(2_000_000_000);
const Path = z.string().min(1).max(4096);
export const PlaceSchema = z.object({ path: Path, line: Whole, column: Whole });
export const ProblemSchema = PlaceSchema.extend({
  severity: z.enum(['error', 'warning', 'information', 'hint']),
  message: z.string(),
  source: z.string(),
});
export const SymbolSchema = PlaceSchema.extend({ name: z.string(), kind: z.string(), within: z.string() });
export const EditSchema = PlaceSchema.extend({ endLine: Whole, endColumn: Whole, text: z.string() });
export const OpenFileSchema = z.object({
  path: Path,
  isUnsaved: z.boolean(),
  state: z.enum(['focused', 'shown', 'behind']),
});

/** What a language service said, as far as it is what it should be; `left`: not looked at, `odd`: none of that. */
export interface Heard<T> {
  items: T[];
  left: number;
  odd: number;
}

/**
 * Asks a language service, which may be anybody's and do anything: it is not waited for beyond a time, nor beyond a stop,
 * and what it says is looked at item by item, up to a number of them.
 * @throws ToolFailure where it fails or does not answer
 */
export async function asked<T>(
  ask: (languages: LanguageServices) => Promise<unknown>,
  item: z.ZodType<T>,
  { ports, signal }: { ports: Pick<ToolPorts, 'languages' | 'outputs'>; signal: AbortSignal },
): Promise<Heard<T>> {
  const { languages, outputs } = ports;
  if (!languages) throw new ToolFailure(WITHOUT_EDITOR);
  throwIfStopped(signal);
  let said: unknown;
  try {
    // A failure that is thrown at once, and none at all, are failures and answers like any other.
    const work = Promise.resolve().then(async () => ({ said: await ask(languages) }));
    const answer = await outputs.within(untilStopped(work, signal), TIME_MS);
    if (!answer)
      throw new ToolFailure(`the language service did not answer within ${TIME_MS / 1000} s; nothing was done`);
    said = answer.said;
  } catch (error) {
    throwIfStopped(signal);
    if (error instanceof ToolFailure) throw error;
    throw new ToolFailure(`the language service failed: ${cutVisibly(visibleLine(reasonText(error)), MOST_WORDS)}`);
  }
  return heard(said, item);
}

function heard<T>(said: unknown, item: z.ZodType<T>): Heard<T> {
  const whole = z.object({ items: z.array(z.unknown()), left: z.number().min(0).catch(0) }).safeParse(said);
  if (!whole.success) throw new ToolFailure('the language service said something that cannot be read');
  const { items, left } = whole.data;
  const result: Heard<T> = { items: [], left: left + Math.max(0, items.length - MOST_ITEMS), odd: 0 };
  for (const one of items.slice(0, MOST_ITEMS)) {
    const parsed = item.safeParse(one);
    if (parsed.success) result.items.push(parsed.data);
    else result.odd += 1;
  }
  return result;
}

function untilStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(new ToolFailure('stopped'));
    };
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}
