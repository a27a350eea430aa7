import { join } from 'node:path';
import { EgressLedger, type PrivacyNow } from '../../core/egress/ledger.ts';
import type { Outbound, PermitSending } from '../../core/egress/port.ts';
import type { Witness } from '../../core/audit/port.ts';
import type { Verdict } from '../../core/audit/verdict.ts';
import type { AuditPolicy } from '../../core/policy/merge.ts';
import type { AuditClient } from './auditClient.ts';
import { LOG_EVENTS } from '../../shared/noRun.ts';
import { accountKey, hasAccountKey } from './keys.ts';
import type { OtlpExporter } from './otlp/exporter.ts';
import { hasBegunLog, placeOf } from './place.ts';
import type { Testimony } from './verify/witnessCheck.ts';
import { verifyInWorker } from './verify/verifyInWorker.ts';
import type { Progress } from './verify/verifyLog.ts';
import { FileWitness } from './witness/fileWitness.ts';
import { Witnesses } from './witness/witnesses.ts';

const DAY_MS = 86_400_000;
const FLUSH_MS = 3_000;

interface Parts {
  audit: AuditClient;
  data: string;
  home: string;
  environment: NodeJS.ProcessEnv;
  version: string;
  /** Witnesses that come with the program: the editor's own storage. */
  witnesses: readonly Witness[];
  /** What the policy says of privacy when something of the log's own leaves. */
  privacy: PrivacyNow;
}

/** What else a check is made with. */
interface VerifyWith {
  more?: readonly Testimony[];
  /** The account's public key, where somebody gave it. */
  key?: string | undefined;
  /** Nothing is whole that could not be held against every witness of the policy. */
  mustAll?: boolean;
}

/** How something that keeps evidence outside the log stands, for people. */
export interface KeeperState {
  name: string;
  ok: boolean;
  words: string;
}

