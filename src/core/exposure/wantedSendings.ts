import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { Refused } from '../../shared/exposure.ts';
import { readAction } from '../audit/storedAction.ts';
import { shownHost } from '../egress/hostDecision.ts';
import { PURPOSE_NAMES } from '../egress/ledger.ts';
import { toolsThat } from '../policy/toolsThat.ts';
import { countIn, objectIn, wordIn } from './recordedValues.ts';

const MOST_REFUSED = 200;
/** Actions that are open at once: no run of this product has so many. */
const MOST_OPEN = 10_000;

/** Of these the ones that go to a server; a SQLite file is asked on the spot. */
const DATABASE = ['query', 'schema', 'modify'] as const;

/** What an action that would send something is called in the log, and the purpose of that. */
const PURPOSE_OF: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ['request', PURPOSE_NAMES.request],
  ['connect', PURPOSE_NAMES.connection],
  ['browse', PURPOSE_NAMES.page],
  ...DATABASE.map((effect) => [effect, PURPOSE_NAMES.database] as const),
]);
/** The same where the log has a call's tool alone: it was denied before it was looked at. */
const TOOLS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ...toolsThat('request').map((tool) => [tool, PURPOSE_NAMES.request] as const),
  ['connect', PURPOSE_NAMES.connection],
  ...toolsThat('browse').map((tool) => [tool, PURPOSE_NAMES.page] as const),
]);

interface Wanted {
  purpose: string;
  destination: string | null;
  turn: number;
  rule: string;
  title: string | null;
  isStarted: boolean;
  hasSent: boolean;
}

/** What a run's actions wanted to send: which of them were refused, and what those that sent are called. */
export class WantedSendings {
  readonly #wanted = new Map<string, Wanted>();
  /** Commands that are at work: what their connections are told by. */
  readonly #commands = new Map<string, string | null>();
  readonly refused: Refused[] = [];
  moreRefused = 0;

  /** Whether a proposed action is told of here. */
  static isOne({ data }: AuditRecord): boolean {
    return PURPOSE_OF.has(data['effect']) || data['effect'] === 'execute';
  }

  add(event: AuditRecord): void {
    const { action, type, data } = event;
    if (action === undefined) return;
    if (type === 'proposed') this.#proposed(action, event);
    const wanted = this.#wanted.get(action);
    if (type === 'finished') this.#commands.delete(action);
    if (!wanted) return;
    switch (type) {
      case 'decided':
        wanted.rule = wordIn(data['rule']) ?? '';
        if (data['verdict'] === 'deny') this.#refuse(action, wanted, 'policy');
        break;
      case 'answered':
        if (data['choice'] === 'deny') this.#refuse(action, wanted, whoOf(data['by']));
        break;
      case 'started':
        wanted.isStarted = true;
        break;
      case 'finished':
        // Begun, and nothing went: it was not found, its address was refused, or nobody answered.
        if (!wanted.hasSent) this.#refuse(action, { ...wanted, rule: wanted.isStarted ? 'not reached' : '' }, 'other');
        this.#wanted.delete(action);
        break;
      default:
    }
  }

  /** An action sends; what it, or the command that it is of, is called. */
  sends(action: string): string | null {
    const wanted = this.#wanted.get(action);
    if (!wanted) return null;
    wanted.hasSent = true;
    return wanted.title;
  }

  #proposed(action: string, { data, payload, turn = 0 }: AuditRecord): void {
    const title = wordIn(payload?.['title']) ?? null;
    if (data['effect'] === 'execute') {
      if (this.#commands.size < MOST_OPEN) this.#commands.set(action, title);
      return;
    }
    const purpose =
      PURPOSE_OF.get(data['effect']) ?? (data['effect'] === undefined ? TOOLS.get(data['tool']) : undefined);
    const stored = readAction(payload);
    const recorded = stored.kind === 'action' ? stored.recorded : undefined;
    if (purpose === undefined || isOnTheSpot(recorded) || this.#wanted.size >= MOST_OPEN) return;
    const within = wordIn(data['within']);
    this.#wanted.set(action, {
      ...{ purpose, turn, rule: '', isStarted: false, hasSent: false },
      destination: hostOf(recorded),
      title: within === undefined ? title : (this.#commands.get(within) ?? null),
    });
  }

  #refuse(action: string, { purpose, destination, turn, rule }: Wanted, by: Refused['by']): void {
    this.#wanted.delete(action);
    if (this.refused.length < MOST_REFUSED) this.refused.push({ action, turn, purpose, destination, by, rule });
    else this.moreRefused += 1;
  }
}

/** A statement to a file of the workspace: nothing of it goes anywhere. */
function isOnTheSpot(action: unknown): boolean {
  return objectIn(objectIn(action)?.['database'])?.['engine'] === 'sqlite';
}

function hostOf(action: unknown): string | null {
  const of = objectIn(action);
  const { host, port } = objectIn(of?.['request']) ?? objectIn(of?.['database']) ?? of ?? {};
  const [name, number] = [wordIn(host), countIn(port)];
  return name === undefined || number === undefined ? null : shownHost({ host: name, port: number });
}

function whoOf(by: unknown): Refused['by'] {
  return by === 'person' || by === 'nobody' ? by : by === 'input' ? 'nobody' : 'other';
}
