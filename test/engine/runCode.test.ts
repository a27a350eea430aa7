import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ModelRequest } from '../../src/core/models/port.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { Entry } from '../../src/shared/runView.ts';
import { attempt, rememberFirst, type Call } from '../support/attempt.ts';
import { blocksOf } from '../support/cards.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

const code = (language: string, text: string, more: object = {}): Call => ({
  name: 'run_code',
  args: { language, code: text, ...more },
});
const py = (text: string, more: object = {}): Call => code('python', text, more);
const js = (text: string, more: object = {}): Call => code('javascript', text, more);
const decided = (events: readonly AuditRecord[]): string[] =>
  events.flatMap(({ type, data }) =>
    type === 'decided' ? [`${String(data['verdict'])} ${String(data['rule'])}`] : [],
  );
const plain = (events: readonly AuditRecord[]): string[] => outcomes(events).map((one) => one.replace(/:.*/s, ''));
/** Each in a turn of its own: what one changes, the next one meets. */
async function inTurns(bench: Workbench, calls: readonly Call[]): Promise<{ events: AuditRecord[]; told: string[] }> {
  let told: string[] = [];
  const events = await bench.run((request, turn) => {
    told = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    const next = calls[turn];
    return next ? { calls: [next] } : {};
  });
  return { events, told };
}
const madeIn = ({ engine }: Workbench): Extract<Entry, { kind: 'action' }>['made'][] =>
  (engine.view().run?.entries ?? []).flatMap((entry) => (entry.kind === 'action' ? [entry.made] : []));

