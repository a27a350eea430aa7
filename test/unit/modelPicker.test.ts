import { expect, test, vi } from 'vitest';
import type { FoundSource } from '../../src/shared/foundModels.ts';
import type { Picked } from '../../src/vscode/modelPicker.ts';

interface Item {
  label: string;
  choice?: Picked;
}
const editor = vi.hoisted(() => ({
  items: [] as Item[],
  active: [] as Item[],
  hide: (): void => undefined,
}));
vi.mock('vscode', () => ({
  QuickPickItemKind: { Separator: -1 },
  window: {
    createQuickPick: () => ({
      get activeItems() {
        return editor.active;
      },
      set activeItems(items: Item[]) {
        editor.active = items;
      },
      // As the editor does: with a new list the highlight is at its beginning.
      set items(items: Item[]) {
        editor.items = items;
        editor.active = items.filter(({ choice }) => choice !== undefined).slice(0, 1);
      },
      show: () => undefined,
      dispose: () => undefined,
      onDidAccept: () => undefined,
      onDidHide: (hidden: () => void) => {
        editor.hide = hidden;
      },
    }),
  },
}));
const { pickModel } = await import('../../src/vscode/modelPicker.ts');

function source(address: string, name = 'gpt-4o'): FoundSource {
  const models = [{ name, about: '' }];
  return { provider: 'openai', label: 'OpenAI or compatible', address, destination: `to ${address}`, models };
}

test('a source that answers later does not move the highlight to a model of the same name at another server', async () => {
  const later = Promise.withResolvers<FoundSource>();
  async function* found(): AsyncIterable<FoundSource> {
    yield source('https://a.example/v1');
    yield source('https://b.example/v1');
    yield await later.promise;
  }
  const picking = pickModel(found);
  const at = (address: string): Item[] =>
    editor.items.filter(({ choice }) => choice?.kind === 'model' && choice.address === address);
  await expect.poll(() => at('https://b.example/v1').length, { timeout: 10_000 }).toBe(1);
  editor.active = at('https://b.example/v1');
  later.resolve(source('https://c.example/v1', 'other'));
  await expect.poll(() => at('https://c.example/v1').length, { timeout: 10_000 }).toBe(1);
  expect(editor.active).toEqual(at('https://b.example/v1'));
  editor.hide();
  expect(await picking).toBeUndefined();
});
