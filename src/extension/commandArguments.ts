import type { PickedNode } from './auditNode.ts';

// What a command is given beside its name. The tree and the panel give it, but so do a person's keybindings, links in
// Markdown and other extensions, which may give anything: it is looked at before it is used.

/** The entry of the audit tree that a command is about; undefined where none is given. Throws a sentence for anything else. */
export async function pickedNode(argument: unknown): Promise<PickedNode | undefined> {
  if (argument === undefined || argument === null) return undefined;
  const { NodeSchema } = await import('./auditNode.ts'); // activation loads no schema library
  const parsed = NodeSchema.safeParse(argument);
  if (!parsed.success)
    throw new Error('This command is about a run, a turn or an action of the audit log; choose one there.');
  return parsed.data;
}

/** The task that a command is given; undefined where none is. Throws a sentence for anything that is no text. */
export function givenTask(argument: unknown): string | undefined {
  if (argument === undefined || argument === null) return undefined;
  if (typeof argument !== 'string')
    throw new Error('The task of this command must be a text ("args" of the keybinding).');
  return argument;
}
