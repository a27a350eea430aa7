import { keysIn } from '../../src/core/policy/keys/keyGroup.ts';
import { POLICY_KEYS } from '../../src/core/policy/keys/table.ts';
import { BACKEND_NAMES } from '../../src/core/sandbox/backendNames.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completionsAt, hoverAt } from '../../src/core/policy/assist.ts';
import { policyJsonSchema } from '../../src/core/policy/jsonSchema.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { TOOL_NAMES } from '../../src/core/policy/toolNames.ts';
import { schemaKeys, typeWords } from '../../src/core/policy/schemaWords.ts';

/** The completions at the `|` of a text. */
function at(marked: string): ReturnType<typeof completionsAt> {
  const offset = marked.indexOf('|');
  return completionsAt(marked.replace('|', ''), offset);
}

const labels = (marked: string): string[] => at(marked).map(({ label }) => label);

/** The text after taking the completion with this label at the `|`. */
function taken(marked: string, label: string): string {
  const found = at(marked).find((one) => one.label === label);
  if (!found) throw new Error(`no completion "${label}" at ${JSON.stringify(marked)}`);
  const text = marked.replace('|', '');
  return text.slice(0, found.from) + found.insert + text.slice(found.to);
}

/** The next words of keys below a place, in the table's order. */
function below(place: string): string[] {
  const paths = keysIn(POLICY_KEYS).map(({ path }) => path);
  const inside = paths.filter((path) => path.startsWith(place)).map((path) => path.slice(place.length));
  return [...new Set(inside.map((path) => path.split('.')[0] ?? ''))];
}

const TOP = [...below(''), 'roles'];
const FILES = below('tools.file_system.');
const CODE = below('tools.code_execution.');
const SANDBOX = below('sandbox.');
const BACKENDS = [...BACKEND_NAMES];
const RULE = ['decision', 'tools', 'commands', 'paths', 'in', 'why', 'each_time', 'examples'];
const BOOLEANS = ['true', 'false'];
const without = (all: readonly string[], ...gone: string[]): string[] => all.filter((one) => !gone.includes(one));

