import * as z from 'zod';
import { durationWords } from '../../../shared/outcomeWords.ts';
import { WaySchema } from '../../../shared/way.ts';
import { WAYS } from '../../../shared/wayWords.ts';
import { LEAVES } from '../../checkpoint/covers.ts';
import { BACKEND_NAMES, BACKEND_WORDS } from '../../sandbox/backendNames.ts';
import { PROTECTED } from '../controlFiles.ts';
import {
  EnforcedSchema,
  FolderNamesSchema,
  HostsSchema,
  NETWORK_RULES,
  NetworkRuleSchema,
  sizeInBytes,
  SizeSchema,
  TextSchema,
  VariableNamesSchema,
} from '../values.ts';
import { CollectorSchema, collectorOf, evidence, witnessFiles } from './evidenceKeys.ts';
import { PricesSchema } from './budgetKeys.ts';
import { allowedHosts, deniedHosts } from './hostKeys.ts';
import { namedSecrets } from './secretKeys.ts';
import { hiddenVariables } from './listKeys.ts';
import { forbiddenPaths, trustedPaths } from './pathKeys.ts';
import { declaredPlugins } from './pluginKeys.ts';
import type { Above, KeyGroup, PathsOf } from './keyGroup.ts';
import { ruleBooks } from './ruleKeys.ts';
import { allowedList, atMost, atMostBytes, atMostIfSaid, choice, demandedLimits, flag, ordered } from './valueKeys.ts';
import { inSeconds, TOOL_KEYS, WholeSeconds } from './toolKeys.ts';
import { withoutEffect } from './withoutEffect.ts';

// Every key of a policy. A key is one entry, named and grouped as the policy in force is (EffectivePolicy); its place in
// a file is its first word. From the table come the parser, the JSON Schema, completion and hover, docs/policy.md, the
// defaults, how layers merge, what is the stricter of two policies, and the lines of the effective policy.

/** A file is read whole where it is kept. */
const MOST_OF_FILE = 256 * 1024 ** 2;

