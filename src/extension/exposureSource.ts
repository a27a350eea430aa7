import type { ExposureSource } from '../vscode/exposureTree.ts';
import type { Faults } from './faults.ts';
import type { Session } from './session.ts';

interface Window {
  faults: Faults;
  destination: string;
  session(): Promise<Session>;
}

/** What the Data Exposure view shows; nothing of it is loaded before somebody sees it. */
export function exposureSource(window: Window): ExposureSource {
  const parts = async (): Promise<ExposureSource> => {
    const { exposedParts } = await import('./exposedParts.ts');
    return exposedParts(await window.session(), window.destination);
  };
  return {
    parts: () => window.faults.noting(async () => (await parts()).parts()),
    below: (part) => window.faults.noting(async () => (await parts()).below(part)),
  };
}