describe('keys', () => {
  test.each<[string, string[]]>([
    ['|', TOP],
    ['# words\n|', TOP],
    ['con|', TOP],
    ['timeout: 10\n|', without(TOP, 'timeout')],
    ['|\ntimeout: 10\n', without(TOP, 'timeout')],
    ['"timeout": 10\nto|', without(TOP, 'timeout')],
    ['time|out: 10\nmodel:\n', without(TOP, 'model')],
    ['tools:\n|', without(TOP, 'tools')],
    ['tools:\n  |', ['file_system', 'code_execution', 'web_browsing', 'api_calls', 'database']],
    ['tools:\n  |\n', ['file_system', 'code_execution', 'web_browsing', 'api_calls', 'database']],
    ['tools:\r\n  |\r\n', ['file_system', 'code_execution', 'web_browsing', 'api_calls', 'database']],
    ['tools:\n  file_system:\n  |', ['code_execution', 'web_browsing', 'api_calls', 'database']],
    ['tools:\n  file_system:\n    |', FILES],
    ['tools:\n  file_system:\n    en|', FILES],
    ['tools:\n  file_system:\n    enabled: true\n    |', without(FILES, 'enabled')],
    ['tools:\n  file_system:\n    |\n    enabled: true\n', without(FILES, 'enabled')],
    [
      'tools:\n  file_system:\n    |\n\n    enabled: true\n  web_browsing:\n    enabled: true',
      without(FILES, 'enabled'),
    ],
    ['tools:\n  code_execution:\n    timeout: 3\n    | # words\ntimeout: 3\n', without(CODE, 'timeout')],
    ['tools:\n  code_execution:\n    timeout: 3\n\n    # words\n    |', without(CODE, 'timeout')],
    ['sandbox:\n  |', SANDBOX],
    ['sandbox: {cpu: 60, |}', without(SANDBOX, 'cpu')],
    ['sandbox: { |', SANDBOX],
    ['tools: { file_system: { en|', FILES],
    ['tools: { file_system: { en|\ntimeout: 10\n', FILES],
    ['tools: {\n  code_execution: {\n    enabled: true,\n    |\n  }\n}', without(CODE, 'enabled')],
    ['rules:\n  - |', RULE],
    ['rules:\n- |', RULE],
    ['rules:\n  - de|', RULE],
    ['rules:\n  - decision: ask\n    |', without(RULE, 'decision')],
    ['rules:\n- decision: ask\n  |', without(RULE, 'decision')],
    ['rules:\n  - decision: ask\n    |\n  - decision: deny\n    why: x', without(RULE, 'decision')],
    ['rules:\n  - decision: ask\n    why: x\n  - |', RULE],
    ['rules:\n  - decision: ask\n    examples:\n      |', ['match', 'no_match']],
    ['rules: [{ decision: ask, |', without(RULE, 'decision')],
    ['roles:\n  - |', ['users', 'groups', 'policy']],
    ['roles:\n  - users: [a]\n    policy:\n      |', without(TOP, 'roles')],
    ['roles:\n  - policy:\n      tools:\n        file_system:\n          |', FILES],
    ['roles:\n  - policy:\n      rules:\n        - why: x\n          |', without(RULE, 'why')],
  ])('%j', (marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test.each<[string, string, string[]]>([
    ['the line above has no colon yet', 'tools:\n  file_system:\n    enabled\n    |', FILES],
    ['a quote above does not close', 'protected_paths: ["a\ntools:\n  file_system:\n    |', FILES],
    ['a list above does not close', 'protected_paths: [a, b\ntools:\n  file_system:\n    |', FILES],
    ['what stands above is no YAML', '}}: [\n@@\n\ttab: %\ntools:\n  file_system:\n    |', FILES],
    ['what stands below is no YAML', 'tools:\n  file_system:\n    |\n}}: [ "\n', FILES],
    ['a value above is of the wrong type', 'timeout: [x\nrules: 3\nmodel:\n  |', ['allow_cloud', 'nearby_hosts']],
  ])('half-written: %s', (_name, marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test.each([
    ['a comment', '# ti|'],
    ['a comment after a value', 'timeout: 10 # ti|'],
    ['a text', 'rules:\n  - why: some wo|rds'],
    ['a block of text', 'rules:\n  - why: >\n      some\n      |'],
    ['a number', 'timeout: |'],
    ['below a number', 'timeout: 10\n  |'],
    ['a list of paths', 'protected_paths: [|]'],
    ['a list of paths, below', 'protected_paths:\n  - |'],
    ['right after the colon', 'confirm_actions:|'],
    ['below a key that does not exist', 'tool:\n  |'],
    ['below a name of every object', 'constructor:\n  |'],
    ['below the prototype’s name', 'tools:\n  __proto__:\n    |'],
    ['a value where keys belong', 'tools: |'],
    ['a quoted key', 'tools:\n  "fi|"'],
    ['a key that is a list', '? [a|]\n: x'],
  ])('none in %s', (_name, marked) => {
    expect(labels(marked)).toEqual([]);
  });

  test('what is taken stands as people would write it', () => {
    expect(taken('tim|', 'timeout')).toBe('timeout: ');
    expect(taken('tim|e: 10', 'timeout')).toBe('timeout: 10');
    expect(taken('tools:\n  f|', 'file_system')).toBe('tools:\n  file_system:\n    ');
    expect(taken('rules:\n  - |', 'tools')).toBe('rules:\n  - tools:\n      - ');
    expect(taken('tools: { | }', 'file_system')).toBe('tools: { file_system:  }');
  });

  test('a whole policy can be written by taking completions alone', () => {
    const steps = [
      ['', 'confirm_actions'],
      ['', 'false'],
      ['\n', 'rules'],
      ['', 'decision'],
      ['', 'ask'],
      ['\n    ', 'tools'],
      ['', 'run_command'],
      ['\n      - ', 'write_file'],
      ['\n    ', 'why'],
      ['x\n', 'tools'],
      ['', 'code_execution'],
      ['', 'languages'],
      ['', 'bash'],
    ] as const;
    const text = steps.reduce((written, [typed, label]) => taken(`${written}${typed}|`, label), '');
    const result = parsePolicy(text, 'policy.yaml', 'user');
    expect(result.ok && result.parsed.values).toEqual({
      confirm_actions: false,
      rules: [{ decision: 'ask', tools: ['run_command', 'write_file'], why: 'x' }],
      tools: { code_execution: { languages: ['bash'] } },
    });
  });

  test('a completion says type, default and whether the key must be there', () => {
    const turns = at('max|').find(({ label }) => label === 'max_iterations');
    expect(turns).toMatchObject({ detail: 'whole number from 1 to 1000', from: 0, to: 3 });
    expect(turns?.documentation).toContain('Default: `25`');
    expect(
      at('rules:\n  - |')
        .filter(({ detail }) => detail.endsWith('required'))
        .map(({ label }) => label),
    ).toEqual(['decision', 'why']);
  });
});

describe('values', () => {
  test.each<[string, string[]]>([
    ['confirm_actions: |', BOOLEANS],
    ['confirm_actions: t|', BOOLEANS],
    ['confirm_actions: fal|se\ntimeout: 3', BOOLEANS],
    ['sandbox: |', BOOLEANS],
    ['sandbox:\n  backend: |', BACKENDS],
    ['sandbox:\n  backend:\n    |', BACKENDS],
    ['sandbox: {backend: |}', BACKENDS],
    ['sandbox: {backend: h|', BACKENDS],
    ['sandbox:\n  network: "|"', ['none', 'ask', 'allowed']],
    ['rules:\n  - decision: |', ['allow', 'ask', 'deny']],
    ['rules:\n  - decision: |\n    why: x', ['allow', 'ask', 'deny']],
    ['rules:\n  - tools: [|]', [...TOOL_NAMES]],
    ['rules:\n  - tools: [read_file, |', without(TOOL_NAMES, 'read_file')],
    ['rules:\n  - tools: [read_file, "wr|"]', without(TOOL_NAMES, 'read_file')],
    ['rules:\n  - tools:\n      - read_file\n      - |', without(TOOL_NAMES, 'read_file')],
    ['rules:\n  - tools:\n      - |\n      - read_file', without(TOOL_NAMES, 'read_file')],
    ['tools:\n  code_execution:\n    languages: [ba|]', ['python', 'javascript', 'bash']],
    ['roles:\n  - policy:\n      model:\n        allow_cloud: |', BOOLEANS],
  ])('%j', (marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test('a value replaces the word that the cursor is in', () => {
    expect(taken('rules:\n  - tools: [read_file, wri|te]', 'write_file')).toBe(
      'rules:\n  - tools: [read_file, write_file]',
    );
    expect(taken('confirm_actions: tr|ue # x', 'false')).toBe('confirm_actions: false # x');
  });
});

describe('hover', () => {
  const keys = schemaKeys(policyJsonSchema());

  /** A document that holds one key, and the offset of its last name. */
  function documentOf(path: readonly string[]): { text: string; offset: number } {
    let text = '';
    let indent = '';
    let offset = 0;
    for (const part of path) {
      const name = part.replace('[]', '');
      offset = text.length + indent.length;
      text += `${indent}${name}:\n`;
      indent = part.endsWith('[]') ? `${' '.repeat(indent.length + 2)}- ` : ' '.repeat(indent.length + 2);
    }
    return { text, offset };
  }

  test('there are keys', () => {
    expect(keys.length).toBeGreaterThan(80);
    expect(keys.filter(({ node }) => node.description === undefined)).toEqual([]);
  });

  test.each(keys.map(({ path, node }) => [path.join('.'), path, node] as const))('%s', (_name, path, node) => {
    const { text, offset } = documentOf(path);
    const name = path.at(-1) ?? '';
    for (const place of [offset, offset + name.length - 1]) {
      const hover = hoverAt(text, place);
      expect(hover).toMatchObject({ from: offset, to: offset + name.length });
      expect(hover?.markdown).toContain(node.description);
      expect(hover?.markdown).toContain(typeWords(node));
      if (node.default !== undefined) expect(hover?.markdown).toContain(`\`${JSON.stringify(node.default)}\``);
    }
  });

  test('nothing over values, blanks, comments and unknown keys', () => {
    for (const marked of [
      'timeout: |10',
      'timeout:| 10',
      '# tim|eout: 1',
      'time|r: 1',
      'constr|uctor: 1',
      'toString: {|a: 1}',
    ])
      expect(hoverAt(marked.replace('|', ''), marked.indexOf('|'))).toBeUndefined();
  });

  test('in a document that does not parse', () => {
    const text = 'protected_paths: ["a\ntools:\n  file_system:\n    enab\n    denied_paths: [a,\n';
    expect(hoverAt(text, text.indexOf('denied_paths') + 3)?.markdown).toContain('no tool may touch');
  });
});

describe('hostile texts', () => {
  const piece = fc.oneof(
    fc.constantFrom(...['a', 'tools', 'rules', 'timeout', 'sandbox', '__proto__', 'é', '😀', '\uD800', '\0', '\uFEFF']),
    fc.constantFrom(
      ...[':', ': ', '\n', '\r\n', '\r', '  ', '\t', '- ', '? ', '#', ' #', '"', "'", '`', '@', '%', '|', '>'],
    ),
    fc.constantFrom(...['[', ']', '{', '}', ',', '&a ', '*a', '<<: *a', '!!map ', '!x ', '---\n', '...\n', '\u2028']),
    fc.string({ maxLength: 8 }),
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

  test('never throw, and what is offered lies within them', () => {
    fc.assert(
      fc.property(text, fc.nat(), (hostile, number) => {
        const offset = number % (hostile.length + 1);
        for (const { from, to } of completionsAt(hostile, offset)) {
          expect(from).toBeLessThanOrEqual(offset);
          expect(to).toBeGreaterThanOrEqual(offset);
          expect(to).toBeLessThanOrEqual(hostile.length);
        }
        const hover = hoverAt(hostile, offset);
        if (hover) expect(hover.from <= offset && offset < hover.to && hover.to <= hostile.length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('offsets that are none give nothing', () => {
    for (const offset of [-1, 5, 1.5, NaN, Infinity, -Infinity]) {
      expect(completionsAt('a: 1', offset)).toEqual([]);
      expect(hoverAt('a: 1', offset)).toBeUndefined();
    }
  });

  test.each(
    [
      '[',
      '{a: ',
      '- ',
      '? ',
      'a: b\n',
      ' a: b\n',
      '&a ',
      '*a ',
      ' ',
      '"\n',
      '\n',
      '#',
      'a',
      '\n ',
      '!!a ',
      ',',
      '|\n',
      'x\n  ',
    ].map((unit) => [unit] as const),
  )('256 KB of %j take bounded work', (unit) => {
    for (const length of [262_144, 65_000]) {
      const long = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
      for (const offset of [0, length >> 1, length]) {
        completionsAt(long, offset);
        hoverAt(long, offset);
      }
      // Work that grows with the square of the length is not done within the time that a test has.
    }
  });

  test('a long file gets help, and one that is too long to be a policy none', () => {
    const long = 'x: 1\n'.repeat(52_000);
    expect(labels(`${long}|`)).toEqual(TOP);
    expect(completionsAt(`${long}${long}`, 0)).toEqual([]);
  });
});
