import * as z from 'zod';
import { bytesWords } from '../../../shared/bytesWords.ts';
import { isBoundBy } from '../binding.ts';
import { isSame, type Loosened, type Value } from '../settle.ts';
import { enforcedLimits, sizeInBytes, SizeSchema, type EnforceableLimit } from '../values.ts';
import { valueAt, type PolicyEntry, type PolicyKey, type WrittenKey } from './policyKey.ts';

// Keys that come to one value. Which of two values is the stricter one is said once for each kind of key, here.

/** How the values of a key are read and compared. `W` is what a file holds, `T` what is in force. */
interface OneValue<W, T, Path extends string> extends WrittenKey<Path> {
  schema: z.ZodType<W>;
  initial: T;
  /** A key that speaks of this one too, in files that have it alone. */
  spokenOfBy?: string;
  value: (written: W) => T;
  /** The stricter of two: at least as strict as each of them. */
  stricter: (a: T, b: T) => T;
  /** Whether neither is stricter than the other: then who binds is not overruled. */
  exclude?: (a: T, b: T) => boolean;
  loosened?: Loosened;
  /** A value as people say it, with its unit. */
  words?: (value: T) => string;
}

export function oneValue<W, T, Path extends string>(key: OneValue<W, T, Path>): PolicyKey<Value<T>, Path> {
  const { path, initial, stricter, exclude, words, spokenOfBy = path, loosened = 'by who may' } = key;
  return {
    ...written(key),
    settle: (settling) =>
      settling.settle<T>({
        path,
        initial,
        read: (values) => {
          const found = (valueAt(values, path) ?? valueAt(values, spokenOfBy)) as W | undefined;
          return found === undefined ? undefined : key.value(found);
        },
        stricter: (settled, wanted) => (exclude?.(settled, wanted) === true ? settled : stricter(settled, wanted)),
        loosened,
      }),
    stricter: (start, now) => saidBy(start, now, stricter(start.value, now.value)),
    entries: (value) => [{ ...entryOf(path, value), ...(words && { words: words(value.value) }) }],
    located: (value) => Promise.resolve(value),
  };
}

/** What a key says of itself, without what only its kind needs. */
export function written<Path extends string>({ path, schema, about, standard }: WrittenKey<Path>): WrittenKey<Path> {
  return { path, schema, about, ...(standard !== undefined && { standard }) };
}

/** A value with the place that says it; of two that say it, the one that binds the other. */
function saidBy<T>(start: Value<T>, now: Value<T>, value: T): Value<T> {
  const [isStart, isNow] = [isSame(value, start.value), isSame(value, now.value)];
  const isOfStart = isStart && (!isNow || isBoundBy(now.origin, start.origin));
  return { value, origin: isOfStart ? start.origin : now.origin };
}

export function entryOf<T>(key: string, { value, origin }: Value<T>): PolicyEntry {
  return { key, value: typeof value === 'string' ? value : JSON.stringify(value), origin };
}

interface Flag {
  about: string;
  standard: boolean;
  /** Which of the two is the stricter. */
  stricter: boolean;
  loosened?: Loosened;
}

/** A switch. One with keys below it (`sandbox`) is on where they are written instead. */
export function flag<const Path extends string>(
  path: Path,
  { stricter, ...key }: Flag,
): PolicyKey<Value<boolean>, Path> {
  return oneValue<boolean | object, boolean, Path>({
    ...key,
    path,
    schema: z.boolean(),
    initial: key.standard,
    value: (said) => said !== false,
    stricter: (a, b) => (a === stricter ? a : b),
  });
}

interface AtMost {
  about: string;
  standard: number;
  schema: z.ZodType<number>;
  spokenOfBy?: string;
  words?: (value: number) => string;
}

/** A number of which less is stricter. */
export function atMost<const Path extends string>(path: Path, key: AtMost): PolicyKey<Value<number>, Path> {
  return oneValue<number, number, Path>({
    ...key,
    path,
    initial: key.standard,
    value: (said) => said,
    stricter: Math.min,
  });
}

