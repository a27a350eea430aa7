import type { Privacy } from '../policy/privacy.ts';
import type { Reach } from '../../shared/policyChange.ts';
import type { Action, CommandMeaning, Resource } from '../../shared/action.ts';
import type { Block } from '../../shared/block.ts';
import type { Decision, Origin } from '../../shared/decision.ts';
import type { Flag } from '../../shared/flow.ts';
import type { ReadAction } from '../audit/storedAction.ts';
import type { Footprint } from '../checkpoint/port.ts';
import type { HostRules } from '../egress/hostRules.ts';
import type { NetworkRule } from '../policy/values.ts';
import type { NamedSecret } from '../secrets/namedSecret.ts';
import type { RuleKeys } from '../policy/ruleSchema.ts';
import type { WayInForce } from '../../shared/way.ts';
import type { Scope } from '../scope/scope.ts';

/** A value of the policy, and who set it. */
interface Sourced<T> {
  value: T;
  origin: Origin;
}

/** What a standard decision rests on beside the action. */
export interface Standing {
  scope: Scope;
  way: WayInForce;
  policy: {
    confirmActions: Sourced<boolean>;
    sandbox: Sourced<boolean>;
    variables: Sourced<string[]>;
    apiConfirmation: Sourced<boolean>;
    webReview: Sourced<boolean>;
    network: Sourced<NetworkRule>;
    secrets: Sourced<NamedSecret[]>;
    privacy: Privacy;
  } & HostRules;
}

/** What an approval could be remembered for. */
export interface Offer {
  id: string;
  words: string;
  /** Whether it covers whatever lies in a folder, and so what nobody thought of. */
  isBroad: boolean;
  covers: (action: Action) => boolean;
}

/** Where paths lie: how they are shown, and the workspace folders. */
export interface Place {
  shown: (path: string) => string;
  roots: readonly string[];
}

/** The programs that an action starts, as rules about commands see them. */
export interface Started {
  command: CommandMeaning;
  cwd: string;
}

/** What an action can be searched by. */
export interface Facets {
  paths: string[];
  /** Where it sends to, as origins (RFC 6454). */
  origins: string[];
}

/** All that the product must know of a kind of action beside what its tools do. One entry of `table.ts` for each. */
export interface Kind<A extends Action> {
  /** Whether it happens only where the sandbox can confine it as the policy wants. */
  readonly isConfined: boolean;
  /** Whether one of it may change nothing: a run that only looks is offered no others. */
  readonly canOnlyLook: boolean;
  /** What is decided where no rule speaks of it. */
  standard(action: A, standing: Standing): Decision;
  /** What is decided where a rule allows it (`own`) and the standard decision asks (`wanted`). */
  allowed(action: A, own: Decision, wanted: Decision, standing: Standing): Decision;
  /** The flags of the Rule of Two that it lights. */
  labels(action: A, standing: Omit<Standing, 'way'>): Flag[];
  /** What an approval could be remembered for, narrowest first. */
  offers(action: A, place: Place): Offer[];
  /** The rule that would allow exactly such an action from now on; undefined where none can say exactly that. */
  always(action: A, roots: readonly string[], reach: Reach): Omit<RuleKeys, 'decision' | 'why'> | undefined;
  /** The host that *Always* names in `allowed_domains`, as an entry of it, where no rule can say it. */
  alwaysHost?(action: A): string;
  /** What rules about commands, and folders that commands start in, are held against; undefined where it starts none. */
  starts(action: A): Started | undefined;
  /** What a rule about paths must cover to allow it; undefined where paths alone never do. */
  toCover(action: A, hasCommands: boolean): readonly Resource[] | undefined;
  /** What it may change: what is kept before, what it is let through to, and what may mean something else afterwards. */
  footprint(action: A): Footprint;
  /**
   * Where a person changed nothing of it but a text: what must be as it was, and what may not be more than it was, in
   * words. Without this: all of it must.
   */
  besidesText?(action: A): { same: unknown; atMost: readonly string[] };
  /**
   * The same action where it is only to be seen what it does, as it is recorded then, and how that is done, as sentences;
   * absent where none of it can be seen.
   */
  inView?(action: A): { action: Action; view: 'copy-on-write' | 'taken back'; how: string };
  /** What it runs, whole: of one that is past as of one to come, from its record. */
  ran(stored: ReadAction): string | undefined;
  /** What is told of it, beside the paths that it touches, to whoever asks why it was decided so. */
  explained(stored: ReadAction): Block[];
  /** What it is found by in the log, beside its words. */
  facets(stored: ReadAction): Facets;
}
