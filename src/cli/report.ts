import { questionWords } from '../core/audit/questions.ts';
import { runReport } from '../core/audit/report.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { writeObject } from './jsonObject.ts';
import { runNamed } from './runNamed.ts';

/** `oversign report RUN`: a run as a document that people read. */
export async function report(named: string, json: boolean): Promise<number> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  const summary = await runNamed(named, audit);
  const markdown = runReport(summary, await audit.events(summary.run));
  if (json) writeObject('report', { run: summary.run, markdown });
  else process.stdout.write(markdown);
  return exitCode('done');
}

const WEEKS_MS = 26 * 7 * 86_400_000;

/** `oversign questions`: how much people were asked, week by week. */
export async function questions(json: boolean): Promise<number> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  const weeks = await audit.questions(Date.now() - WEEKS_MS);
  for (const { week, questions: counted } of weeks)
    if (json) writeObject('week', { week, ...counted });
    else process.stdout.write(`week of ${week}: ${questionWords(counted)}\n`);
  if (weeks.length === 0 && !json) process.stdout.write('Nobody was asked anything in the last 26 weeks.\n');
  return exitCode('done');
}
