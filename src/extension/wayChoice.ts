import { pickWay } from '../vscode/wayPicker.ts';
import type { Session } from './session.ts';
import { THIS_WINDOW } from './thisWindow.ts';

interface OfWindow {
  readonly view: { changed(): void };
  session(): Promise<Session>;
}

/** A person chooses how the present run works, and the next ones. */
export async function chooseWay(window: OfWindow): Promise<void> {
  const session = await window.session();
  const { now, open } = session.panel().way;
  const way = await pickWay(now, open);
  if (way === undefined) return;
  await session.engine.chooseWay(way, THIS_WINDOW);
  window.view.changed();
}