export const POLICY_KEYS = {
  privacy: ordered('privacy', {
    about:
      'Maximum privacy, where it is maximum: whatever else is said, prompts go to a model on this machine alone, commands run in the sandbox and without network, nothing is requested from other hosts, and the log goes to no collector. Without it, usual. A workspace can only turn it on.',
    schema: z.enum(['maximum', 'usual']),
    fromStrictest: ['maximum', 'usual'],
    unsaid: 'usual',
  }),
  confirmActions: flag('confirm_actions', {
    about:
      'Which way a run works in: true means Ask, and said by anyone but you takes Review afterwards away. false means Review afterwards, and nothing more: what can be undone whole is done without a question.',
    standard: true,
    stricter: true,
    loosened: 'never by a workspace',
  }),
  ways: {
    default: ordered('ways.default', {
      about:
        'The way in which runs work for which nobody has chosen one: look (Look only), ask (Ask) or review (Review afterwards). Without it, Ask. A workspace can only make it stricter.',
      schema: WaySchema,
      fromStrictest: WAYS,
      unsaid: 'ask',
    }),
    allowed: allowedList('ways.allowed', {
      about:
        'The ways that a person may choose: a list of look, ask and review. Where the way of a run is not among them, the next stricter one counts, and at last Look only.',
      schema: z.array(WaySchema).max(WAYS.length),
      standard: [...WAYS],
      loosened: 'never by a workspace',
    }),
  },
  maxIterations: atMost('max_iterations', {
    about: 'Turns of the model in one go. A run that stops here can be resumed.',
    schema: z.number().int().min(1).max(1000),
    standard: 25,
  }),
  timeoutSeconds: atMost('timeout', {
    about: 'Seconds that a run may work. The time that a person takes to answer does not count.',
    schema: WholeSeconds,
    words: inSeconds,
    standard: 600,
  }),
  budget: {
    tokens: atMostIfSaid('budget.tokens', {
      about:
        'The most tokens that a run may have its model read and write in one go, counted over all its requests. Without it there is no such limit.',
      schema: z.number().int().min(1000).max(1_000_000_000_000),
    }),
    money: atMostIfSaid('budget.money', {
      about:
        'The most that a run may cost in one go, by budget.prices. A model that has no price there does not run then.',
      schema: z.number().positive().max(1_000_000),
    }),
    prices: evidence('budget.prices', {
      about:
        'What models cost: a list of model, input, output and cached. The first entry that fits a model’s name counts. Only the user’s and the organization’s policy can say it.',
      schema: PricesSchema,
      value: (prices) => prices,
    }),
  },
  sandbox: flag('sandbox', {
    about:
      'Commands run in a sandbox. false runs them outside it, with all that your account may do; each of them asks, and only the user’s or the organization’s policy can say so.',
    standard: true,
    stricter: true,
    loosened: 'never by a workspace',
  }),
  backend: choice('sandbox.backend', {
    about: `Which sandbox. ${Object.entries(BACKEND_WORDS)
      .map(([name, words]) => `${name}: ${words}`)
      .join('; ')}.`,
    schema: z.enum(BACKEND_NAMES),
    standard: 'auto',
    torn: 'neither', // refused: nothing becomes possible by the change
  }),
  limits: {
    memoryBytes: atMostBytes('sandbox.memory', {
      about: 'Memory of everything a command starts, such as 512m or 2g.',
      standard: '2g',
    }),
    cpuSeconds: atMost('sandbox.cpu', {
      about: 'CPU time of a command, in seconds.',
      schema: z.number().int().positive().max(86_400),
      words: inSeconds,
      standard: 300,
    }),
    diskBytes: atMostBytes('sandbox.disk', {
      about: 'Bytes that a command may write, such as 512m or 1g.',
      standard: '1g',
    }),
    processes: atMost('sandbox.processes', {
      about: 'How many processes a command may have.',
      schema: z.number().int().min(8).max(100_000),
      standard: 512,
    }),
  },
  enforcedLimits: demandedLimits('sandbox.require_enforced_limits', {
    about:
      'Limits that the kernel must hold; where it does not, commands are refused. A list of memory, processes, cpu and disk, or true for all four. The host sandbox only watches cpu and disk.',
    schema: EnforcedSchema,
    standard: [],
  }),
  repositoryAbove: flag('sandbox.repository_above', {
    about:
      'Whether commands in a folder that is a part of a repository see what it needs of that: git, settings and installed packages above it, read-only. false hides them.',
    standard: true,
    stricter: false,
  }),
  network: ordered('sandbox.network', {
    about:
      'What network commands in the sandbox have: none; ask (each host that is not in allowed_domains asks, once for a command); allowed (every public host that is not denied). Without it, ask. Names and connections go through Oversign alone: over its proxy (HTTP, CONNECT and SOCKS 5), and, of programs that know no proxy, at ports 80 and 443 and at a port that allowed_domains names with a host. A workspace can only make it stricter.',
    schema: NetworkRuleSchema,
    fromStrictest: NETWORK_RULES,
    unsaid: 'ask',
  }),
  image: withoutEffect('sandbox.image', {
    about:
      'The image of the docker backend; without effect in this version, which shows commands the programs of this machine.',
    schema: TextSchema,
    inVain: () => 'the docker backend uses no image in this version: commands have the programs of this machine',
  }),
  protectedPaths: forbiddenPaths('protected_paths', {
    about:
      'Paths that nobody may change through the agent, beside the built-in ones (policies, editor settings, .git, …). They can be read.',
    builtIn: PROTECTED,
  }),
  ownPaths: trustedPaths('own_paths', {
    about:
      'Workspace folders whose content you wrote or trust. Reading elsewhere counts as reading untrusted content (Rule of Two).',
    trusts: 'trusts content',
  }),
  allowedDomains: allowedHosts('allowed_domains', {
    about:
      'Hosts that tools may reach: example.com, *.example.com (those below it alone), an address; with a port, or without, which means 443. A host named exactly may lead into a private network; every other address that is not public must be named itself.',
  }),
  deniedDomains: deniedHosts('denied_domains', {
    about:
      'Hosts that no tool may reach, and to which no prompt goes: written as in allowed_domains. A host means those below it, too, and every port where none is said. No click approves it.',
  }),
  otherDomains: ordered('other_domains', {
    about:
      'What happens where a host is in neither list: ask or deny. Without it, ask. A workspace can only make it stricter.',
    schema: z.enum(['ask', 'deny']),
    fromStrictest: ['deny', 'ask'],
    unsaid: 'ask',
  }),
  secrets: namedSecrets('secrets', {
    about:
      'Secrets by name, each with the only hosts that it may be sent to. The agent writes {{secret:NAME}} in a header of a request; the value, which it never sees, is put in when the request leaves, over https alone. Values are kept in the editor (Keep a Named Secret) or in a variable. Only the user’s and the organization’s policy can name some.',
  }),
  variables: allowedList('environment.allowed_variables', {
    about:
      'Environment variables that commands may see, and that read_environment may ask for. Without this there are none: commands see none of yours, and there is no such tool.',
    schema: VariableNamesSchema,
    standard: [],
  }),
  redactedVariables: hiddenVariables('redaction.variables', {
    about: 'Environment variables whose values are masked everywhere, beside those with telling names.',
  }),
  allowCloud: flag('model.allow_cloud', {
    about:
      'Whether prompts may go to a model on another machine. false leaves the demo, a server on this machine, and hosts that whoever says so names as nearby.',
    standard: true,
    stricter: false,
  }),
  nearbyHosts: allowedList('model.nearby_hosts', {
    about:
      'Hosts of your own network whose model servers may be asked without encryption, by name or address, with a port or without: host.docker.internal, ollama:11434, 192.168.1.5. A name must lead to a private address. Only the user’s and the organization’s policy can name some; what the organization names is no cloud (model.allow_cloud), and what the user names is none where the user forbids that.',
    schema: HostsSchema,
    standard: [],
    loosened: 'never by a workspace',
  }),
  grants: {
    enabled: flag('grants.enabled', {
      about: 'Whether one approval may cover later calls.',
      standard: true,
      stricter: false,
    }),
    maxMinutes: atMost('grants.max_minutes', {
      about: 'The longest a timed grant may last.',
      schema: z.number().int().min(1).max(1440),
      words: (minutes) => durationWords(minutes * 60_000),
      standard: 60,
    }),
    maxUses: atMost('grants.max_uses', {
      about: 'The most calls a counted grant may cover.',
      schema: z.number().int().min(1).max(1000),
      standard: 20,
    }),
  },
  audit: {
    witnessFiles: witnessFiles('audit.witness_files', {
      about:
        'Files that the signed heads of the log are appended to: on another disk, in a synced folder, or append-only. Only the user’s and the organization’s policy can name some.',
    }),
    otlp: evidence('audit.otlp', {
      about: 'Export to a collector. Only the user’s and the organization’s policy can name one.',
      schema: CollectorSchema,
      value: collectorOf,
    }),
    retention: {
      days: evidence('audit.retention.days', {
        about: 'After so many days payloads are erased, and kept earlier versions of files.',
        schema: z.number().int().min(1).max(36_500),
        value: (days) => days,
      }),
      bytes: evidence('audit.retention.size', {
        about:
          'The oldest payloads are erased when the log is larger than this, such as 2g; and the oldest kept earlier versions of files when they are.',
        schema: SizeSchema,
        value: sizeInBytes,
      }),
    },
  },
  undo: {
    leaveOut: allowedList('undo.leave_out', {
      about:
        'Names of folders that tools can make again: commands may change them, and undo does not bring them back. Only the user’s and the organization’s policy can add one; each of them that is there is named on the card.',
      schema: FolderNamesSchema,
      standard: LEAVES,
      loosened: 'never by a workspace',
    }),
    fileSize: evidence('undo.file_size', {
      about:
        'Files that are larger, such as 32m, are not kept for undo, and named on the card; 16m where nobody says so, 256m at most. Only the user’s and the organization’s policy can say it.',
      schema: SizeSchema.refine((size) => sizeInBytes(size) <= MOST_OF_FILE, 'is more than 256m'),
      value: sizeInBytes,
    }),
    size: evidence('undo.size', {
      about:
        'What is kept for undo of all runs takes at most so much, such as 4g: the oldest goes first. Where nobody says so audit.retention.size counts, and then 2g. Only the user’s and the organization’s policy can say it.',
      schema: SizeSchema,
      value: sizeInBytes,
    }),
    days: evidence('undo.days', {
      about:
        'After so many days what is kept for undo goes. Where nobody says so audit.retention.days counts. Only the user’s and the organization’s policy can say it.',
      schema: z.number().int().min(1).max(36_500),
      value: (days) => days,
    }),
  },
  rules: ruleBooks({ about: 'Rules, in order: within one file the first that matches counts.' }),
  ...TOOL_KEYS,
  plugins: declaredPlugins('plugins.servers', {
    about:
      'Plugins: MCP servers, each started in a sandbox of its own that has no more than it says here. Each start asks, each tool asks, and what a tool says of itself is accepted once and again when it changes. Only the user’s and the organization’s policy can name some.',
  }),
} satisfies KeyGroup;

