import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelFailure, type ToolCall } from '../../src/core/models/port.ts';
import { StreamedCalls } from '../../src/node/models/streamedCalls.ts';

type Piece = Record<string, unknown>;

function put(...pieces: Piece[]): ToolCall[] | 'refused' {
  const calls = new StreamedCalls();
  try {
    for (const piece of pieces) calls.take(piece);
    return calls.whole('call_7');
  } catch (error) {
    if (error instanceof ModelFailure) return 'refused';
    throw error;
  }
}

/** How calls were put together before: by index alone. Shows that the attacks work where nothing tells calls apart. */
function byIndexAlone(...pieces: Piece[]): string[] {
  const calls = new Map<unknown, { name: string; arguments: string }>();
  for (const { index, function: target } of pieces as { index?: number; function?: Record<string, string> }[]) {
    const call = calls.get(index) ?? { name: '', arguments: '' };
    const name = call.name === '' ? (target?.['name'] ?? '') : call.name;
    calls.set(index, { name, arguments: call.arguments + (target?.['arguments'] ?? '') });
  }
  return [...calls.values()].map(({ name, arguments: text }) => `${name} ${text}`);
}

const piece = (index: unknown, id: unknown, name: unknown, text: unknown): Piece => ({
  ...(index !== undefined && { index }),
  ...(id !== undefined && { id }),
  function: { ...(name !== undefined && { name }), ...(text !== undefined && { arguments: text }) },
});
const words = (calls: ToolCall[] | 'refused'): string[] | 'refused' =>
  calls === 'refused' ? calls : calls.map(({ name, arguments: text }) => `${name} ${text}`);

const A = '{"path":"a.txt"}';
const B = '{"path":"b.txt"}';

test('a deletion does not get the path of another call', () => {
  const pieces = [
    piece(0, 'x', 'delete_path', '{"path":'),
    piece(0, 'y', 'read_file', '"b.txt"}'),
    piece(undefined, undefined, undefined, undefined),
  ];
  expect(byIndexAlone(...pieces)).toContain(`delete_path ${B}`); // the control
  expect(words(put(...pieces))).toEqual(['delete_path {"path":', 'read_file "b.txt"}']);
});

test.each<[string, Piece[]]>([
  [
    'index and id, in pieces',
    [
      piece(0, 'x', 'read_file', ''),
      piece(0, undefined, undefined, A.slice(0, 5)),
      piece(1, 'y', 'read_file', ''),
      piece(0, null, null, A.slice(5)),
      piece(1, '', '', B),
    ],
  ],
  [
    'id and name in every piece',
    [piece(0, 'x', 'read_file', A.slice(0, 5)), piece(0, 'x', 'read_file', A.slice(5)), piece(1, 'y', 'read_file', B)],
  ],
  ['every index is 0', [piece(0, 'x', 'read_file', A), piece(0, 'y', 'read_file', B)]],
  ['every index is 0, no ids', [piece(0, '', 'read_file', A), piece(0, '', 'read_file', B)]],
  ['no index', [piece(undefined, 'x', 'read_file', A), piece(undefined, 'y', 'read_file', B)]],
  [
    'no index, in pieces',
    [
      piece(undefined, 'x', 'read_file', ''),
      piece(undefined, 'x', undefined, A),
      piece(undefined, 'y', 'read_file', ''),
      piece(undefined, undefined, undefined, B),
    ]
      .slice(0, 2)
      .concat([piece(undefined, 'y', 'read_file', ''), piece(undefined, 'y', undefined, B)]),
  ],
  [
    'no index, the pieces without id',
    [
      piece(undefined, 'x', 'read_file', A),
      piece(undefined, 'y', 'read_file', ''),
      piece(undefined, undefined, undefined, B),
    ],
  ],
  ['neither index nor id', [piece(undefined, undefined, 'read_file', A), piece(undefined, undefined, 'read_file', B)]],
  [
    'arguments as they are',
    [piece(undefined, undefined, 'read_file', { path: 'a.txt' }), piece(0, 'y', 'read_file', { path: 'b.txt' })],
  ],
  ['the same id twice', [piece(0, 'x', 'read_file', A), piece(1, 'x', 'read_file', B)]],
  [
    'the id comes with a later piece',
    [piece(0, undefined, 'read_file', ''), piece(0, 'x', undefined, A), piece(1, 'y', 'read_file', B)],
  ],
  [
    'an id made up for each piece, as vLLM up to 0.8 did',
    [
      piece(0, 'x', 'read_file', ''),
      piece(0, 'r1', undefined, A.slice(0, 5)),
      piece(0, 'r2', undefined, A.slice(5)),
      piece(0, 'r3', undefined, ''),
      piece(1, 'y', 'read_file', B.slice(0, 5)),
      piece(1, 'r4', undefined, B.slice(5)),
    ],
  ],
])('two calls are two calls: %s', (_, pieces) => {
  const calls = put(...pieces);
  expect(words(calls)).toEqual([`read_file ${A}`, `read_file ${B}`]);
  expect(calls).not.toBe('refused');
  if (calls !== 'refused') expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
});

