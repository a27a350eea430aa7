import * as z from 'zod';
import type { Talk } from '../../../shared/action.ts';
import { titleOf } from '../../../shared/cut.ts';
import { planWords } from '../../../shared/plan.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { ToolPorts } from '../ports.ts';
import { defineTool, type Tool } from '../tool.ts';
import { NOTHING_CHANGES } from '../files/undo.ts';

const MOST_TITLE = 100;

const parameters = z.strictObject({
  plan: z
    .array(
      z.strictObject({
        step: z.string().min(1).max(500),
        status: z.enum(['pending', 'in_progress', 'completed']).default('pending'),
      }),
    )
    .max(50)
    .describe('All steps, each time'),
});

export const updatePlan = defineTool((ports: Pick<ToolPorts, 'showPlan'>): Tool<z.infer<typeof parameters>, Talk> => ({
  name: 'update_plan',
  elsewhere: ['todowrite', 'todo', 'managetodolist', 'writetodos'],
  summary:
    'Show the user your plan for a task of several steps, and how far you are. One step at a time is in_progress.',
  family: 'conversation',
  effects: ['plan'],
  parameters,
  about: 'A step',
  tried: (step) => ({ plan: [{ step }] }),
  describe: ({ plan }) => {
    const now = plan.find(({ status }) => status === 'in_progress');
    const title = `Plan: ${planWords(plan)}${now ? `; now: ${visibleLine(titleOf(now.step, MOST_TITLE))}` : ''}`;
    return Promise.resolve({
      action: {
        ...{ tool: 'update_plan', kind: 'talk', effect: 'plan', resources: [], undo: 'nothing' },
        arguments: { plan: plan.map((step) => ({ ...step })) },
      },
      title,
      card: { kind: 'talk', blocks: [{ kind: 'sentence', icon: 'checklist', tone: 'plain', words: [title] }] },
      undo: NOTHING_CHANGES,
    });
  },
  perform({ arguments: { plan } }) {
    ports.showPlan(plan);
    return Promise.resolve({ ok: true, text: `Shown: ${planWords(plan)}.`, facts: {}, contentOf: [] });
  },
}));