/** What the keys that have others below them are about. */
export const POLICY_GROUPS: Record<Exclude<Above<PathsOf<typeof POLICY_KEYS>>, PathsOf<typeof POLICY_KEYS>>, string> = {
  ways: 'How runs work: only looking, asking, or being reviewed afterwards.',
  budget: 'What a run may use of its model before it asks, or waits, to go on.',
  environment: 'What commands see of your environment, and the agent may ask for.',
  redaction: 'What is masked in prompts, log and interface.',
  model: 'Which models may be asked.',
  grants: 'Remembered approvals.',
  audit: 'The audit log: who witnesses it, where it is sent, what is kept.',
  'audit.retention':
    'How long task texts, arguments and outputs are kept. The events themselves stay, and the chain with them.',
  undo: 'What is kept so that what commands and tools change can be undone.',
  tools: 'What each kind of tool may do.',
  'tools.file_system': 'The tools that read, search, edit, move and delete files.',
  'tools.web_browsing': 'The tool that fetches web pages.',
  'tools.code_execution': 'The tools that run commands and programs.',
  'tools.api_calls': 'The tool that sends HTTP requests.',
  database: 'Databases that are reached over a network.',
  'tools.database': 'The tools that read and change databases.',
  plugins: 'Plugins (MCP servers).',
};
