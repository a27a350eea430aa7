import * as vscode from 'vscode';
import type { FoundModel, FoundSource } from '../shared/foundModels.ts';
import { PROVIDER_NAMES, PROVIDERS, type ProviderName } from '../shared/providers.ts';
import { visibleLine } from '../shared/visible.ts';

/** What a person picked: a model of a source, or a provider whose model they will name themselves. */
export type Picked =
  | { kind: 'model'; provider: ProviderName; address: string; name: string }
  /** `address`: of a server that wants a key. */
  | { kind: 'other'; provider: ProviderName; address?: string };

type Item = vscode.QuickPickItem & { choice?: Picked };

/**
 * One list of all models that there are, growing while sources answer: where each sends data stands at its source. A
 * source that is slow or broken says so in its place.
 */
export async function pickModel(
  found: (signal: AbortSignal) => AsyncIterable<FoundSource>,
): Promise<Picked | undefined> {
  const stopping = new AbortController();
  const list = vscode.window.createQuickPick<Item>();
  list.title = 'Oversign: Choose Model';
  list.placeholder = 'A model; where it sends data is said at its source';
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.busy = true;
  const sources: FoundSource[] = [];
  const show = (): void => {
    const [active] = list.activeItems;
    const items = [...sources.flatMap(itemsOf), ...others(list.busy)];
    list.items = items;
    const same = active && items.find((item) => idOf(item) === idOf(active));
    if (same) list.activeItems = [same];
  };
  show();
  list.show();
  const filling = fill(found(stopping.signal), (source) => {
    sources.push(source);
    sources.sort((a, b) => place(a) - place(b));
    show();
  });
  const filled = filling.finally(() => {
    list.busy = false;
    if (!stopping.signal.aborted) show();
  });
  try {
    const chosen = new Promise<Item | undefined>((resolve) => {
      list.onDidAccept(() => {
        const [item] = list.selectedItems;
        if (item?.choice) resolve(item); // what only says something cannot be chosen
      });
      list.onDidHide(() => {
        resolve(undefined);
      });
    });
    // What goes wrong while looking is said where it was; a fault of our own ends it.
    const item = await Promise.race([chosen, filled.then(() => chosen)]);
    return item?.choice;
  } finally {
    stopping.abort();
    filled.catch(() => undefined);
    list.dispose();
  }
}

async function fill(found: AsyncIterable<FoundSource>, add: (source: FoundSource) => void): Promise<void> {
  for await (const source of found) add(source);
}

function place({ provider }: FoundSource): number {
  return PROVIDER_NAMES.indexOf(provider);
}

function itemsOf(source: FoundSource): Item[] {
  const { provider, label, address, models, problem, trouble } = source;
  const where = address === '' ? label : `${label}, ${address}`;
  const head: Item = { label: visibleLine(where), kind: vscode.QuickPickItemKind.Separator };
  if (problem !== undefined && trouble === 'key')
    return [
      head,
      { label: '$(key) Set its key…', detail: visibleLine(problem), choice: { kind: 'other', provider, address } },
    ];
  if (problem !== undefined && trouble === 'policy')
    return [head, { label: '$(lock) Not available', detail: visibleLine(problem) }];
  if (problem !== undefined) return [head, { label: '$(warning) No list of models', detail: visibleLine(problem) }];
  if (models.length === 0) return [head, { label: '$(info) It has no models' }];
  return [
    head,
    ...models.map((model) => itemOf(model, source, { kind: 'model', provider, address, name: model.name })),
  ];
}

/** What an item is, whatever else is listed: two servers may have a model of the same name. */
function idOf({ choice, label, detail }: Item): string {
  return JSON.stringify(choice ?? [label, detail]);
}

function itemOf({ name, about, refused }: FoundModel, { destination }: FoundSource, choice: Picked): Item {
  // Without a choice it only says something.
  if (refused !== undefined)
    return { label: `$(lock) ${name}`, description: 'not available', detail: visibleLine(refused) };
  return { label: name, description: visibleLine(about), detail: visibleLine(destination), choice };
}

/** What can always be chosen. */
function others(isBusy: boolean): Item[] {
  const separator: Item = {
    label: isBusy ? 'looking for more…' : 'others',
    kind: vscode.QuickPickItemKind.Separator,
  };
  return [
    separator,
    ...PROVIDER_NAMES.filter((id) => !PROVIDERS[id].isOfEditor).map((provider) => ({
      label: PROVIDERS[provider].server
        ? `${PROVIDERS[provider].label}: another server or model…`
        : PROVIDERS[provider].label,
      description: PROVIDERS[provider].sends,
      choice: { kind: 'other' as const, provider },
    })),
  ];
}
