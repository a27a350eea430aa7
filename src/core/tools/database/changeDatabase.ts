import * as z from 'zod';
import type { Modify } from '../../../shared/action.ts';
import { defineTool, type Tool } from '../tool.ts';
import { changeSqlite, describeSqliteChange, sqliteEffects, type ChangePorts } from './changingSqlite.ts';
import {
  changePostgres,
  describePostgresChange,
  postgresEffects,
  type PostgresChangePorts,
} from './changingPostgres.ts';
import { A_DATABASE } from './querying.ts';
import { connectionNamed, DATABASE_HELP, MOST_STATEMENT } from './whichDatabase.ts';

const MOST_STATEMENTS = 20;

const parameters = z.strictObject({
  database: z.string().min(1).max(4096).describe(`${DATABASE_HELP}; a new one is made where none is`),
  statements: z
    .array(z.string().min(1).max(MOST_STATEMENT))
    .min(1)
    .max(MOST_STATEMENTS)
    .describe('SQL statements, one in each text, done in one transaction: all of them, or none'),
});

export const changeDatabase = defineTool(
  (ports: ChangePorts & PostgresChangePorts): Tool<z.infer<typeof parameters>, Modify> => ({
    name: 'change_database',
    elsewhere: ['writequery', 'executestatement', 'insertrows', 'updaterows', 'migrate', 'createtable'],
    summary:
      'Change what is in a database: insert, update, delete, create and drop, all statements in one transaction. A person approves each call.',
    family: 'database',
    effects: ['modify'],
    parameters,
    about: A_DATABASE,
    tried: (database) => ({ database, statements: ['delete from t'] }),
    describe: (args, context) =>
      connectionNamed(args.database, context)
        ? describePostgresChange({ tool: 'change_database', args }, context)
        : describeSqliteChange({ tool: 'change_database', args }, ports, context),
    perform: (action, context) =>
      action.database.engine === 'sqlite'
        ? changeSqlite(action, ports, context)
        : changePostgres(action, ports, context),
    showEffects: (action, context) =>
      action.database.engine === 'sqlite'
        ? sqliteEffects(action, ports, context)
        : postgresEffects(action, ports, context),
  }),
);
