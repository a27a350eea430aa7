import { expect, inject, test } from 'vitest';
import { AGENT_TASKS } from '../support/agentTasks.ts';
import { playTask } from '../support/agentPlay.ts';
import { WIRE_FORMATS } from '../support/wireFormats.ts';

// Each task over one of the wire formats, in turn: `npm run agent-table` plays all of them over all.
test.each(AGENT_TASKS.map((task, index) => [task.name, task, index] as const))('%s', async (_, task, index) => {
  const wire = WIRE_FORMATS[index % WIRE_FORMATS.length];
  expect(wire).toBeDefined();
  if (!wire) return;
  const play = await playTask(task, wire, inject('oversign'));
  expect(play.wrong, `over ${wire.name}`).toBeUndefined();
  expect(play.questions, 'questions').toBeLessThanOrEqual(task.questions);
});
