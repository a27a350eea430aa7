import * as z from 'zod';
import { Failure } from '../core/outcome.ts';
import type { Problem } from './referenceWords.ts';

/** A thing of the editor that a task is to speak of. Lines count from 0. */
export type PickedThing =
  | { kind: 'file'; path: string }
  | { kind: 'problems'; path: string; problems: Problem[] }
  | { kind: 'test'; label: string; path?: string | undefined; line?: number | undefined; message?: string | undefined };

/** More are no task for one person to look over. */
const MOST_THINGS = 20;
const MOST_TEXT = 4000;

const UriSchema = z.looseObject({ scheme: z.string(), fsPath: z.string().max(MOST_TEXT) });
const PositionSchema = z.looseObject({ line: z.int().min(0) });
const RangeSchema = z.looseObject({ start: PositionSchema });
const TestSchema = z.looseObject({
  id: z.string(),
  label: z.string(),
  uri: UriSchema.optional(),
  range: RangeSchema.optional(),
});
const MessageSchema = z.looseObject({
  message: z.union([z.string(), z.looseObject({ value: z.string() })]),
  location: z.looseObject({ uri: UriSchema, range: RangeSchema.optional() }).optional(),
});
const ResourceSchema = z.looseObject({ resourceUri: UriSchema });
const GroupSchema = z.looseObject({ resourceStates: z.array(ResourceSchema) });
const TestResultSchema = z.looseObject({ test: TestSchema, message: MessageSchema });
const ProblemsSchema = z.looseObject({
  problemsOf: UriSchema,
  problems: z.array(
    z.looseObject({
      line: z.int().min(0),
      column: z.int().min(0),
      level: z.int().min(0).max(3),
      message: z.string().max(MOST_TEXT),
    }),
  ),
});

/**
 * What a command was called on: entries of the Explorer, of source control, of the test views, or problems. A person's keys
 * and other extensions may call it with anything: what is no such thing is refused with a sentence.
 */
export function pickedThings(args: readonly unknown[]): PickedThing[] {
  // The Explorer gives the one under the pointer, then all that are selected.
  const given = args.flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : [one])).filter((one) => one != null);
  const things = given.slice(0, MOST_THINGS * 2).flatMap(thingsIn);
  const seen = new Map(things.map((thing) => [JSON.stringify(thing), thing]));
  if (given.length > 0 && seen.size === 0)
    throw new Failure('This is no file, problem, change or test of this workspace. Choose one of those.');
  return [...seen.values()].slice(0, MOST_THINGS);
}

function thingsIn(value: unknown): PickedThing[] {
  const result = TestResultSchema.safeParse(value);
  if (result.success) return [testOf(result.data.test, result.data.message)];
  const problems = ProblemsSchema.safeParse(value);
  if (problems.success)
    return onDisk(problems.data.problemsOf).map((path) => ({
      kind: 'problems',
      path,
      problems: problems.data.problems.map(({ line, column, level, message }) => ({ line, column, level, message })),
    }));
  const group = GroupSchema.safeParse(value);
  if (group.success) return group.data.resourceStates.flatMap(({ resourceUri }) => filesOf(resourceUri));
  const resource = ResourceSchema.safeParse(value);
  if (resource.success) return filesOf(resource.data.resourceUri);
  const test = TestSchema.safeParse(value);
  if (test.success) return [testOf(test.data)];
  const uri = UriSchema.safeParse(value);
  return uri.success ? filesOf(uri.data) : [];
}

function testOf(
  { label, uri, range }: z.infer<typeof TestSchema>,
  failed?: z.infer<typeof MessageSchema>,
): PickedThing {
  const at = failed?.location;
  const [path] = [at?.uri, uri].flatMap((one) => (one ? onDisk(one) : []));
  const message = typeof failed?.message === 'string' ? failed.message : failed?.message.value;
  return {
    kind: 'test',
    label: label.slice(0, MOST_TEXT),
    path,
    line: path === undefined ? undefined : (at?.range ?? range)?.start.line,
    message: message?.slice(0, MOST_TEXT),
  };
}

function filesOf(uri: z.infer<typeof UriSchema>): PickedThing[] {
  return onDisk(uri).map((path) => ({ kind: 'file', path }));
}

/** Files alone: what another extension shows under a scheme of its own is nowhere that the agent could look. */
function onDisk({ scheme, fsPath }: z.infer<typeof UriSchema>): string[] {
  return scheme === 'file' && fsPath !== '' ? [fsPath] : [];
}