test.each<[string, Piece[]]>([
  ['arguments for an index that never began', [piece(0, 'x', 'read_file', A), piece(1, undefined, undefined, B)]],
  ['arguments behind whole ones', [piece(0, 'x', 'delete_path', A), piece(0, undefined, undefined, B)]],
  ['the same id again, behind whole arguments', [piece(0, 'x', 'delete_path', A), piece(0, 'x', 'delete_path', B)]],
  ['another id without a name, behind whole arguments', [piece(0, 'x', 'delete_path', A), piece(0, 'y', undefined, B)]],
  [
    'another id without a name, and two calls open',
    [
      piece(0, 'x', 'delete_path', '{"path":'),
      piece(0, 'y', 'read_file', '{"path":'),
      piece(0, 'z', undefined, '"b.txt"}'),
    ],
  ],
  ['one id with two names', [piece(0, 'x', 'delete_path', '{"path":'), piece(0, 'x', 'read_file', '"b.txt"}')]],
  ['one id at two indexes', [piece(0, 'x', 'delete_path', '{"path":'), piece(1, 'x', undefined, '"b.txt"}')]],
  [
    'neither index nor id, and two calls open',
    [
      piece(undefined, 'x', 'delete_path', ''),
      piece(undefined, 'y', 'read_file', ''),
      piece(undefined, undefined, undefined, B),
    ],
  ],
  ['neither index nor id, and none open', [piece(undefined, undefined, undefined, B)]],
  [
    'an id after half of the arguments',
    [piece(0, undefined, 'delete_path', '{"path":'), piece(0, 'y', undefined, '"b.txt"}')],
  ],
  ['a name after the arguments', [piece(0, 'x', undefined, A), piece(0, undefined, 'delete_path', undefined)]],
  ['a call that gets no name', [piece(0, 'x', undefined, A)]],
  ['a name that is no text', [piece(0, 'x', { toString: 'delete_path' }, A)]],
  ['an id that is no text', [piece(0, 7, 'delete_path', A)]],
])('what could belong to two calls, or to none, is refused: %s', (_, pieces) => {
  expect(put(...pieces)).toBe('refused');
});

test('a name in pieces is not put together: it is two tools that do not exist', () => {
  expect(words(put(piece(0, '', 'delete_', ''), piece(0, '', 'path', A)))).toEqual(['delete_ ', `path ${A}`]);
});

test('an empty piece says nothing', () => {
  expect(put({}, piece(3, '', '', ''), piece(undefined, null, null, ' '))).toEqual([]);
  expect(put(null as unknown as Piece, 7 as unknown as Piece, [] as unknown as Piece)).toEqual([]);
});

test('more calls or longer arguments than any model needs end the reply', () => {
  expect(put(...Array.from({ length: 257 }, (_, at) => piece(at, `${at}`, 'read_file', A)))).toBe('refused');
  const long = ' '.repeat(1_000_001);
  const parts = Array.from({ length: 10 }, () => piece(0, undefined, undefined, long));
  expect(put(piece(0, 'x', 'read_file', '{'), ...parts)).toBe('refused');
});

test('whatever a server leaves out: the calls that were sent, or none; never another one', () => {
  const call = fc.record({
    name: fc.constantFrom('read_file', 'delete_path', 'list_directory'),
    args: fc.dictionary(
      fc.constantFrom('path', 'content', 'deep'),
      fc.oneof(fc.string(), fc.constant({ a: ['}', '"'] })),
    ),
    cuts: fc.array(fc.nat(40), { maxLength: 3 }),
  });
  const style = fc.record({
    index: fc.constantFrom('counted', 'zero', 'none'),
    id: fc.constantFrom('each', 'first', 'empty', 'none'),
    name: fc.constantFrom('each', 'first'),
    interleaved: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 4 }), style, (calls, { index, id, name, interleaved }) => {
      const sent = calls.map(({ args }) => JSON.stringify(args));
      const parts = calls.map((one, number) => {
        const text = sent[number] ?? '';
        const cuts = [0, ...one.cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        return cuts
          .slice(1)
          .map((end, at) =>
            piece(
              { counted: number, zero: 0, none: undefined }[index],
              id === 'none' ? undefined : id === 'empty' ? '' : id === 'each' || at === 0 ? `id${number}` : undefined,
              name === 'each' || at === 0 ? one.name : undefined,
              text.slice(cuts[at], end),
            ),
          );
      });
      const most = Math.max(0, ...parts.map((list) => list.length));
      const pieces = interleaved
        ? Array.from({ length: most }, (_, at) => parts.flatMap((list) => list.slice(at, at + 1))).flat()
        : parts.flat();
      const made = words(put(...pieces));
      if (made === 'refused') {
        expect([index, name]).not.toEqual(['counted', 'first']); // OpenAI's own way is never in doubt
        return;
      }
      const asked = calls.map((one, number) => `${one.name} ${sent[number]}`);
      for (const text of made) {
        // What is no whole object is refused where it is parsed, with the tool's name.
        if (isObject(text.slice(text.indexOf(' ') + 1))) expect(asked).toContain(text);
      }
      if (index === 'counted') expect(made).toEqual(asked);
    }),
    { numRuns: 2000 },
  );
});

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
