import type { Database } from '../../../shared/action.ts';
import type { DatabaseConnection } from '../../database/connection.ts';
import type { PostgresAnswer, PostgresJob } from '../../database/postgres.ts';
import { misfit } from '../../database/statementKind.ts';
import { addressDenial } from '../../egress/judgeAddress.ts';
import type { HostRules } from '../../egress/hostRules.ts';
import { ToolFailure } from '../../outcome.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';
import { hostFacts } from '../web/hostFacts.ts';
import type { CardFacts } from './databaseCard.ts';
import { connectionOfAction } from './whichDatabase.ts';

export type PostgresPorts = Pick<ToolPorts, 'redactor' | 'postgres' | 'databasePasswords'>;

/** Refuses what plainly is no such statement. @throws ToolFailure */
export function refuseMisfit(statement: string, mode: 'read' | 'write'): void {
  const why = misfit(statement, mode);
  if (why !== undefined) throw new ToolFailure(`this statement is not sent: ${why}`);
}

/** What a card says of where a connection leads. */
export function connectionFacts(connection: DatabaseConnection): CardFacts {
  const { host, port, user, database, tls } = connection;
  return [
    { label: 'Engine', value: ['PostgreSQL, database ', { exact: database }, ' as ', { exact: user }] },
    ...hostFacts({ host, port }),
    {
      label: 'Encrypted',
      value: [tls === 'verify' ? 'yes, and the server’s certificate is checked' : 'no: your policy says tls: off'],
    },
  ];
}

/** Sends statements to a connection, for this call: judged, recorded before it goes, and counted. */
export async function askPostgres(
  database: Database,
  job: Omit<PostgresJob, 'connection' | 'password'>,
  { redactor, postgres, databasePasswords }: PostgresPorts,
  context: CallContext,
): Promise<PostgresAnswer> {
  const { policy, signal, leave } = context;
  if (!leave) throw new Error('a statement is sent by the gate alone');
  const connection = connectionOfAction(database, context);
  const { name, host, port } = connection;
  const password = await databasePasswords(connection);
  if (password !== undefined) redactor.add({ name: `password of ${name}`, value: password });
  // Its words are the model's, as those of a request; they are short, and shown whole.
  const permit = leave({ purpose: 'database', rules: [], contentOf: () => [] });
  const rules: HostRules = {
    ...policy,
    // Who names a connection names its host: it may lead into a private network, as an allowed host may.
    allowedDomains: { ...policy.allowedDomains, value: [...policy.allowedDomains.value, `${host}:${port}`] },
  };
  const judge = (address: string, own: readonly string[]): ReturnType<typeof addressDenial> =>
    addressDenial({ host, port }, address, { rules, own });
  return postgres.ask({ ...job, connection, password }, { judge, permit, signal });
}
