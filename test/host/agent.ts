import { join } from 'node:path';
import { composeEngine } from '../../src/compose.ts';
import type { Model, ModelEvent } from '../../src/core/models/port.ts';
import { nodeParts } from '../../src/node/engineParts.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { OpenDocuments } from '../../src/vscode/openDocuments.ts';

export interface Worked {
  events: AuditRecord[];
  /** Every question, in order. */
  asked: Approval[];
}

export interface Call {
  name: string;
  args: unknown;
}

/** What a run is about, and where its account lies. */
export interface Work {
  task?: string;
  /** A folder for the data and the configuration of an account. */
  account?: string;
}

/**
 * A run of one call, or of a model, over a folder: a real engine in this extension host, beside the editor that it runs in. `answer`:
 * how a person answers; they take their time.
 */
export async function agent(
  folder: string,
  what: Call | Model,
  answer: (approval: Approval) => Promise<Answer> = () => Promise.resolve({ choice: 'approve' }),
  { task = 'do it', account = 'beside' }: Work = {},
): Promise<Worked> {
  const own = join(process.env['XDG_DATA_HOME'] ?? '', account);
  const node = await nodeParts({
    folders: [folder],
    environment: { PATH: process.env['PATH'], XDG_DATA_HOME: join(own, 'data'), XDG_CONFIG_HOME: join(own, 'config') },
    version: 'test',
    editor: new OpenDocuments(),
  });
  const engine = composeEngine(node.parts);
  const asked: Approval[] = [];
  engine.onChange(() => {
    const { limit } = engine.view();
    if (limit) engine.answerLimit(limit.id, 'stop', IN_EDITOR);
    for (const approval of engine.view().approvals) {
      if (asked.some(({ id }) => id === approval.id)) continue;
      asked.push(approval);
      void answer(approval).then((given) => engine.answer(approval.id, approval.digest, given, IN_EDITOR));
    }
  });
  try {
    await engine.send(task, 'stream' in what ? what : saying(what));
    return { events: await node.audit.events(engine.view().run?.id ?? ''), asked };
  } finally {
    await engine.stop('the test ended');
    await node.audit[Symbol.asyncDispose]();
  }
}

/** A model that makes one call and is done. */
function saying({ name, args }: Call): Model {
  let turn = 0;
  return {
    provider: 'demo',
    label: 'scripted',
    destination: 'nowhere',
    // eslint-disable-next-line @typescript-eslint/require-await -- a model streams
    async *stream(): AsyncIterable<ModelEvent> {
      turn += 1;
      if (turn === 1) yield { type: 'call', call: { id: 'c1', name, arguments: JSON.stringify(args) } };
      else yield { type: 'text', text: 'done' };
      yield { type: 'end', end: { why: 'finished' } };
    },
  };
}
