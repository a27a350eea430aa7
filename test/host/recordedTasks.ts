import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { countedIn, plantAll, type Play } from '../support/agentPlay.ts';
import { AGENT_TASKS, type AgentTask } from '../support/agentTasks.ts';
import type { SeenRequest, ServerScript } from '../support/modelServer.ts';
import { agent } from './agent.ts';
import { chosen } from './editorModels.ts';

// Recorded tasks, played by a model that another extension brings to a real editor.

/** What `npm test` plays; `npm run agent-table` plays all of them. */
const PLAYED = ['fix a bug, run the tests', 'a feature over several files', 'Python'];

type HostTest = [name: string, test: () => Promise<void>];

export function tasksAsTests(): HostTest[] {
  return AGENT_TASKS.filter(({ name }) => PLAYED.includes(name)).map((task) => [
    `a recorded task with a model of the editor: ${task.name}`,
    async () => {
      const { wrong, questions } = await play(task);
      assert.equal(wrong, undefined);
      assert.ok(questions <= task.questions, `${questions} questions`);
    },
  ]);
}

/** The tasks with these words in their names; what came of them goes into the file that OVERSIGN_PLAYS names. */
export function playedTasks(only: string): HostTest[] {
  const plays: Play[] = [];
  return AGENT_TASKS.filter(({ name }) => name.includes(only)).map((task) => [
    task.name,
    async () => {
      plays.push(await play(task));
      writeFileSync(process.env['OVERSIGN_PLAYS'] ?? '', JSON.stringify(plays));
    },
  ]);
}

async function play(task: AgentTask): Promise<Play> {
  const folder = await mkdtemp(join(tmpdir(), 'oversign-task-'));
  const work = join(folder, 'work');
  await plantAll(work, task.files);
  const account = join('tasks', String(AGENT_TASKS.indexOf(task)));
  const config = join(process.env['XDG_DATA_HOME'] ?? '', account, 'config', 'oversign');
  if (task.policy !== undefined) await plantAll(config, { 'policy.yaml': task.policy });
  let last: SeenRequest = { messages: [], results: [], tools: [], model: '' };
  let [turn, largest] = [0, 0];
  const script: ServerScript = (request) => {
    largest = Math.max(largest, JSON.stringify(request).length);
    if (request.tools.length === 0) return { text: 'The task, the plan and what was decided stand as they were.' };
    last = request;
    const reply = task.replies[turn];
    turn += 1;
    return (typeof reply === 'function' ? reply(request) : reply) ?? { text: 'That is done.' };
  };
  await vscode.commands.executeCommand('oversignTest.play', script);
  const began = performance.now();
  const answer = ({ grantOffers: [offer] }: Approval): Promise<Answer> =>
    Promise.resolve(
      task.answer === 'r' && offer
        ? { choice: 'approve-and-grant', grant: { offer: offer.id, until: { kind: 'run' } } }
        : { choice: 'approve' },
    );
  const { events } = await agent(work, await chosen('oversign-test/recorded'), answer, { task: task.task, account });
  const seconds = (performance.now() - began) / 1000;
  const end = events.at(-1)?.data['state'];
  return {
    ...{ task: task.name, wire: 'vscode.lm', seconds, turns: turn, largest },
    ...countedIn(events),
    wrong: end === (task.end ?? 'finished') ? task.wrong(work, last) : `it ended as ${String(end)}`,
  };
}
