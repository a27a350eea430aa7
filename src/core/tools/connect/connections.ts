import { named } from '../../../shared/named.ts';
import { connectionDecision } from '../../kinds/connect.ts';
import type { CommandConnections, ConnectionLeave, WantedConnection } from '../../egress/connecting.ts';
import { shownHost } from '../../egress/hostDecision.ts';
import { hostPattern } from '../../egress/hostPattern.ts';
import { hostOf, meansThisMachine } from '../../egress/hostName.ts';
import { addressDenial } from '../../egress/judgeAddress.ts';
import { Cancelled, reasonText } from '../../outcome.ts';
import type { EffectivePolicy } from '../../policy/merge.ts';
import type { CallResult } from '../callRun.ts';
import type { AnyTool } from '../tool.ts';
import { connectTool, type OpenedLeave } from './connectTool.ts';

type Refused = { refused: string };

/** What it takes to make calls in a command's name. */
interface ConnectionsOf {
  /** The command, in a few words. */
  command: string;
  /** Takes a call of this tool through the gate, until the command ends, or the signal fires. */
  call(tool: AnyTool, args: object, signal: AbortSignal): Promise<CallResult>;
  /** The policy as it stands now. */
  policy(): Promise<EffectivePolicy>;
}

/** A host for which there is a call: what it came to, and whether the policy alone allowed it. */
interface Host {
  answer: Promise<OpenedLeave | Refused>;
  byPolicy: boolean;
}

/** More hosts than a person would be asked about: what wants so many is looking for one that is open. */
const MOST_HOSTS = 60;
/** Each is recorded. */
const MOST_CONNECTIONS = 10_000;
const [MOST_SAID, MOST_KEPT] = [5, 50];
/** Each is a listener of this process, for as long as the command runs. */
const MOST_WAYS = 20;

/**
 * The connections of one command. Each host is decided by a call of its own, which covers every further connection there
 * until the command ends, as far as the policy of that moment leaves it. What was refused stays so.
 */
export class Connections implements CommandConnections {
  readonly #of: ConnectionsOf;
  readonly #hosts = new Map<string, Host>();
  readonly #calls: Promise<unknown>[] = [];
  readonly #problems = new Set<string>();
  readonly #over = Promise.withResolvers<undefined>();
  /** Names that programs looked up by themselves, and hosts that were then connected to in any way. */
  readonly #looked = new Set<string>();
  readonly #wanted = new Set<string>();
  /** Ends the questions that are still open when the command ends. */
  readonly #asking = new Set<AbortController>();
  #asked: (isAsked: boolean) => void = () => undefined;
  #connections = 0;

  constructor(of: ConnectionsOf) {
    this.#of = of;
  }

  onAsking(tell: (isAsked: boolean) => void): void {
    this.#asked = tell;
  }

  /** A person begins to be asked, or that has ended. */
  asking(isAsked: boolean): void {
    this.#asked(isAsked);
  }

  async ways(): Promise<readonly WantedConnection[]> {
    const { allowedDomains } = await this.#of.policy();
    const named = allowedDomains.value.flatMap((entry) => {
      const { host = '', of, port } = hostPattern(entry) ?? {};
      const isOther = of === 'itself' && hostOf(host)?.address === undefined && !meansThisMachine(host);
      return isOther && typeof port === 'number' ? [{ host, port }] : [];
    });
    return named.slice(0, MOST_WAYS);
  }

