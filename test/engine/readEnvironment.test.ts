import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { attempt, rememberFirst, type Call } from '../support/attempt.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

const TOKEN = 'ghp_Ab3dE5gH1jK2mN4pQ6rS8tU0vW9xY7zA1bC2';
const ENVIRONMENT = {
  ...{ EDITOR_THEME: 'solarized', LANG: 'de_DE.UTF-8', OTHER: 'not named' },
  ...{
    GITHUB_TOKEN: TOKEN,
    DATABASE: 'postgres://ada:dear-words-77@db.example.com/x',
    PLAIN: TOKEN,
    COPY: 'x-dear-api-key-0123',
  },
  ...{ SERVICE_API_KEY: 'dear-api-key-0123', HIDDEN: 'hidden words', EMPTY: '', LONG: 'y '.repeat(100_000) },
};
const NAMED =
  'EDITOR_THEME, LANG, GITHUB_TOKEN, DATABASE, PLAIN, COPY, HIDDEN, EMPTY, UNSET, LONG, constructor, __proto__';
const POLICY = `environment: {allowed_variables: [${NAMED}]}\nredaction: {variables: [HIDDEN]}\n`;

const read = (name: string): Call => ({ name: 'read_environment', args: { name } });
const bench = (more: Parameters<typeof workbench>[0] = {}): Promise<Workbench> =>
  workbench({ userPolicy: POLICY, environment: ENVIRONMENT, ...more });

