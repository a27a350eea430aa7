import type { Modify, PreImage } from '../../../shared/action.ts';
import { bytesWords } from '../../../shared/bytesWords.ts';
import { counted, sentence } from '../../../shared/named.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { SqliteAnswer, SqliteFile } from '../../database/sqlite.ts';
import { Changed, ToolFailure } from '../../outcome.ts';
import { undoOf, undoView } from '../files/undo.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext, Description, Performed, ShownEffects } from '../tool.ts';
import { changeCard } from './databaseCard.ts';
import { sqliteShown } from './sqliteShown.ts';
import { MOST_CHARACTERS, secondsFor } from './querying.ts';
import { changedWords, resultText } from './resultText.ts';
import { MOST_CHANGED } from './sqliteCopy.ts';
import { refuseStatement, sqlitePlace, touchedAt, type SqlitePlace } from './whichDatabase.ts';

/** Rows that statements give back (`returning`). */
const MOST_ROWS = 100;
/** So large a database is counted before anybody asks for it, and so long that may take. */
const [MOST_COUNTED, COUNTING_SECONDS] = [16 * 1024 ** 2, 3];
const NOT_COUNTED = 'Rows are not counted yet. Show effects first: they are counted on a copy.';

export type ChangePorts = Pick<ToolPorts, 'folder' | 'redactor' | 'runners' | 'sqlite' | 'foresee' | 'hash'>;
type Arguments = Modify['arguments'] & { database: string; statements: string[] };

/** The description of a change of a SQLite file: it is replaced as a whole, as it stands now. */
export async function describeSqliteChange(
  { tool, args }: { tool: string; args: Arguments },
  ports: ChangePorts,
  context: CallContext,
): Promise<Description<Arguments, Modify>> {
  const { statements } = args;
  for (const statement of statements) refuseStatement(statement);
  const place = await sqlitePlace(args.database, context, ports);
  const { path, shown } = place;
  await context.files.changeable(path);
  const image = await context.files.onDisk().preImage(path);
  refuseOpen(place, await ports.sqlite.heldBy([path]));
  if ((image.size ?? 0) > MOST_CHANGED)
    throw new ToolFailure(
      `${shown} is ${bytesWords(image.size ?? 0)}; at most ${bytesWords(MOST_CHANGED)} are changed in this version`,
    );
  const isNew = image.kind === 'absent';
  const undo = await undoOf(ports, [image]);
  const rows = await foreseenRows({ statements, changes: [image] }, ports, context);
  return {
    action: {
      ...{ tool, kind: 'modify', effect: 'modify', undo: undo.kind },
      // What comes of a statement tells what is in the file.
      ...{ resources: touchedAt(place, isNew ? ['write'] : ['write', 'read']), arguments: args, statements },
      ...{ database: { engine: 'sqlite', path }, changes: [image] },
    },
    title: `${isNew ? 'Create' : 'Change'} ${shown} by ${counted(statements.length, 'statement')}`,
    ...(!isNew && undo.kind !== 'whole' && { consequence: ['What is changed in ', { exact: shown }, ' is gone.'] }),
    card: changeCard({
      ...{ statements, rows },
      warnings: isNew ? [['There is no such file yet: it is made.']] : [],
      facts: [
        { label: 'How', value: ['all statements in one transaction, or none'] },
        { label: 'Engine', value: ['SQLite, on a copy of the file, in the sandbox; the copy then takes its place'] },
      ],
    }),
    undo: undoView(undo, isNew ? 'removes the new file' : 'puts the earlier database back'),
    effects: { whyNot: () => Promise.resolve(undefined) },
  };
}

/**
 * How many rows it would change, for the person alone: what comes of a statement tells what is in the file, and nobody
 * has allowed the model to see that yet. Of a small database it is counted; nothing of that stays.
 */
async function foreseenRows(
  action: Pick<Modify, 'statements' | 'changes'>,
  ports: ChangePorts,
  context: CallContext,
): Promise<string> {
  const { path, size = 0 } = imageOf(action);
  const { scope } = context;
  const isOpen = scope.standing(path, 'write').kind === 'free' && scope.standing(path, 'read').kind === 'free';
  if (!isOpen || size > MOST_COUNTED) return NOT_COUNTED;
  try {
    const { changed, alsoChanged } = sumOf(await tried(action, ports, context, COUNTING_SECONDS));
    return `${changedWords(changed, alsoChanged)}, counted just now on a copy.`;
  } catch (error) {
    if (error instanceof ToolFailure)
      return `Rows are not counted: ${sentence(visibleLine(ports.redactor.text(error.message)))}`;
    throw error;
  }
}

