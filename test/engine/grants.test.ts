import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ApprovalDesk } from '../../src/core/approval/desk.ts';
import { GrantBook, offersFor } from '../../src/core/approval/grants.ts';
import type { Offer } from '../../src/core/kinds/kind.ts';
import type { Action, Run } from '../../src/shared/action.ts';
import { UntilSchema, type Answer, type Approval, type Until } from '../../src/shared/approval.ts';
import { attempt, rememberFirst, type Call } from '../support/attempt.ts';
import { actionOn, commandOn } from '../support/policies.ts';
import { scripted, workbench, type Workbench } from '../support/workbench.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';

const writing = (path: string): Action => actionOn('write_file', 'write', [{ path, access: 'write' }]);
const running = (argv: string[], digest = 'd'): Run =>
  commandOn([{ path: '/w', access: 'list' }], {
    launch: { argv, cwd: '/w/a' },
    binds: [{ path: '/w/package.json', kind: 'file', digest }],
  });
const unbound = commandOn([{ path: '/w', access: 'list' }], {
  command: { programs: [], doubts: [], scripts: [], unbound: { why: 'x', changed: false } },
});
const PLACE = { shown: (path: string) => path, roots: ['/w'] };
const offers = (action: Action): [string, string][] =>
  offersFor(action, { ...PLACE, shown: (path) => path.slice(1) }).map(({ id, words }) => [id, words]);

describe('what is offered is exact:', () => {
  test.each<[string, Action, [string, string][]]>([
    ['a command', running(['x']), [['command', 'exactly this command in `w/a`']]],
    ['a command of which not all is bound', unbound, []],
    ['reading', actionOn('read_file', 'read', [{ path: '/w/.env', access: 'read' }]), [['read', 'reading `w/.env`']]],
    [
      'an edit in a folder',
      writing('/w/a/b.txt'),
      [
        ['edits', 'edits to `w/a/b.txt`'],
        ['folder', 'edits to files below `w/a/`'],
        ['workspace', 'edits to any file of this workspace folder'],
      ],
    ],
    [
      'an edit at the top',
      writing('/w/b.txt'),
      [
        ['edits', 'edits to `w/b.txt`'],
        ['workspace', 'edits to any file of this workspace folder'],
      ],
    ],
    ['an edit outside', writing('/v/b.txt'), [['edits', 'edits to `v/b.txt`']]],
    ['an edit beside the folder', writing('/w2/a/b.txt'), [['edits', 'edits to `w2/a/b.txt`']]],
    [
      'a hidden character',
      writing('/w/\u202eb'),
      [
        ['edits', 'edits to `w/\\u{202E}b`'],
        ['workspace', 'edits to any file of this workspace folder'],
      ],
    ],
  ])('%s', (_name, action, wanted) => {
    expect(offers(action)).toEqual(wanted);
  });

  test('an edit that also reads a secret, or touches two files, is offered nothing that covers it only in part', () => {
    const two = actionOn('edit_file', 'write', [
      { path: '/w/a', access: 'read' },
      { path: '/w/a', access: 'write' },
    ]);
    expect(offers(two)).toEqual([]);
    expect(offersFor(writing('/w/a'), PLACE).map((offer) => offer.covers(two))).toEqual([false, false]);
  });

  test('one for a folder covers what lies below it and nothing beside it', () => {
    const folder = offersFor(writing('/w/a/b'), PLACE).find(({ id }) => id === 'folder');
    if (!folder) throw new Error('no folder is offered');
    for (const path of ['/w/a/b', '/w/a/b/c']) expect(folder.covers(writing(path)), path).toBe(true);
    for (const path of ['/w/ab', '/w', '/w/A/b', '/w/b']) expect(folder.covers(writing(path)), path).toBe(false);
  });

  test('one for a command ends with what its script says', () => {
    const [offer] = offersFor(running(['x']), PLACE);
    expect(offer?.covers(running(['x']))).toBe(true);
    expect(offer?.covers(running(['x'], 'e'))).toBe(false);
    expect(offer?.covers({ ...running(['x']), binds: [] })).toBe(false);
  });
});