describe('run_code', () => {
  test('runs Python and JavaScript where commands run, asked for with the program whole and its interpreter named', async () => {
    const bench = await workbench();
    const {
      told: [first, second],
    } = await inTurns(bench, [
      py("import os\nprint('py', 6 * 7, os.getcwd())\nopen('made.txt', 'w').write('x')"),
      js("import { readFileSync } from 'node:fs';\nconsole.log('js', readFileSync('made.txt', 'utf8'));"),
    ]);
    expect(first).toMatch(/^py 42 \/\S+\/work\n\s*\[exit code 0\]\n\[made or changed: made\.txt \(1 byte\)\]$/);
    expect(second).toMatch(/^js x\n\s*\[exit code 0\]$/);
    const cards = bench.asked.map(({ card }) => card);
    expect(cards.map((card) => blocksOf(card, 'exact')[0])).toEqual([
      { kind: 'exact', label: 'Python', language: 'python', text: expect.stringContaining("print('py'") as string },
      { kind: 'exact', label: 'JavaScript', language: 'javascript', text: expect.stringContaining('js') as string },
    ]);
    expect(JSON.stringify(cards[0])).toMatch(/"Interpreter","value":\[\{"exact":"\/[^"]*python3 3\.\d+/);
    expect(JSON.stringify(cards[1])).toMatch(/"Interpreter","value":\[\{"exact":"\/[^"]*node \d+/);
    expect(bench.asked.map(({ title }) => title)).toEqual([
      'Run Python: import os [… 2 more lines]',
      "Run JavaScript: import { readFileSync } from 'node:fs'; [… 1 more line]",
    ]);
  });

  test('what it runs is in the log to the letter, bound by the digest, and can be undone', async () => {
    const bench = await workbench({ files: { 'a.txt': 'old' } });
    const { events } = await attempt(bench, [py("open('a.txt', 'w').write('new')")]);
    const [proposed] = events.filter(({ type }) => type === 'proposed');
    expect(JSON.stringify(proposed?.payload)).toContain("open('a.txt', 'w').write('new')");
    expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('new');
    const [of] = events.filter(({ type }) => type === 'started');
    await bench.engine.revert({ run: of?.run ?? '', action: of?.action ?? '' });
    expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('old');
  });

  test('a program that fails says so, and one without an end is ended', async () => {
    const bench = await workbench({
      userPolicy: 'tools: {code_execution: {timeout: 2, background_timeout: 2}}\n',
    });
    const [fails, loops] = await attempt(bench, [js('process.exit(3)'), py('while True: pass')]);
    expect(fails).toMatchObject({ outcome: 'failed', text: expect.stringContaining('exit code 3') as string });
    expect(loops).toMatchObject({ outcome: 'failed', text: expect.stringMatching(/2 s/) as string });
  });

  test('goes on in the background, is read on and ended, as a command', async () => {
    const bench = await workbench();
    const [started, , stopped] = await attempt(bench, [
      py("import time\nprint('up', flush=True)\ntime.sleep(500)", { background: true }),
      { name: 'read_output', args: { output: 1 } },
      { name: 'stop_command', args: { output: 1 } },
    ]);
    expect(started?.text).toContain('output 1: goes on');
    expect(stopped?.text).toContain('Command 1 was ended.');
    expect(JSON.stringify(bench.asked[0]?.card)).toContain('Goes on in the background.');
  });
});

describe('nothing in a program is read by the shell that hands it over', () => {
  const ATTACKS: [string, string][] = [
    ['the mark that ends it', '"""\nCODE\ntouch pwned\n"""'],
    ['every mark', '"""\nCODE\nCODE_1\nCODE_2\ntouch pwned\n"""'],
    ['the mark with a carriage return', '"""\nCODE\r\ntouch pwned\n"""'],
    ['expansions', '"$(touch pwned) `touch pwned` ${x:=$(touch pwned)} \\$(touch pwned)"'],
    ['quotes', '"""\'; touch pwned; \' " \'EOF\' <<X"""'],
    ['control characters', '"\u0001\u007f\u0002\u001b[2J\u0085\u2028 $(touch pwned)"'],
    ['a line end behind a backslash', '"a\\\nb $(touch pwned)"'],
  ];
  test.each(ATTACKS)('%s', async (_name, literal) => {
    const bench = await workbench();
    const [told] = await attempt(bench, [
      py(`text = ${literal}\nimport hashlib\nprint(hashlib.sha256(text.encode()).hexdigest(), len(text))`),
    ]);
    expect(existsSync(join(bench.folder, 'pwned'))).toBe(false);
    expect(told?.outcome).toBe('done');
  });

  test('control: it comes to the letter', async () => {
    const bench = await workbench();
    const text = 'a\tb \u0001\u007f ü 😀 $HOME `x` \\ end  ';
    const [told] = await attempt(bench, [py(`print(ascii(${JSON.stringify(text)} + '''\u0001\u007f$(x)'''))`)]);
    expect(told?.text).toContain('\\x01\\x7f$(x)');
    expect(told?.text).toContain('$HOME `x`');
  });

  test('a NUL byte is refused', async () => {
    const bench = await workbench();
    const [told] = await attempt(bench, [py("print('a\0b')")]);
    expect(told?.text).toContain('NUL');
    expect(bench.asked).toEqual([]);
  });

  test('what it gets is no input, and no options of the caller', async () => {
    const bench = await workbench();
    const [input, extra] = await attempt(bench, [
      py("import sys\ntry:\n  print(repr(input()))\nexcept EOFError:\n  print('none', sys.argv)"),
      { name: 'run_code', args: { language: 'python', code: 'print(1)', args: ['-i'] } },
    ]);
    expect(input?.text).toContain("none ['-']");
    expect(extra?.outcome).not.toBe('done');
  });
});

describe('what holds commands holds programs', () => {
  test('a denied path is not there, however it is spelled', async () => {
    const bench = await workbench({
      files: { 'keep/secret.txt': 'dear words', 'open.txt': 'free words' },
      userPolicy: 'tools: {file_system: {denied_paths: [keep]}}\n',
    });
    const found = await attempt(bench, [
      py("print(open('keep/secret.txt').read())"),
      py("import os\nprint(open(os.path.join('ke' + 'ep', 'secret.txt')).read())"),
      js("import { readFileSync } from 'node:fs';\nconsole.log(readFileSync('ke' + 'ep/secret.txt', 'utf8'))"),
      py("print(open('op' + 'en.txt').read())"),
    ]);
    for (const { text } of found.slice(0, 3)) expect(text).not.toContain('dear words');
    expect(found[3]?.text).toContain('free words'); // the control
  });

  test('there is no way out: no network, nothing outside the workspace is changed, no likely secret of the environment', async () => {
    const bench = await workbench({
      environment: { ...process.env, MY_TOKEN: 'dear-token-value-1' },
      userPolicy: 'sandbox: {network: none}\n',
    });
    const [network, write, environment] = await attempt(bench, [
      py("import socket\ns = socket.create_connection(('1.1.1.1', 53), 2)\nprint('out')"),
      js(`import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(join(bench.home, 'out'))}, 'x')`),
      py('import os\nprint(sorted(os.environ))'),
    ]);
    expect(network?.outcome).toBe('failed');
    expect(write?.outcome).toBe('failed');
    expect(existsSync(join(bench.home, 'out'))).toBe(false);
    expect(environment?.text).not.toContain('MY_TOKEN');
  });

  test.each([
    ['its interpreter', '{decision: deny, commands: ["python3 **"], why: w}', ['denied', 'done']],
    ['itself', '{decision: deny, tools: [run_code], why: w}', ['denied', 'denied']],
    ['commands', '{decision: deny, tools: [run_command], why: w}', ['denied', 'denied']],
    ['something else (control)', '{decision: deny, tools: [move_path], why: w}', ['done', 'done']],
  ])('a rule that denies %s', async (_name, rule, expected) => {
    const bench = await workbench({ userPolicy: `rules: [${rule}]\n` });
    const { events } = await attempt(bench, [py('print(1)'), js('console.log(1)')]);
    expect(plain(events)).toEqual(expected);
  });

  test('a rule that allows commands allows no program; neither does one about the interpreter alone', async () => {
    const bench = await workbench({
      userPolicy:
        'own_paths: ["."]\nrules: [{decision: allow, tools: [run_command], why: w}, {decision: allow, commands: [python3, python3 -], why: w}]\n',
      answer: () => ({ choice: 'deny' }),
    });
    const { events } = await attempt(bench, [py('print(1)')]);
    expect(decided(events)).toEqual([expect.stringMatching(/^ask /)]);
  });

  test('what is remembered is this program and no other, and no rule is offered for ever', async () => {
    const bench = await workbench({ answer: rememberFirst });
    const { events } = await inTurns(bench, [py('print(1)'), py('print(1)'), py('print(2)'), js('1')]);
    expect(decided(events).map((one) => one.split(' ')[0])).toEqual(['ask', 'allow', 'ask', 'ask']);
    expect(bench.asked.map(({ alwaysOffer }) => alwaysOffer)).toEqual([undefined, undefined, undefined]);
    expect(bench.asked[0]?.grantOffers.map(({ words }) => words)).toEqual(['exactly this command in `./`']);
  });

  test('a module of the workspace that it loads is bound, and a remembered program asks again once that changed', async () => {
    const bench = await workbench({ files: { 'helper.py': 'x = 1\n' }, answer: rememberFirst });
    const { events } = await inTurns(bench, [
      py('import helper\nprint(helper.x)'),
      { name: 'write_file', args: { path: 'helper.py', content: 'x = 2\n' } },
      py('import helper\nprint(helper.x)'),
    ]);
    expect(JSON.stringify(bench.asked[0]?.card)).toContain('helper.py');
    expect(decided(events).map((one) => one.split(' ')[0])).toEqual(['ask', 'ask', 'ask']);
  });

  test('a person changes the program before they approve it, and that is what runs', async () => {
    const bench = await workbench({
      answer: () => ({ choice: 'approve-edited', text: "print('mine')" }),
    });
    const [told] = await attempt(bench, [py("print('theirs')")]);
    expect(told?.text).toContain('mine');
    expect(told?.text).not.toMatch(/^theirs/);
  });
});

describe('ways around the question', () => {
  test('its effects are shown first, applied exactly, and what it made is shown then', async () => {
    let at = 0;
    const bench = await workbench({
      answer: () => ({ choice: (['show-effects', 'apply', 'deny'] as const)[at++] ?? 'deny' }),
    });
    const { events } = await attempt(bench, [py("open('made.txt', 'w').write('x')\nprint('said')")]);
    expect(outcomes(events)).toContain('done');
    expect(bench.asked).toHaveLength(2);
    expect(
      blocksOf(bench.asked[1]?.card ?? { kind: '', blocks: [] }, 'effects')[0]?.files.map(({ path }) => path),
    ).toEqual(['made.txt']);
    expect(readFileSync(join(bench.folder, 'made.txt'), 'utf8')).toBe('x');
    expect(madeIn(bench).some((made) => made?.files[0]?.name === 'made.txt')).toBe(true);
  });

  test('reviewed afterwards, it runs without a question where undo covers all, and can be put back', async () => {
    const bench = await workbench({ files: { 'a.txt': 'old' } });
    await bench.engine.chooseWay('review', { at: 'editor', place: 'app' });
    const { events } = await attempt(bench, [py("open('a.txt', 'w').write('new')")]);
    expect(decided(events)).toEqual([expect.stringMatching(/^allow /)]);
    expect(bench.asked).toEqual([]);
    const [of] = events.filter(({ type }) => type === 'started');
    await bench.engine.revert({ run: of?.run ?? '', action: of?.action ?? '' });
    expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('old');
  });

  test('without a sandbox it asks each time, says so, and cannot be remembered', async () => {
    const bench = await workbench({ userPolicy: 'sandbox: false\n', answer: rememberFirst });
    await attempt(bench, [py('print(1)')]);
    expect(JSON.stringify(bench.asked[0]?.card)).toContain('"outside"');
    expect(bench.asked[0]?.grantOffers).toEqual([]);
  });
});

describe('which languages there are', () => {
  async function offering(userPolicy: string): Promise<{ languages: unknown; names: string[]; events: AuditRecord[] }> {
    const bench = await workbench({ userPolicy });
    let asked: ModelRequest | undefined;
    const events = await bench.run((request, turn) => {
      asked ??= request;
      return turn === 0 ? { calls: [py('print(1)'), js('1')] } : {};
    });
    const tool = asked?.tools.find(({ name }) => name === 'run_code');
    const { language } = (tool?.parameters['properties'] ?? {}) as { language?: { enum?: unknown; const?: unknown } };
    return { languages: language?.enum ?? language?.const, names: asked?.tools.map(({ name }) => name) ?? [], events };
  }

  test('says the policy, and a call in another one is denied with the rule that says so', async () => {
    const { languages, names, events } = await offering('tools: {code_execution: {languages: [javascript]}}\n');
    expect(languages).toEqual(['javascript']);
    expect(names).not.toContain('run_command');
    expect(names).toEqual(expect.arrayContaining(['run_code', 'read_output', 'stop_command']));
    expect(decided(events)).toEqual(['deny tools.code_execution.languages', expect.stringMatching(/^ask/)]);
    expect(plain(events)).toEqual(['denied', 'done']);
  });

  test.each([
    ['bash alone', 'tools: {code_execution: {languages: [bash]}}\n', ['run_command', 'read_output']],
    ['none', 'tools: {code_execution: {languages: []}}\n', []],
    ['commands switched off', 'tools: {code_execution: {enabled: false}}\n', []],
  ])('%s: it is not offered, and denied', async (_name, policy, others) => {
    const { names, events } = await offering(policy);
    expect(names).not.toContain('run_code');
    expect(names).toEqual(expect.arrayContaining(others));
    if (others.length === 0) expect(names).not.toContain('read_output');
    expect(plain(events)).toEqual(['denied', 'denied']);
  });

  test('control: both where nobody says so', async () => {
    expect((await offering('')).languages).toEqual(['python', 'javascript']);
  });

  test('in a run that only looks it is neither offered nor done', async () => {
    const bench = await workbench();
    await bench.engine.chooseWay('look', { at: 'editor', place: 'app' });
    let names: string[] = [];
    const events = await bench.run((request, turn) => {
      if (turn === 0) names = request.tools.map(({ name }) => name);
      return turn === 0 ? { calls: [py('print(1)')] } : {};
    });
    expect(names).not.toContain('run_code');
    expect(plain(events)).toEqual(['denied']);
  });

  test('an interpreter that commands do not find is a refusal with its fix, before anybody is asked', async () => {
    const bench = await workbench({
      userPolicy: 'tools: {file_system: {denied_paths: [/usr/bin/node, /bin/node, /usr/local/bin/node]}}\n',
      environment: { PATH: '/usr/bin:/bin' },
    });
    const [told, other] = await attempt(bench, [js('console.log(1)'), py('print(2)')]);
    expect(told?.text).toMatch(/JavaScript cannot be run: commands do not find node\. Install Node\.js/);
    expect(other?.text).toContain('2\n');
    expect(bench.asked).toHaveLength(1);
  });
});

describe('what it made is shown', () => {
  const png = (name: string, width: number): string => `
import struct, zlib
def chunk(kind, data): return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
w = ${width}
data = zlib.compress(b''.join(b'\\0' + b'\\x40\\x80\\xc0' * min(w, 60) for _ in range(20)))
open('${name}', 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, 20, 8, 2, 0, 0, 0)) + chunk(b'IDAT', data) + chunk(b'IEND', b''))
`;

  test('files by name and size, and a picture as it is', async () => {
    const bench = await workbench({ files: { 'old.txt': 'old', 'same.txt': 'same' } });
    await attempt(bench, [
      py(`${png('plot.png', 60)}\nopen('old.txt', 'w').write('newer')\nopen('same.txt', 'w').write('same')`),
    ]);
    const [made] = madeIn(bench);
    expect(made?.files.map(({ name, bytes }) => [name, bytes > 0])).toEqual([
      ['old.txt', true],
      ['plot.png', true],
    ]);
    const bytes = readFileSync(join(bench.folder, 'plot.png'));
    expect(made?.files[1]?.picture).toBe(`data:image/png;base64,${bytes.toString('base64')}`);
  });

  test('no picture of what only says that it is one, is too large to be drawn or to be sent, or likely secret', async () => {
    const bench = await workbench();
    await attempt(bench, [
      py(`${png('bomb.png', 65535 * 1000)}
open('page.png', 'w').write('<svg onload="alert(1)"/>')
open('big.png', 'wb').write(open('bomb.png', 'rb').read() + b'0' * 2_000_000)
open('short.png', 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n')
open('frames.jpg', 'wb').write(b'\\xff\\xd8' + b'\\xff\\xe0\\x00\\x00' * 50)
open('.env', 'w').write('x')
${png('good.png', 60)}`),
    ]);
    const [made] = madeIn(bench);
    expect(made?.files.filter(({ picture }) => picture !== undefined).map(({ name }) => name)).toEqual(['good.png']);
    expect(made?.files.length).toBeGreaterThan(5);
  });

  test('a flood is counted, and pictures of many calls do not heap up', async () => {
    const bench = await workbench();
    await attempt(bench, [
      py("for i in range(300): open(f'f{i}.txt', 'w').write('x')"),
      py(Array.from({ length: 9 }, (_, i) => png(`p${i}.png`, 60)).join('\n')),
    ]);
    const [many, pictures] = madeIn(bench);
    expect(many).toMatchObject({ left: 280 });
    expect(many?.files).toHaveLength(20);
    expect(pictures?.files.filter(({ picture }) => picture !== undefined)).toHaveLength(4);
  });

  test('nothing of a command: that says itself what it does', async () => {
    const bench = await workbench();
    await attempt(bench, [{ name: 'run_command', args: { command: 'echo x > made.txt' } }]);
    expect(madeIn(bench)).toEqual([undefined]);
  });

  test('what changes a policy meanwhile is seen: a file that is denied by then is not named', async () => {
    const bench = await workbench({ userPolicy: '' });
    writeFileSync(bench.node.userPolicy, 'tools: {file_system: {denied_paths: [hidden]}}\n');
    await attempt(bench, [py("import os\nos.makedirs('shown')\nopen('shown/x', 'w').write('1')")]);
    expect(madeIn(bench)[0]?.files.map(({ name }) => name)).toEqual(['shown/x']);
  });
});