/** A number of which less is stricter, and which is no limit where nobody says one. */
export function atMostIfSaid<const Path extends string>(
  path: Path,
  key: Omit<AtMost, 'standard' | 'words'>,
): PolicyKey<Value<number | null>, Path> {
  return oneValue<number, number | null, Path>({
    ...key,
    path,
    initial: null,
    value: (said) => said,
    stricter: (a, b) => (a === null || b === null ? (a ?? b) : Math.min(a, b)),
  });
}

/** A number of bytes of which less is stricter. */
export function atMostBytes<const Path extends string>(
  path: Path,
  key: Omit<AtMost, 'schema' | 'standard' | 'words'> & { standard: string },
): PolicyKey<Value<number>, Path> {
  return oneValue<string | number, number, Path>({
    ...key,
    path,
    schema: SizeSchema,
    initial: sizeInBytes(key.standard),
    value: sizeInBytes,
    stricter: Math.min,
    words: bytesWords,
  });
}

interface AllowedList<T> {
  about: string;
  standard: T[];
  schema: z.ZodType<T[]>;
  loosened?: Loosened;
}

/** A list of what is allowed: what every layer has in its own. */
export function allowedList<T, const Path extends string>(
  path: Path,
  key: AllowedList<T>,
): PolicyKey<Value<T[]>, Path> {
  return oneValue<T[], T[], Path>({
    ...key,
    path,
    initial: key.standard,
    value: (said) => said,
    stricter: (a, b) => b.filter((item) => a.includes(item)),
  });
}

interface Ordered<T extends string> {
  about: string;
  schema: z.ZodType<T>;
  fromStrictest: readonly T[];
  /** What counts where nobody says anything. */
  unsaid: T;
}

/** One of several things, from the strictest to the loosest. A workspace never says a looser one than what counts. */
export function ordered<T extends string, const Path extends string>(
  path: Path,
  { fromStrictest, unsaid, ...key }: Ordered<T>,
): PolicyKey<Value<T | 'unsaid'>, Path> {
  type Said = T | 'unsaid';
  const rank = (said: Said): number => fromStrictest.indexOf(said === 'unsaid' ? unsaid : said);
  return oneValue<T, Said, Path>({
    ...key,
    path,
    initial: 'unsaid',
    value: (said) => said,
    stricter: (a, b) => (rank(b) <= rank(a) ? b : a),
    loosened: 'never by a workspace',
    words: (said) => (said === 'unsaid' ? unsaid : said),
  });
}

interface DemandedLimits {
  about: string;
  standard: EnforceableLimit[];
  schema: z.ZodType<boolean | EnforceableLimit[]>;
}

/** A list of what is demanded, which only grows. */
export function demandedLimits<const Path extends string>(
  path: Path,
  key: DemandedLimits,
): PolicyKey<Value<EnforceableLimit[]>, Path> {
  return oneValue<boolean | EnforceableLimit[], EnforceableLimit[], Path>({
    ...key,
    path,
    initial: enforcedLimits(key.standard),
    value: enforcedLimits,
    stricter: (a, b) => enforcedLimits([...a, ...b]),
  });
}

interface Choice<T, Torn> {
  about: string;
  schema: z.ZodType<T>;
  /** The default, which leaves it open. */
  standard: T;
  /** What a run is left with whose policy changes from one choice to another: stricter than each, and no file says it. */
  torn: Torn;
}

/** One of several things that exclude each other: to have chosen is stricter than to leave it open. */
export function choice<T extends string, const Torn extends string, const Path extends string>(
  path: Path,
  key: Choice<T, Torn>,
): PolicyKey<Value<T | Torn>, Path> {
  type Chosen = T | Torn;
  const open = key.standard;
  const exclude = (a: Chosen, b: Chosen): boolean => a !== open && b !== open && a !== b;
  return oneValue<T, Chosen, Path>({
    ...key,
    path,
    initial: open,
    value: (said) => said,
    stricter: (a, b) => (exclude(a, b) ? key.torn : a === open ? b : a),
    exclude,
  });
}
