import { expect, test } from 'vitest';
import * as z from 'zod';
import { TOOL_NAMES } from '../../src/core/policy/toolNames.ts';
import type { ToolPorts } from '../../src/core/tools/ports.ts';
import { BUILT_IN, builtInTools } from '../../src/core/tools/table.ts';
import { defineTool, type CallContext } from '../../src/core/tools/tool.ts';
import { toolboxOf } from '../../src/core/tools/toolbox.ts';

// Nothing is used of them before a call is described.
const NO_PORTS = {} as ToolPorts;

test('the names that rules may speak of are those of the tools, and each tool has the name that it stands under', () => {
  expect(Object.keys(BUILT_IN)).toEqual([...TOOL_NAMES]);
  expect(builtInTools(NO_PORTS).map(({ name }) => name)).toEqual([...TOOL_NAMES]);
});

test('each tool can be tried with one path or command line', () => {
  for (const tool of builtInTools(NO_PORTS))
    expect(tool.parameters.safeParse(tool.tried('src')).success, tool.name).toBe(true);
});

test('a toolbox finds its tools by name, and nothing that is none', () => {
  const toolbox = toolboxOf(builtInTools(NO_PORTS));
  for (const name of TOOL_NAMES) expect(toolbox.named(name)?.name).toBe(name);
  for (const name of ['constructor', '__proto__', 'Read_file', '']) expect(toolbox.named(name)).toBeUndefined();
});

test('two tools of one name are no toolbox', () => {
  const tools = builtInTools(NO_PORTS);
  expect(() => toolboxOf([...tools, ...tools.slice(-1)])).toThrow('there are two tools named update_plan');
});

test('arguments are parsed once, and what is performed is the action that was described', async () => {
  let parsed = 0;
  const counted = z.string().transform((text) => {
    parsed += 1;
    return text.toUpperCase();
  });
  const tool = defineTool(() => ({
    name: 'say',
    summary: '',
    family: 'file_system',
    effects: ['read'],
    parameters: z.strictObject({ what: counted }),
    about: 'Something',
    tried: (what) => ({ what }),
    describe: (args) =>
      Promise.resolve({
        action: {
          ...{ tool: 'say', kind: 'look', effect: 'read', resources: [], undo: 'nothing' },
          arguments: { what: `${args.what}, as it was shown` },
        },
        ...{ title: 'Say', card: { kind: 'read', blocks: [] }, undo: { state: 'nothing', words: '' } },
      }),
    perform: ({ arguments: { what } }) => Promise.resolve({ ok: true, text: what, facts: {}, contentOf: [] }),
  }))({});
  const read = tool.read('{"what":"hello"}');
  if (!read.ok) throw new Error(read.problem);
  const files = { within: () => files };
  const context = { signal: new AbortController().signal, files } as unknown as CallContext;
  const [first, again] = [await read.call.describe(context), await read.call.describe(context)];
  expect(again.action).toEqual(first.action);
  expect((await again.perform(context)).text).toBe('HELLO, as it was shown');
  expect(parsed).toBe(1);
});
