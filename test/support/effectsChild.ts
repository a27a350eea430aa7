import { together, twins, WRITING, type Outcome } from './effectsTable.ts';

// Every line of the table, some at a time, as the account that this runs as; prints what came of them as one line of JSON.
const [base = '', some = '1'] = process.argv.slice(2);
const both = await twins(base);
const outcomes: Outcome[] = [];
for (let at = 0; at < WRITING.length; at += Number(some))
  outcomes.push(await both.command(together(WRITING.slice(at, at + Number(some)))));
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
