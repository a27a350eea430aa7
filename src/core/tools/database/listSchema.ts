import * as z from 'zod';
import type { Query } from '../../../shared/action.ts';
import { defineTool, type Tool } from '../tool.ts';
import { A_DATABASE, describeQuery, performQuery, schemaStatement, type QueryPorts } from './querying.ts';
import { DATABASE_HELP } from './whichDatabase.ts';

/** Tables, views and their kind; more has hardly a database that one works on. */
const MOST_ROWS = 1000;

const parameters = z.strictObject({
  database: z.string().min(1).max(4096).describe(DATABASE_HELP),
});

export const listSchema = defineTool((ports: QueryPorts): Tool<z.infer<typeof parameters>, Query> => ({
  name: 'list_schema',
  elsewhere: ['schema', 'listtables', 'describetable', 'describedatabase', 'getschema', 'databaseschema'],
  summary: 'List what a database holds: its tables, views and their columns.',
  family: 'database',
  effects: ['schema'],
  parameters,
  about: A_DATABASE,
  tried: (database) => ({ database }),
  describe: (args, context) =>
    describeQuery(
      { tool: 'list_schema', effect: 'schema', args, statement: schemaStatement(args.database, context) },
      ports,
      context,
    ),
  perform: (action, context) => performQuery(action, MOST_ROWS, ports, context),
}));
