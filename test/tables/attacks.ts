/**
 * `node test/tables/attacks.ts`: eight attacks on the audit log, sixty trials each, with a witness and without, and
 * honest logs of every kind. Ends with 1 if an attack is missed or an honest log raises an alarm. SEED and TRIALS may
 * be set; EACH is how many honest worlds of each kind are made.
 */
import { rmSync } from 'node:fs';
import { honestWorlds, tableText } from '../support/logAttacksHonest.ts';
import { playAttacks } from '../support/logAttacksTable.ts';
import { worldsFolder } from '../support/logWorld.ts';
import { seedOf } from '../support/logWorldRandom.ts';

const seed = seedOf(process.env);
const trials = Number(process.env['TRIALS'] ?? 60);
const each = Number(process.env['EACH'] ?? 60);
const base = worldsFolder();
try {
  console.log(`seed ${seed}`);
  const { worlds, honest } = await honestWorlds(each, seed, base);
  const { lines, accounts } = await playAttacks(worlds, trials, seed, base);
  console.log(tableText(lines, honest));
  const missed = accounts.filter(({ outcome }) => outcome === 'missed');
  const wrong = accounts.filter(({ outcome, isRight }) => outcome === 'found' && !isRight);
  for (const account of missed) console.log('MISSED', JSON.stringify(account));
  if (process.argv.includes('--wrong'))
    for (const account of wrong) console.log('WRONG EVENT', JSON.stringify(account));
  if (process.argv.includes('--open'))
    for (const account of accounts) if (account.outcome === 'not covered') console.log('OPEN', JSON.stringify(account));
  for (const alarm of honest.alarms) console.log('FALSE ALARM', JSON.stringify(alarm));
  process.exitCode = missed.length + honest.alarms.length > 0 ? 1 : 0;
} finally {
  rmSync(base, { recursive: true, force: true });
}
