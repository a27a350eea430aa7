import type { PanelState } from '../shared/runView.ts';
import type { ModelSettings } from '../shared/settings.ts';
import { WAY_WORDS } from '../shared/wayWords.ts';
import { withoutHome } from '../shared/withoutHome.ts';

/** What is known of a window that may be sent to strangers. */
export interface Facts {
  version: string;
  editor: { name: string; version: string; kind: 'desktop' | 'web'; remote: string | undefined };
  machine: { node: string; platform: string; arch: string; sqlite: string };
  home: string;
  settings: ModelSettings;
  /** What is wrong with settings, by their names alone. */
  wrongSettings: readonly string[];
  state: Pick<PanelState, 'trusted' | 'sandbox' | 'policy' | 'run' | 'way' | 'workplace' | 'folders' | 'problem'>;
}

/**
 * How an installation stands, for a report of a fault: versions, sandbox, policy and settings. No content, no key, no
 * address, no name of a folder or file, no task: whoever copies it may paste it anywhere.
 */
export function diagnosticsText({ version, editor, machine, home, settings, wrongSettings, state }: Facts): string {
  const { policy, sandbox, run, workplace, folders } = state;
  const lines = [
    `Oversign ${version}`,
    `Editor: ${editor.name} ${editor.version}, ${editor.kind}, ${editor.remote === undefined ? 'local' : `remote (${editor.remote})`}`,
    `Machine: ${machine.platform} ${machine.arch}, Node ${machine.node}, SQLite ${machine.sqlite}`,
    `Trusted: ${state.trusted ? 'yes' : 'no'}`,
    `Folders: ${workplace?.folders.length ?? 0} worked in, ${workplace?.others.length ?? 0} beside, ${folders?.leftOut === true ? 'some' : 'none'} left out`,
    `Opened: ${state.problem === undefined ? 'yes' : 'no, see the log'}`,
    `Sandbox: ${sandbox.state}${sandbox.probes === undefined ? '' : `, ${sandbox.probes.held} of ${sandbox.probes.all} attempts held`}`,
    `Policy: ${policy.state}, ${policy.notes.length} notes, ${workplace?.folders.filter(({ bounds }) => bounds).length ?? 0} workspace policies`,
    `Way: ${WAY_WORDS[state.way.now].name}`,
    `Run: ${run?.state ?? 'none'}${run === undefined ? '' : `, turn ${run.turn} of ${run.maxTurns}, ${run.questions} questions`}`,
    `Settings: ${settingsWords(settings)}`,
    `Wrong settings: ${wrongSettings.length === 0 ? 'none' : wrongSettings.join(', ')}`,
  ];
  return `${withoutHome(lines.join('\n'), home)}\n`;
}

function settingsWords(settings: ModelSettings): string {
  const isSet = (value: string): string => (value === '' ? 'not set' : 'set');
  return [
    `provider ${settings.provider}`,
    `model ${isSet(settings.name)}`,
    `baseUrl ${isSet(settings.baseUrl)}`,
    `proxy ${settings.proxy === 'none' ? 'none' : isSet(settings.proxy)}`,
    `caFile ${isSet(settings.caFile)}`,
    `firstByteSeconds ${settings.firstByteSeconds}`,
    `betweenBytesSeconds ${settings.betweenBytesSeconds}`,
  ].join(', ');
}