/**
 * A file that another program has open, or left open, is not replaced under it: that program would go on with the old
 * one, and what it has not yet brought into the file would be lost, or brought into the new one.
 */
function refuseOpen({ beside, shown, path }: SqlitePlace, holders: readonly string[]): void {
  if (holders.length > 0)
    throw new ToolFailure(`${holders.map(visibleLine).join(', ')} has ${shown} open; end that first, then try again`);
  const left = beside.map((one) => one.path.slice(path.length));
  if (left.length > 0)
    throw new ToolFailure(
      `${shown} is open in another program, or was left so: ${left.map((suffix) => shown + suffix).join(', ')} is there. Close it there first (a program that opens and closes it takes these away), then try again`,
    );
}

/** Does it, and puts the database in place that came of it. */
export async function changeSqlite(action: Modify, ports: ChangePorts, context: CallContext): Promise<Performed> {
  return inPlace(await tried(action, ports, context), action, ports, context);
}

/** Does it on a copy, which is kept until it is applied or thrown away. */
export async function sqliteEffects(action: Modify, ports: ChangePorts, context: CallContext): Promise<ShownEffects> {
  const answer = await tried(action, ports, context);
  const image = imageOf(action);
  const shown = context.scope.shown(image.path);
  const { database, results, touches } = answer;
  const sums = sumOf(answer);
  const { text } = resultText(results, ports.redactor);
  const blocks = sqliteShown({ results: sums, touches, text });
  return {
    facts: { ...sums, view: 'copy' },
    ok: true,
    words: `On a copy: ${changedWords(sums.changed, sums.alsoChanged)}.`,
    blocks,
    previews: [],
    digest: ports.hash(database),
    obstacle: undefined,
    outdated: async () => {
      const now = await context.files.onDisk().preImage(image.path);
      return now.kind === image.kind && now.digest === image.digest
        ? undefined
        : `What the effects rest on changed meanwhile: ${shown}.`;
    },
    apply: (during) => inPlace(answer, action, ports, during),
    drop: () => Promise.resolve(),
  };
}

type Tried = SqliteAnswer & { database: Uint8Array };

/** What comes of it on a copy. */
async function tried(
  { statements, changes }: Pick<Modify, 'statements' | 'changes'>,
  ports: ChangePorts,
  context: CallContext,
  seconds = secondsFor(context),
): Promise<Tried> {
  const image = imageOf({ changes });
  const { policy, signal, files } = context;
  const given: SqliteFile[] = [];
  if (image.kind === 'file') {
    const bytes = await files.onDisk().read(image.path, MOST_CHANGED);
    if (ports.hash(bytes) !== image.digest) throw new Changed(`${context.scope.shown(image.path)} changed meanwhile`);
    given.push({ suffix: '', size: bytes.length, chunks: once(bytes) });
  }
  const { database, ...answer } = await ports.sqlite.ask(
    {
      ...{ mode: 'write', files: given, statements, seconds },
      caps: { rows: MOST_ROWS, characters: MOST_CHARACTERS },
    },
    { sandbox: ports.runners.sandbox.chosen(policy.backend.value), signal },
  );
  if (!database) throw new Error('a write gives the database');
  if (database.length > MOST_CHANGED)
    throw new ToolFailure(`the database would become larger than ${bytesWords(MOST_CHANGED)}. Nothing was changed`);
  return { ...answer, database };
}

async function inPlace(
  answer: Tried,
  action: Pick<Modify, 'changes'>,
  ports: ChangePorts,
  context: CallContext,
): Promise<Performed> {
  const image = imageOf(action);
  // As it stands now: it was looked at when it was described, and others may have opened it since.
  refuseOpen(await sqlitePlace(image.path, context, ports), await ports.sqlite.heldBy([image.path]));
  await context.files.onDisk().write(image.path, answer.database, image);
  const sums = sumOf(answer);
  const { text, masked } = resultText(answer.results, ports.redactor);
  return {
    ok: true,
    text: `Changed ${context.scope.shown(image.path)}: ${changedWords(sums.changed, sums.alsoChanged)}.\n${text}`,
    masked,
    facts: sums,
    contentOf: [image.path],
  };
}

function imageOf({ changes: [image] }: Pick<Modify, 'changes'>): PreImage {
  if (!image) throw new Error('a change of a SQLite file names the file');
  return image;
}

function sumOf({ results }: SqliteAnswer): { changed: number; alsoChanged: number } {
  return {
    changed: results.reduce((sum, one) => sum + one.changed, 0),
    alsoChanged: results.reduce((sum, one) => sum + one.alsoChanged, 0),
  };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}
