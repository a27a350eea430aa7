import { demoModel } from '../../core/models/demo.ts';
import type { Model } from '../../core/models/port.ts';
import type { Sandbox } from '../../core/sandbox/port.ts';
import { demoScenario } from './demoScenario.ts';

const PAUSE_MS = 15;

/** The demo, with the story that this workspace and machine allow, told at a pace that can be followed. */
export async function scriptedDemo(folder: string, sandbox: Sandbox): Promise<Model> {
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  return demoModel(await demoScenario(folder, sandbox), pause);
}
