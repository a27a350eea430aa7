import type { Plan } from '../../shared/plan.ts';
import type { Question, Replied } from '../../shared/question.ts';
import type { CommandPlace, Foreseen, Undo } from '../checkpoint/port.ts';
import type { ScriptWatch } from '../flow/scriptWatch.ts';
import type { RunOutputs } from './outputs/runOutputs.ts';
import type { LanguageServices } from '../editor/languages.ts';
import type { DatabasePasswords } from '../database/passwords.ts';
import type { PostgresPort } from '../database/postgres.ts';
import type { SqlitePort } from '../database/sqlite.ts';
import type { HttpPort } from '../egress/http.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { VersionControl } from '../scope/files.ts';
import type { Runners } from './runner.ts';
import type { Encodings } from '../text/encodings.ts';
import type { SecretValues } from '../secrets/namedSecret.ts';
import type { Pages } from '../egress/pages.ts';
import type { RunPlugins } from './plugins/runPlugins.ts';
import type { TextSearch } from './textSearch.ts';

/** What the tools of a run are made from. Each one takes those that it uses: `Pick<ToolPorts, 'folder'>`. */
export interface ToolPorts {
  /** The workspace folder of the run: relative paths start here. */
  folder: string;
  /** Where the model's prompts go now, in words; shown where private content would go there. */
  goesTo: () => string;
  /** Masks secrets in what goes back to the model. Before anything is cut: half a secret is not recognized. */
  redactor: Redactor;
  /** What this run may have changed of what commands mean. */
  scriptWatch: ScriptWatch;
  runners: Runners;
  /** What undo will be able to do where these paths are changed. */
  foresee: (paths: readonly string[]) => Promise<Undo>;
  /** The same where whatever a command can write is changed. */
  foreseeAnything: (place: CommandPlace) => Promise<Foreseen>;
  versionControl: VersionControl;
  /** Whether the model of now takes images. */
  takesImages: () => boolean;
  textSearch: TextSearch;
  /** What the run's commands put out, beside what their results show. */
  outputs: RunOutputs;
  encodings: Encodings;
  http: HttpPort;
  /** What a person keeps of the secrets that the policy names. */
  secretValues: SecretValues;
  /** Makes web pages readable. */
  pages: Pages;
  /** What an environment variable of the person's holds; undefined where it is not set. */
  variable: (name: string) => string | undefined;
  /** Those of the editor; undefined where there is none. */
  languages: LanguageServices | undefined;
  sqlite: SqlitePort;
  postgres: PostgresPort;
  databasePasswords: DatabasePasswords;
  /** SHA-256 in hexadecimal. */
  hash: (data: string | Uint8Array) => string;
  /** The plugins of this run. */
  plugins: RunPlugins;
  /** Puts a question to the person, if one is there, while the run's time stands still. Throws `Cancelled`. */
  askPerson: (question: Pick<Question, 'text' | 'choices'>, signal: AbortSignal) => Promise<Replied>;
  showPlan: (plan: Plan) => void;
}