/** What makes the log count for others: witnesses outside, a collector, retention, and checking it. Closes the log too. */
export class Evidence implements AsyncDisposable {
  readonly #parts: Parts;
  readonly #witnesses = new Witnesses();
  readonly #stopListening: (() => void)[];
  #key = '';
  #exporter: { endpoint: string; running: Promise<OtlpExporter> } | undefined;
  #exportProblem: string | undefined;
  #retained = -Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#witnesses.set(parts.witnesses);
    this.#stopListening = [
      parts.audit.onHead((head) => {
        this.#witnesses.note(head);
      }),
      parts.audit.onAppend(() => {
        void this.#exporter?.running.then(
          (exporter) => {
            exporter.notify();
          },
          () => undefined,
        );
      }),
    ];
  }

  /** Does what the policy in force says; cheap where nothing has changed. */
  follow(policy: AuditPolicy): void {
    this.#retain(policy);
    const key = JSON.stringify(policy);
    if (key === this.#key) return;
    this.#key = key;
    const files = policy.witnessFiles.map(({ value }) => new FileWitness(this.#expanded(value)));
    this.#witnesses.set([...this.#parts.witnesses, ...files]);
    this.#export(policy);
  }

  /** Witnesses that are asked only: nothing is told to them, sent or erased. */
  ask({ witnessFiles }: AuditPolicy): void {
    this.#witnesses.set(witnessFiles.map(({ value }) => new FileWitness(this.#expanded(value))));
  }

  /** Checks the log against the account's key and all witnesses. Undefined where it was stopped. */
  async verify(
    signal: AbortSignal,
    progress?: Progress,
    { more = [], key, mustAll = false }: VerifyWith = {},
  ): Promise<Verdict | undefined> {
    const { audit, data } = this.#parts;
    const own = hasAccountKey(data) ? { key: accountKey(data).publicKey, from: 'local' as const } : undefined;
    const account = key === undefined ? own : { key, from: 'given' as const };
    if (mustAll) await audit.settle(); // what this process wrote is told to them first
    const testimonies = [...(await this.#testimonies(mustAll)), ...more];
    return verifyInWorker(
      { file: audit.file, against: { account, testimonies, place: placeOf(data), hasBegun: hasBegunLog(data) } },
      signal,
      progress,
    );
  }

  /** `mustAll`: those of the policy were named for the check. What comes with the program was named by nobody. */
  async #testimonies(mustAll: boolean): Promise<Testimony[]> {
    const unnamed = new Set(this.#parts.witnesses.map(({ name }) => name));
    return (await this.#witnesses.testimonies()).map((one) =>
      mustAll && !unnamed.has(one.name) ? { ...one, isNamed: true } : one,
    );
  }

  async states(): Promise<KeeperState[]> {
    await this.#witnesses.flush();
    const problems = new Map(this.#witnesses.problems().map(({ name, problem }) => [name, problem]));
    const states = this.#witnesses.names().map((name) => {
      const problem = problems.get(name);
      return { name: `witness ${name}`, ok: problem === undefined, words: problem ?? 'is told of every signature' };
    });
    if (!this.#exporter) return states;
    const name = `collector ${this.#exporter.endpoint}`;
    const state = (await this.#exporter.running.catch(() => undefined))?.state;
    const problem = this.#exportProblem ?? state?.problem;
    return [
      ...states,
      { name, ok: problem === undefined, words: problem ?? `has events up to ${state?.sentUpTo ?? 0}` },
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.audit.settle(); // witnesses hear of it, too
    for (const stop of this.#stopListening) stop();
    await this.#witnesses.flush();
    await this.#closeExporter();
    await this.#parts.audit[Symbol.asyncDispose]();
  }

  #export({ otlp }: AuditPolicy): void {
    void this.#closeExporter();
    if (otlp.value === null) return;
    const { endpoint, payloads, headersVariable } = otlp.value;
    this.#exportProblem = undefined;
    const { data, audit, version, environment } = this.#parts;
    const running = import('./otlp/exporter.ts').then(({ OtlpExporter }) => {
      const headers = headersOf(headersVariable === undefined ? undefined : environment[headersVariable]);
      const exporter = new OtlpExporter({
        data,
        file: audit.file,
        target: { endpoint, payloads, headers },
        version,
        permit: this.#ledger.permit({ purpose: 'telemetry', rules: [], contentOf: () => [] }),
      });
      exporter.notify();
      return exporter;
    });
    running.catch((error: unknown) => {
      this.#exportProblem = error instanceof Error ? error.message : String(error);
    });
    this.#exporter = { endpoint, running };
  }

  /** Leave for what belongs to no run, such as asking a server which models it has. */
  permit(outbound: Outbound): PermitSending {
    return this.#ledger.permit(outbound);
  }

  /** What goes to a collector is recorded as everything else that leaves. */
  readonly #ledger = new EgressLedger(
    (record) => this.#parts.audit.append({ type: 'egress', run: LOG_EVENTS, ...record }),
    () => this.#parts.privacy(),
  );

  async #closeExporter(): Promise<void> {
    const exporter = await this.#exporter?.running.catch(() => undefined);
    this.#exporter = undefined;
    await exporter?.flush(FLUSH_MS);
    await exporter?.close();
  }

  #retain({ retention }: AuditPolicy): void {
    const [days, bytes] = [retention.days.value, retention.bytes.value];
    const now = performance.now();
    if ((days === null && bytes === null) || now - this.#retained < DAY_MS) return;
    this.#retained = now;
    void this.#parts.audit.retain({ ...(days !== null && { days }), ...(bytes !== null && { bytes }) }).catch(() => {
      this.#retained = -Infinity; // tried again with the next look at the policy
    });
  }

  #expanded(path: string): string {
    return path.startsWith('~/') ? join(this.#parts.home, path.slice(2)) : path;
  }
}

/** As OTEL_EXPORTER_OTLP_HEADERS is written: name=value, several with commas, values URL-encoded (W3C Baggage). */
function headersOf(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const part of (text ?? '').split(',')) {
    const at = part.indexOf('=');
    if (at > 0) headers[part.slice(0, at).trim()] = decoded(part.slice(at + 1).trim());
  }
  return headers;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