describe('a book of grants', () => {
  const offer: Offer = { id: 'edits', words: 'edits to a', isBroad: false, covers: () => true };
  const book = (): { grants: GrantBook; advance: (ms: number) => void } => {
    let now = 1000;
    return { grants: new GrantBook(() => now), advance: (ms) => (now += ms) };
  };
  const give = (until: Until): ReturnType<typeof book> => {
    const made = book();
    made.grants.give('g', offer, until);
    return made;
  };

  test('lets one for minutes end at their end, and never come back', () => {
    const { grants, advance } = give({ kind: 'minutes', minutes: 2 });
    advance(2 * 60_000 - 1);
    expect(grants.views()).toHaveLength(1);
    expect(grants.list()).toEqual([{ id: 'g', words: 'edits to a, for 2 minutes', uses: 0 }]);
    advance(1);
    expect([grants.views(), grants.list(), grants.revoke('g')]).toEqual([[], [], false]);
    advance(-60_000);
    expect(grants.views()).toEqual([]);
  });

  test('lets one for uses end with the last', () => {
    const { grants } = give({ kind: 'uses', uses: 2 });
    grants.used('g');
    expect(grants.list()).toEqual([{ id: 'g', words: 'edits to a, 2 more times', uses: 1 }]);
    grants.used('g');
    expect(grants.views()).toEqual([]);
    grants.used('g');
    grants.used('nobody');
    expect(grants.list()).toEqual([]);
  });

  test('lets one for the run last, and takes back exactly the one named', () => {
    const { grants, advance } = give({ kind: 'run' });
    grants.give('h', offer, { kind: 'run' });
    advance(10 ** 12);
    expect(grants.views().map(({ id }) => id)).toEqual(['g', 'h']);
    expect([grants.revoke('x'), grants.revoke('g'), grants.revoke('g')]).toEqual([false, true, false]);
    expect(grants.views().map(({ id }) => id)).toEqual(['h']);
  });
});

describe('the desk', () => {
  test.each<[boolean, Until]>([
    [true, { kind: 'run' }],
    [true, { kind: 'minutes', minutes: 5 }],
    [false, { kind: 'minutes', minutes: 6 }],
    [false, { kind: 'minutes', minutes: NaN }],
    [true, { kind: 'uses', uses: 3 }],
    [false, { kind: 'uses', uses: 4 }],
    [false, { kind: 'uses', uses: Infinity }],
  ])('says %s to %j where 5 minutes and 3 uses are the most', async (fits, until) => {
    const desk = new ApprovalDesk();
    const action = writing('/w/a');
    const approval = {
      id: 'a',
      digest: 'd',
      card: { kind: 'edit', blocks: [] },
      grantOffers: [{ id: 'edits', words: '' }],
      grantLimits: { minutes: 5, uses: 3 },
    };
    const asked = desk.ask(approval as unknown as Approval, { action }, new AbortController().signal);
    const answer = (offer: string): boolean =>
      desk.answer('a', 'd', { choice: 'approve-and-grant', grant: { offer, until } }, IN_EDITOR);
    expect(answer('workspace')).toBe(false);
    expect(answer('edits')).toBe(fits);
    expect(desk.pending).toHaveLength(fits ? 0 : 1);
    desk.answer('a', 'd', { choice: 'deny' }, IN_EDITOR);
    expect((await asked).answer.choice).toBe(fits ? 'approve-and-grant' : 'deny');
  });

  test('takes no fraction, nothing below one, and nothing without end from outside', () => {
    for (const until of [
      { kind: 'minutes', minutes: 0 },
      { kind: 'minutes', minutes: 0.5 },
      { kind: 'uses', uses: -1 },
      { kind: 'ever' },
    ])
      expect(UntilSchema.safeParse(until).success).toBe(false);
  });
});

