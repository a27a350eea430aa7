import { dirname } from 'node:path';
import { ChainWriter } from '../../src/node/audit/chainWriter.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';

const TOOLS = ['read_file', 'edit_file', 'run_command', 'search_files', 'list_directory'];
const EFFECTS = ['read', 'write', 'execute', 'search', 'list'];
const WORDS = 'parser token stream buffer socket ledger invoice customer retry cache schema vector matrix'.split(' ');
const DIGEST = 'ab'.repeat(32);

/** The events of a run that looks like one: a start, twelve actions of seven events or so, an end. */
export function eventsOfRun(number: number, events = 100): NewEvent[] {
  const run = `run-${String(number).padStart(6, '0')}`;
  const word = (at: number): string => WORDS[(number * 7 + at) % WORDS.length] ?? '';
  const all: NewEvent[] = [
    {
      type: 'run_started',
      run,
      data: { version: '0.1.0', policy: DIGEST, provider: 'demo', model: 'demo' },
      payload: {
        task: `Find the ${word(0)} bug number ${number} and fix it`,
        folder: '/home/dev/project',
        destination: 'nowhere',
        user: 'dev',
        host: 'machine',
      },
    },
  ];
  for (let turn = 1; all.length < events - 8; turn += 1) {
    const at = (number + turn) % TOOLS.length;
    const [tool = '', effect = ''] = [TOOLS[at], EFFECTS[at]];
    const verdict = at === 2 ? 'ask' : turn % 17 === 0 ? 'deny' : 'allow';
    const common = { run, turn, action: `${run}-${turn}` };
    const path = `/home/dev/project/src/${word(turn)}/file${turn}.ts`;
    all.push(
      { type: 'turn_started', run, turn, data: { turn } },
      {
        type: 'egress',
        run,
        turn,
        data: { purpose: 'model', origin: 'http://127.0.0.1:11434', method: 'POST', bytes: 9000 },
        payload: { path: '/api/chat', contentOf: [path] },
      },
      {
        type: 'model_replied',
        run,
        turn,
        data: { calls: 1, inputTokens: 900, outputTokens: 40 },
        payload: { text: `I will look at the ${word(turn)} of the ${word(turn + 3)}.` },
      },
      {
        type: 'proposed',
        ...common,
        data: { tool, effect, digest: DIGEST, undo: 'whole' },
        payload: {
          title: `${tool} ${path}`,
          action: {
            tool,
            kind: effect === 'read' ? 'look' : 'change',
            effect,
            resources: [{ path, access: 'read' }],
            arguments: { path },
            ...(effect !== 'read' && { changes: [] }),
            undo: 'whole',
          },
        },
      },
      {
        type: 'decided',
        ...common,
        data: { verdict, rule: 'workspace-read', digest: DIGEST, tool, effect },
        payload: { decision: { verdict, rule: 'workspace-read', reason: 'it lies in the workspace' } },
      },
    );
    if (verdict === 'ask')
      all.push(
        { type: 'asked', ...common, data: { approval: `p${turn}`, digest: DIGEST, shown: DIGEST } },
        {
          type: 'answered',
          ...common,
          data: { approval: `p${turn}`, choice: number % 97 === 0 ? 'deny' : 'approve', by: 'person', waitedMs: 1200 },
        },
      );
    if (verdict !== 'deny')
      all.push(
        { type: 'started', ...common, data: { tool, effect } },
        {
          type: 'finished',
          ...common,
          data: { status: 'done', durationMs: 12, facts: { bytes: 300 } },
          payload: { output: `${word(turn)} ${word(turn + 1)} line ${number}\n`.repeat(4) },
        },
      );
  }
  all.push({
    type: 'run_finished',
    run,
    data: { state: 'finished', turns: 12 },
    payload: { reason: 'The agent is done.' },
  });
  return all;
}

/** A log of about so many events, written by as many processes as are named; in large transactions, to be quick. */
export function writeManyEvents(file: string, events: number, writers = 4): { events: number; runs: number } {
  let [runs, written] = [0, 0];
  for (let writer = 0; writer < writers; writer += 1) {
    const log = new LogFile(file);
    const chain = new ChainWriter(log, dirname(file), process.pid);
    while (written < (events * (writer + 1)) / writers)
      log.use('write', (connection) => {
        chain.transaction(connection, () => {
          for (let run = 0; run < 50; run += 1) {
            const all = eventsOfRun(runs);
            for (const event of all) chain.append(connection, event);
            runs += 1;
            written += all.length;
          }
        });
      });
    log.close();
  }
  return { events: written, runs };
}
