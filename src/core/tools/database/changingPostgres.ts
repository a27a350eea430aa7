import type { Modify } from '../../../shared/action.ts';
import type { Block, Words } from '../../../shared/block.ts';
import { canonicalJson } from '../../../shared/json.ts';
import { counted } from '../../../shared/named.ts';
import { exact } from '../../../shared/visible.ts';
import { databaseAt } from '../../database/connection.ts';
import type { PostgresAnswer, PostgresJob } from '../../database/postgres.ts';
import { ToolFailure } from '../../outcome.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext, Description, Performed, ShownEffects } from '../tool.ts';
import { askPostgres, connectionFacts, refuseMisfit, type PostgresPorts } from './askPostgres.ts';
import { changeCard, said } from './databaseCard.ts';
import { MOST_CHARACTERS, secondsFor } from './querying.ts';
import { changedWords, resultText } from './resultText.ts';
import { connectionNamed, refuseStatement } from './whichDatabase.ts';

const MOST_ROWS = 100;
const MOST_SHOWN = 4000;

export type PostgresChangePorts = PostgresPorts & Pick<ToolPorts, 'hash'>;
type Arguments = Modify['arguments'] & { database: string; statements: string[] };

/** The description of a change of a PostgreSQL database. Nothing is sent before somebody has decided. */
export function describePostgresChange(
  { tool, args }: { tool: string; args: Arguments },
  context: CallContext,
): Promise<Description<Arguments, Modify>> {
  const { statements } = args;
  const connection = connectionNamed(args.database, context);
  if (!connection) throw new ToolFailure(`there is no connection ${args.database}`);
  const { name, access } = connection;
  if (access !== 'write')
    throw new ToolFailure(`${name} may only be read; whoever named it can set access: write (database.connections)`);
  for (const statement of statements) {
    refuseStatement(statement);
    refuseMisfit(statement, 'write');
  }
  return Promise.resolve({
    action: {
      ...{ tool, kind: 'modify', effect: 'modify', undo: 'none', resources: [] },
      ...{ arguments: args, statements, changes: [], database: databaseAt(connection) },
    },
    title: `Change ${name} by ${counted(statements.length, 'statement')}`,
    consequence: ['What is changed in ', { exact: name }, ' cannot be undone here.'],
    card: changeCard({
      ...{ statements, rows: NOT_COUNTED, warnings: connection.tls === 'off' ? [UNENCRYPTED] : [] },
      facts: [{ label: 'How', value: ['all statements in one transaction, or none'] }, ...connectionFacts(connection)],
    }),
    undo: { state: 'none', words: 'Cannot be undone: what is committed is committed.' },
    effects: { whyNot: () => Promise.resolve(undefined) },
  });
}

const NOT_COUNTED = 'Rows are not counted yet. Show effects first: they are counted there, and taken back.';
const UNENCRYPTED: Words = ['Not encrypted: whoever carries it can read and change it.'];

export function changePostgres(action: Modify, ports: PostgresChangePorts, context: CallContext): Promise<Performed> {
  return committed(action, undefined, ports, context);
}

/** Does it, counts, and takes it back: an exact number of now, which another moment may make another one. */
export async function postgresEffects(
  action: Modify,
  ports: PostgresChangePorts,
  context: CallContext,
): Promise<ShownEffects> {
  const answer = await askPostgres(action.database, jobOf(action, 'trial', context), ports, context);
  const changed = sumOf(answer);
  const { text } = resultText(answer.results, ports.redactor);
  const blocks: Block[] = [
    said('eye', [
      'It was done in a transaction, and taken back. ',
      { strong: 'Nothing is changed yet.' },
      ` There: ${changedWords(changed, 0)}; the server had thought of ${estimateWords(answer)}.`,
    ]),
    said('info', ['Numbers that sequences gave stay used. Apply does it again, and only if as many rows change.']),
    { kind: 'exact', label: 'Result', text: exact(text.slice(0, MOST_SHOWN)) },
  ];
  const expected = answer.results.map((one) => one.changed);
  return {
    facts: { changed, view: 'transaction', received: answer.received },
    ok: true,
    words: `In a transaction that was taken back: ${changedWords(changed, 0)}.`,
    blocks,
    previews: [],
    digest: ports.hash(canonicalJson({ expected, results: text })),
    obstacle: undefined,
    outdated: () => Promise.resolve(undefined),
    apply: (during) => committed(action, expected, ports, during),
    drop: () => Promise.resolve(),
  };
}

async function committed(
  action: Modify,
  expected: readonly number[] | undefined,
  ports: PostgresChangePorts,
  context: CallContext,
): Promise<Performed> {
  const job = { ...jobOf(action, 'write', context), ...(expected && { expected }) };
  const answer = await askPostgres(action.database, job, ports, context);
  const changed = sumOf(answer);
  const { text, masked } = resultText(answer.results, ports.redactor);
  const { address, received } = answer;
  return {
    ok: true,
    text: `Changed and committed: ${changedWords(changed, 0)}.\n${text}`,
    masked,
    facts: { changed, address, received },
    contentOf: [],
  };
}

function jobOf(
  { statements }: Modify,
  mode: 'trial' | 'write',
  context: CallContext,
): Omit<PostgresJob, 'connection' | 'password'> {
  return { mode, statements, seconds: secondsFor(context), caps: { rows: MOST_ROWS, characters: MOST_CHARACTERS } };
}

function sumOf({ results }: PostgresAnswer): number {
  return results.reduce((sum, one) => sum + one.changed, 0);
}

function estimateWords({ estimates }: PostgresAnswer): string {
  return estimates.map((one) => (one === null ? 'no number' : counted(one, 'row'))).join(', ');
}