describe('in a run', () => {
  const TOUCH: Call = { name: 'run_command', args: { command: 'touch t' } };
  const write = (content: string): Call => ({ name: 'write_file', args: { path: 'a.txt', content } });
  const until =
    (until: Until) =>
    ({ grantOffers: [offer] }: Approval): Answer =>
      offer ? { choice: 'approve-and-grant', grant: { offer: offer.id, until } } : { choice: 'approve' };

  test('a grant for two more uses spares exactly two more questions; each use is in the log', async () => {
    const bench = await workbench({ answer: until({ kind: 'uses', uses: 2 }) });
    const { events } = await attempt(bench, [write('1'), write('2'), write('3'), write('4')]);
    const used = events.filter(({ type }) => type === 'grant_used');
    const granted = events.filter(({ type }) => type === 'granted');
    expect(bench.asked).toHaveLength(2);
    expect(granted).toHaveLength(2);
    expect(used.map(({ data }) => data['grant'])).toEqual([granted[0]?.data['grant'], granted[0]?.data['grant']]);
  });

  test('a grant that was taken back spares nothing more, and that is in the log', async () => {
    const bench = await workbench({ answer: rememberFirst });
    let listed: unknown[] = [];
    const events = await bench.run(async (_request, turn) => {
      if (turn === 2) {
        listed = bench.engine.view().run?.grants ?? [];
        await bench.engine.revokeGrant('nobody');
        for (const { id } of bench.engine.view().run?.grants ?? []) await bench.engine.revokeGrant(id);
        expect(bench.engine.view().run?.grants).toEqual([]);
      }
      return turn < 3 ? { calls: [write(String(turn))] } : {};
    });
    expect(listed).toMatchObject([{ words: 'edits to `a.txt`, for this run' }]);
    expect(bench.asked).toHaveLength(2);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === 'grant_revoked')).toHaveLength(1);
    expect(types.lastIndexOf('asked')).toBeGreaterThan(types.indexOf('grant_revoked'));
  });

  test('no grant is offered where the policy has them off, and switching them off ends those given', async () => {
    const off = await workbench({ userPolicy: 'grants: {enabled: false}\n', answer: rememberFirst });
    await attempt(off, [write('1'), write('2')]);
    expect(off.asked.map(({ grantOffers }) => grantOffers)).toEqual([[], []]);
    const bench = await workbench({ userPolicy: '', answer: rememberFirst });
    await bench.run((_request, turn) => {
      if (turn === 2) tighten(bench, 'grants: {enabled: false}\n');
      return turn < 3 ? { calls: [write(String(turn))] } : {};
    });
    expect(bench.asked).toHaveLength(2);
  });

  const tighten = (bench: Workbench, text: string): void => {
    writeFileSync(bench.node.userPolicy, text);
  };

  test.each<[string, string, number]>([
    ['denies', 'rules: [{decision: deny, paths: [a.txt], why: w}]\n', 1],
    ['asks each time', 'rules: [{decision: ask, each_time: true, paths: [a.txt], why: w}]\n', 2],
    ['asks', 'rules: [{decision: ask, paths: [a.txt], why: w}]\n', 1],
  ])('a rule that %s counts against a grant given before as it should', async (_name, rule, questions) => {
    const bench = await workbench({ userPolicy: '', answer: rememberFirst });
    await bench.run((_request, turn) => {
      if (turn === 1) tighten(bench, rule);
      return turn < 2 ? { calls: [write(String(turn))] } : {};
    });
    expect(bench.asked).toHaveLength(questions);
    if (rule.includes('each_time')) expect(bench.asked[1]).toMatchObject({ grantOffers: [] });
    if (rule.includes('each_time')) expect(bench.asked[1]?.alwaysOffer).toBeUndefined();
  });

  test.each<[string, Call, string]>([
    ['package.json', { name: 'run_command', args: { command: 'npm test' } }, 'package.json'],
    ['a Makefile', { name: 'run_command', args: { command: 'make' } }, 'Makefile'],
    ['a script', { name: 'run_command', args: { command: 'bash x.sh' } }, 'x.sh'],
    ['a script by its path', { name: 'run_command', args: { command: './x.sh' } }, 'x.sh'],
    ['the package.json above', { name: 'run_command', args: { command: 'npm test', folder: 'sub' } }, 'package.json'],
    [
      'the package.json after cd',
      { name: 'run_command', args: { command: 'cd sub2 && npm test' } },
      'sub2/package.json',
    ],
    ['the Makefile of make -C', { name: 'run_command', args: { command: 'make -C sub2' } }, 'sub2/Makefile'],
  ])('a grant for a command covers it no more after %s changed', async (_name, call, file) => {
    const bench = await workbench({
      files: {
        'package.json': '{"scripts":{"test":"true"}}',
        Makefile: 'all:\n\ttrue\n',
        'x.sh': 'true\n',
        'sub/a': '',
        'sub2/package.json': '{"scripts":{"test":"true"}}',
        'sub2/Makefile': 'all:\n\ttrue\n',
      },
      answer: rememberFirst,
    });
    await bench.run((_request, turn) => {
      if (turn === 2) writeFileSync(join(bench.folder, file), '# another\n');
      return turn < 3 ? { calls: [call] } : {};
    });
    expect(bench.asked).toHaveLength(2);
  });

  test('no grant outlives its run, also where the run goes on later', async () => {
    const bench = await workbench({ answer: rememberFirst });
    await attempt(bench, [TOUCH, TOUCH]);
    expect(bench.asked).toHaveLength(1);
    const id = bench.engine.view().run?.id ?? '';
    await attempt(bench, [TOUCH]);
    expect(bench.asked).toHaveLength(2);
    await bench.engine.resume(id, scripted([{ calls: [TOUCH] }]));
    expect(bench.asked).toHaveLength(3);
  });
});