describe('read_environment', () => {
  test('asks for one variable, says where its value would go, lights the private flag, and records who read what', async () => {
    const made = await bench();
    const [told] = await attempt(made, [read('EDITOR_THEME')]);
    expect(told).toEqual({ outcome: 'done', text: 'EDITOR_THEME=solarized' });
    const [asked, ...others] = made.asked;
    expect(others).toEqual([]);
    expect(asked?.lights).toContain('private');
    expect(JSON.stringify(asked?.card)).toContain('Its value would go to the model. nowhere');
    expect(JSON.stringify(asked?.card)).not.toContain('solarized');
    expect(made.engine.view().run?.flags.private).toBe(true);
    expect(asked?.alwaysOffer).toBeUndefined();
  });

  test('a denied question gives nothing', async () => {
    const made = await bench({ answer: () => ({ choice: 'deny' }) });
    const { events } = await attempt(made, [read('EDITOR_THEME')]);
    expect(outcomes(events)[0]).toMatch(/^denied/);
    expect(JSON.stringify(events)).not.toContain('solarized');
  });

  test('what is remembered is that variable and no other', async () => {
    const made = await bench({ answer: rememberFirst });
    await attempt(made, [read('EDITOR_THEME')]);
    const events = await made.run((_, turn) =>
      turn === 0
        ? { calls: [read('EDITOR_THEME')] }
        : turn === 1
          ? { calls: [read('EDITOR_THEME')] }
          : turn === 2
            ? { calls: [read('LANG')] }
            : {},
    );
    expect(events.flatMap(({ type, data }) => (type === 'decided' ? [data['verdict']] : []))).toEqual([
      'ask',
      'allow',
      'ask',
    ]);
  });

  test.each([
    ['one that the policy does not name', 'OTHER', /is not among the variables that your policy names/],
    [
      'one whose name tells that it is secret',
      'GITHUB_TOKEN',
      /looks like a secret by its name\. A command can use it without showing it: write `\$GITHUB_TOKEN` there/,
    ],
    ['one that the policy masks', 'HIDDEN', /masks `HIDDEN` everywhere/],
    ['one that holds a credential in an address', 'DATABASE', /holds looks like a secret/],
    ['one that holds a token under another name', 'PLAIN', /holds looks like a secret/],
    ['one that holds what another secret variable does', 'COPY', /holds looks like a secret/],
    ['one in other letters', 'editor_theme', /is not among/],
  ])('%s is denied, without a question and without its value', async (_what, name, words) => {
    const made = await bench();
    const { events, ...told } = await attempt(made, [read(name)]);
    expect(outcomes(events)[0]).toMatch(/^denied/);
    expect((told as unknown as { text: string }[])[0]?.text).toMatch(words);
    expect(made.asked).toEqual([]);
    for (const value of [TOKEN, 'dear-words-77', 'dear-api-key-0123', 'hidden words', 'not named'])
      expect(JSON.stringify(events)).not.toContain(value);
  });

  test.each(['UNSET', 'constructor', '__proto__'])('%s is not set, and that is all that is said', async (name) => {
    const made = await bench();
    const [told] = await attempt(made, [read(name)]);
    expect(told?.text).toMatch(/is not set|policy/);
    expect(made.asked).toEqual([]);
  });

  test.each(['A B', 'A=B', '$A', 'A\nB', 'A\0', '', 'x'.repeat(500), '../A'])(
    'a name that is none: %j',
    async (name) => {
      const made = await bench();
      const { events } = await attempt(made, [read(name)]);
      expect(outcomes(events)).toEqual(['failed:arguments']);
    },
  );

  test('an empty one is told as that, a long one up to a length', async () => {
    const made = await bench();
    const [empty, long] = await attempt(made, [read('EMPTY'), read('LONG')]);
    expect(empty?.text).toBe('EMPTY=');
    expect(long?.text.length).toBeLessThan(21_000);
  });

  test('it is not offered where no variable is named, nor where a workspace alone names some', async () => {
    const names = async (made: Workbench): Promise<string[]> => {
      let offered: string[] = [];
      await made.run((request, turn) => {
        if (turn === 0) offered = request.tools.map(({ name }) => name);
        return turn === 0 ? { calls: [read('EDITOR_THEME')] } : {};
      });
      return offered;
    };
    const without = await bench({ userPolicy: '' });
    expect(await names(without)).not.toContain('read_environment');
    expect(without.asked).toEqual([]);
    const byWorkspace = await bench({
      userPolicy: '',
      files: { '.oversign/policy.yaml': 'environment: {allowed_variables: [EDITOR_THEME]}\n' },
    });
    expect(await names(byWorkspace)).not.toContain('read_environment');
    expect(byWorkspace.asked).toEqual([]);
    expect(await names(await bench())).toContain('read_environment'); // the control
  });

  test('a workspace policy narrows what the user named', async () => {
    const made = await bench({
      files: { '.oversign/policy.yaml': 'environment: {allowed_variables: [LANG]}\n' },
    });
    const [theme, lang] = await attempt(made, [read('EDITOR_THEME'), read('LANG')]);
    expect(theme?.outcome).toMatch(/^denied/);
    expect(lang?.text).toBe('LANG=de_DE.UTF-8');
  });

  test('what is taken out of the list while a card waits is not read', async () => {
    const held: { made?: Workbench } = {};
    const made = (held.made = await bench({
      answer: () => {
        if (held.made) writeFileSync(held.made.node.userPolicy, 'environment: {allowed_variables: [LANG]}\n');
        return { choice: 'approve' };
      },
    }));
    const { events } = await attempt(made, [read('EDITOR_THEME')]);
    expect(outcomes(events)[0]).toMatch(/^denied/);
    expect(JSON.stringify(events)).not.toContain('solarized');
  });

  test('a rule that denies it is final, and one of the user may allow it', async () => {
    const rule = (decision: string): string =>
      `own_paths: ["."]\n${POLICY}rules: [{decision: ${decision}, tools: [read_environment], why: w}]\n`;
    const denied = await attempt(await bench({ userPolicy: rule('deny') }), [read('LANG')]);
    expect(denied[0]?.outcome).toMatch(/^denied/);
    const free = await bench({ userPolicy: rule('allow') });
    const allowed = await attempt(free, [read('LANG'), read('GITHUB_TOKEN')]);
    expect(allowed[0]?.outcome).toBe('done');
    expect(allowed[1]?.outcome).toMatch(/^denied/); // no rule allows a secret
    expect(free.asked).toEqual([]);
  });
});