  looked(name: string): void {
    const host = hostOf(name)?.name;
    if (host !== undefined && this.#looked.size < MOST_KEPT) this.#looked.add(host);
  }

  async connects(wanted: WantedConnection): Promise<ConnectionLeave | Refused> {
    const answer = await this.#answer(wanted).catch((error: unknown) => ({ refused: reasonText(error) }));
    if ('refused' in answer) this.#tell(answer.refused);
    return answer;
  }

  get words(): string[] {
    const missed = [...this.#looked].filter((name) => !this.#wanted.has(name)).map((name) => missedWords(name));
    const all = [...this.#problems, ...missed];
    const more = all.length > MOST_SAID ? [`[network: and ${all.length - MOST_SAID} more]`] : [];
    return [...all.slice(0, MOST_SAID).map((problem) => `[network: ${problem}]`), ...more];
  }

  async over(): Promise<void> {
    for (const question of this.#asking) question.abort(new Cancelled('the command has ended'));
    this.#over.resolve(undefined);
    await Promise.allSettled(this.#calls);
  }

  async #answer({ host: written, port }: WantedConnection): Promise<ConnectionLeave | Refused> {
    const host = hostOf(written)?.name;
    if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535)
      return { refused: `${named(written.slice(0, 200))} is no host; nothing was connected` };
    const to = { host, port };
    if (this.#wanted.size < MOST_CONNECTIONS) this.#wanted.add(host);
    this.#connections += 1;
    if (this.#connections > MOST_CONNECTIONS)
      return { refused: `this command has made ${MOST_CONNECTIONS} connections already; it gets no others` };
    const policy = await this.#of.policy();
    const opened = await this.#opened(to, policy);
    if ('refused' in opened) return opened;
    return {
      ...opened,
      judge: (address, own) => addressDenial(to, address, { rules: policy, own }),
      failed: (why) => {
        this.#tell(why);
        opened.failed(why);
      },
      endedBy: async (address) => this.#endedBy(to, address, await this.#of.policy()),
    };
  }

  /** What the call for this host came to, where the policy of now leaves that; else of another one. */
  async #opened(to: WantedConnection, policy: EffectivePolicy): Promise<OpenedLeave | Refused> {
    const key = keyOf(to);
    const known = this.#hosts.get(key);
    if (!known && this.#hosts.size >= MOST_HOSTS)
      return { refused: `this command has asked for ${MOST_HOSTS} hosts already; it gets no others` };
    const verdict = connectionDecision(to, policy).verdict;
    // What the policy alone had allowed, and does not any more, nobody has been asked about.
    if (!known || (known.byPolicy && verdict === 'ask')) {
      const host = { answer: this.#ask(to), byPolicy: verdict === 'allow' };
      this.#hosts.set(key, host);
      return host.answer;
    }
    const denied = deniedWords(to, policy);
    return denied === undefined ? known.answer : { refused: denied };
  }

  #endedBy(to: WantedConnection, address: string, policy: EffectivePolicy): string | undefined {
    const denied = deniedWords(to, policy) ?? addressDenial(to, address, { rules: policy, own: [] })?.reason;
    if (denied !== undefined) return denied;
    const isUnasked = this.#hosts.get(keyOf(to))?.byPolicy === true && connectionDecision(to, policy).verdict === 'ask';
    return isUnasked ? `${shownHost(to)} is not among your allowed hosts any more` : undefined;
  }

  #ask(target: WantedConnection): Promise<OpenedLeave | Refused> {
    const to = shownHost(target);
    const question = new AbortController();
    this.#asking.add(question);
    return new Promise((resolve) => {
      const opened = (leave: OpenedLeave): void => {
        this.#asking.delete(question);
        resolve(leave);
      };
      const tool = connectTool({ command: this.#of.command, opened, over: this.#over.promise });
      const called = this.#of.call(tool, target, question.signal).then(
        ({ text }) => {
          resolve({ refused: `${to} was not reached: ${text}` });
        },
        (error: unknown) => {
          resolve({ refused: `${to} was not reached: ${reasonText(error)}` });
          throw error;
        },
      );
      called.catch(() => undefined); // told when the command is over
      this.#calls.push(called);
    });
  }

  #tell(problem: string): void {
    if (this.#problems.size < MOST_KEPT) this.#problems.add(problem);
  }
}

function keyOf({ host, port }: WantedConnection): string {
  return `${host}:${port}`;
}

/** A program that goes by a proxy only at other ports, or by datagrams, or not at all after a look-up. */
function missedWords(name: string): string {
  return `${named(name)} was looked up, and then not connected to. Programs that use no proxy reach hosts by TCP at ports 80 and 443. Others must stand in allowed_domains, as host:port`;
}

function deniedWords(to: WantedConnection, policy: EffectivePolicy): string | undefined {
  const { verdict, rule, reason } = connectionDecision(to, policy);
  return verdict === 'deny' ? `${shownHost(to)} is not allowed any more (${rule}): ${reason}` : undefined;
}
