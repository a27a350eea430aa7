import * as z from 'zod';
import { connectionOf, type DatabaseConnection } from '../../database/connection.ts';
import { hostOf } from '../../egress/hostName.ts';
import type { Value } from '../settle.ts';
import { TextSchema } from '../values.ts';
import type { PolicyKey } from './policyKey.ts';
import { oneValue } from './valueKeys.ts';

// Connections to databases. Who names one lets the agent send statements there: a workspace never does.

const Name = TextSchema.max(63);

const ConnectionSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,40}$/, 'is no name of a connection: small letters, digits, - and _')
    .meta({ description: 'What the agent and the cards call it.' }),
  host: z
    .string()
    .refine((text) => hostOf(text) !== undefined, 'is not a host such as db.example.com or 192.0.2.1')
    .meta({ description: 'The one host that it leads to. A name may lead into a private network.' }),
  port: z.number().int().min(1).max(65_535).meta({ description: 'Its port.', default: 5432 }).optional(),
  database: Name.meta({ description: 'The database on that server.' }),
  user: Name.meta({ description: 'The role that is connected as. It should be able to do no more than it has to.' }),
  password_variable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable')
    .meta({ description: 'An environment variable that holds the password, where secret storage has none.' })
    .optional(),
  tls: z
    .enum(['verify', 'off'])
    .meta({
      description: 'verify: encrypted, and the server’s certificate is checked. off: neither, for this machine.',
      default: 'verify',
    })
    .optional(),
  access: z
    .enum(['read', 'write'])
    .meta({ description: 'Whether statements that change it may be asked about.', default: 'read' })
    .optional(),
});
export type WrittenConnection = z.infer<typeof ConnectionSchema>;

const ConnectionsSchema = z
  .array(ConnectionSchema)
  .max(50)
  .superRefine((all, issue) => {
    const names = all.map(({ name }) => name);
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
      issue.addIssue(`two connections are called ${name}`);
  });

export function databaseConnections<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<Value<DatabaseConnection[]>, Path> {
  return oneValue<WrittenConnection[], DatabaseConnection[], Path>({
    ...{ path, about, schema: ConnectionsSchema, standard: [], initial: [], loosened: 'never by a workspace' },
    value: (said) =>
      said.map(({ password_variable: passwordVariable, ...one }) =>
        connectionOf({ ...one, ...(passwordVariable !== undefined && { passwordVariable }) }),
      ),
    stricter: (settled, wanted) => settled.flatMap((one) => inBoth(one, wanted)),
    words: (all) =>
      all.length === 0 ? 'none' : all.map(({ name, host, access }) => `${name} (${host}, ${access})`).join(', '),
  });
}

/** One that both name as the same place; written to only where both let that be. */
function inBoth(one: DatabaseConnection, others: readonly DatabaseConnection[]): DatabaseConnection[] {
  const place = ({ access: _access, ...rest }: DatabaseConnection): string => JSON.stringify(rest);
  const same = others.find((other) => place(other) === place(one));
  return same ? [{ ...one, access: one.access === 'write' && same.access === 'write' ? 'write' : 'read' }] : [];
}
